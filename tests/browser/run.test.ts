import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, Result } from '../../wasm/src/api.ts';
import { close } from './close.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { attribute, reaches, readChart, show, until, type Chart } from './page.ts';
import { quick, specOf, type Link } from './settings.ts';

// The page opens, runs by itself, and draws the numbers that the core finds under node for the same spec.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

inEachBrowser((stage) => {
  test('first points appear soon after opening', async (context) => {
    await stage.visit('', async (tab) => {
      await show(tab, 'convergence');
      await until('points', async () => (await readChart(tab)).points.length > 0);
      context.diagnostic(
        `${stage.name}: first points ${await attribute(tab, 'convergence', 'data-first-points-ms')} ms`,
      );
      assert.deepEqual(tab.complaints, []);
    });
  });

  const links: Record<string, Link> = {
    'Gaussian tokens': quick,
    'tokens on a sphere': { ...quick, law: 'sphere', d: 3, H: [0.7, 4], s: 9007199254740991 },
    'one horizon': { ...quick, d: 1, H: [0.3], r: 5, s: 0 },
  };
  for (const [name, link] of Object.entries(links)) {
    test(`draws the core's numbers: ${name}`, async () => {
      const result = await core.run(specOf(link));
      await stage.visit(link, async (tab) => {
        await reaches(tab, 'convergence', 'done');
        checkChart(await readChart(tab), result, link);
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('reloading the address gives the same numbers', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const first = await readChart(tab);
      await tab.reload();
      await reaches(tab, 'convergence', 'done');
      assert.deepEqual(await readChart(tab), first);
    });
  });
});

function checkChart(chart: Chart, result: Result, link: Link): void {
  assert.equal(result.curves.length, link.H.length);
  assert.equal(chart.points.length, 2 * link.H.length * link.n[2]);
  for (const drawn of chart.points) {
    const what = `${drawn.metric} of curve ${drawn.curve} at n = ${drawn.n}`;
    const point = result.curves[drawn.curve]?.points.find(({ n }) => n === drawn.n);
    const { mean, standard_deviation, count } = point!.metrics[drawn.metric]!;
    close(drawn.mean, mean!, 1e-5, what);
    close(drawn.se, standard_deviation! / Math.sqrt(count), 1e-5, `error of ${what}`);
    assert.equal(drawn.count, link.r);
  }
  for (const slopes of [chart.labels, chart.cells]) {
    assert.equal(slopes.length, 2 * link.H.length);
    for (const drawn of slopes) {
      const fit = result.curves[drawn.curve]?.fits[drawn.metric];
      assert.ok(fit);
      close(drawn.slope, fit.slope!, 1e-5, `slope of ${drawn.metric}`);
      close(drawn.se, fit.interval!.standard_error!, 1e-4, `error of the slope of ${drawn.metric}`);
      const shown = `${drawn.slope.toFixed(3)} ± ${drawn.se.toFixed(3)}`;
      assert.equal(drawn.text.replaceAll('−', '-').replaceAll(/\s+/g, ' '), shown);
    }
  }
  const predicted = result.curves.flatMap((curve, index) =>
    curve.predictions
      .filter(({ quantity }) => quantity === 'slope')
      .map(({ id, metric, status, value }) => ({ curve: index, metric, name: id, status, slope: value! })),
  );
  const order = (a: { metric: string }, b: { metric: string }) => b.metric.localeCompare(a.metric);
  assert.deepEqual(chart.references, predicted.toSorted(order));
}
