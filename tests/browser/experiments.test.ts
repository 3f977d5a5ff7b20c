import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, Curve, Result, Spec } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { close } from './close.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { act, attribute, fill, focus, reaches, readChart, show, textOf, until, type Figure } from './page.ts';

// Every figure of an experiment draws the numbers that the core finds under node for the same spec.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

interface Case {
  figure: Figure;
  /** The address that makes the run short. */
  hash: string;
  spec: Spec;
  /** Ids of those that are drawn. */
  metrics: string[];
  /** Why a drawn number stands where it does in the trend: by hand, from the curve. */
  trend: ((curve: Curve, metric: string) => { x: number; y: number } | null) | null;
}

const grid = { from: 50, to: 800, count: 4 };
const gaussian = { type: 'gaussian', dimension: 2, covariance: 1 } as const;

const cases: Case[] = [
  {
    figure: 'uniform',
    hash: '#v=1&u.n=50-800x4&u.r=10&u.R=0.5,1.25',
    spec: {
      experiment: 'uniform',
      seed: 42,
      law: gaussian,
      attention: { matrix: 1, value: 1 },
      ball: { radii: [0.5, 1.25] },
      tokens: grid,
      replicates: 10,
    },
    metrics: ['supremum'],
    trend: ({ parameters, points }) => {
      const last = points.at(-1)!;
      return { x: parameters['radius'] as number, y: Math.sqrt(last.n) * last.metrics['supremum']!.mean! };
    },
  },
  {
    figure: 'hardmax',
    hash: '#v=1&t.n=50-800x4&t.r=10&t.T=0,0.02,1&t.d=4&t.s=7',
    spec: {
      experiment: 'hardmax',
      seed: 7,
      law: { type: 'sphere', dimension: 4, radius: 1 },
      attention: { matrix: 1, value: 1 },
      query: { radius: 1 },
      temperatures: [0, 0.02, 1],
      tokens: grid,
      replicates: 10,
    },
    metrics: ['participation', 'gap'],
    trend: ({ parameters, points }) => {
      const temperature = parameters['temperature'] as number;
      const { mean } = points.at(-1)!.metrics['participation']!;
      return temperature > 0 ? { x: 1 / temperature, y: 1 / mean! } : null;
    },
  },
  {
    figure: 'sweep',
    hash: '#v=1&w.n=50-800x4&w.r=10&w.H=0.3,0.6,0.9,1.2,1.5,2,2.5,3',
    spec: {
      experiment: 'moments',
      seed: 42,
      law: { ...gaussian, dimension: 3 },
      attention: { weights: 'random', seed: 7, horizons: [0.3, 0.6, 0.9, 1.2, 1.5, 2, 2.5, 3] },
      tokens: grid,
      replicates: 10,
    },
    metrics: ['mean', 'covariance'],
    trend: ({ parameters, fits }, metric) => ({
      x: parameters['horizon'] as number,
      y: -fits[metric]!.slope!,
    }),
  },
  {
    figure: 'window',
    hash: '#v=1&l.n=20-80x4&l.r=10&l.N=100&l.k=3&l.H=0.5,1&l.d=3',
    spec: {
      experiment: 'window',
      seed: 42,
      law: { type: 'autoregressive', dimension: 3, covariance: 1, correlation: 0.95 },
      attention: { weights: 'random', seed: 7, horizons: [0.5, 1] },
      context: 100,
      random: 3,
      tokens: { from: 20, to: 80, count: 4 },
      replicates: 10,
    },
    metrics: ['mean_squared_error', 'covariance'],
    trend: null,
  },
];

inEachBrowser((stage) => {
  for (const one of cases) {
    test(`${one.figure} draws the core's numbers, in its curves and its trend`, async () => {
      const result = await core.run(one.spec);
      await stage.visit(one.hash, async (tab) => {
        await reaches(tab, one.figure, 'done');
        await checkPoints(tab, one, result);
        await checkTrend(tab, one, result);
        assert.equal(await tab.evaluate(() => location.hash.includes('&m=128')), true);
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('a point of the sweep leads to its curve, by mouse and by keyboard, and lets go of it', async () => {
    const one = cases.find(({ figure }) => figure === 'sweep')!;
    await stage.visit(one.hash, async (tab) => {
      await reaches(tab, 'sweep', 'done');
      const faded = () =>
        tab.evaluate(() => {
          const root = document.querySelector('asymptoken-sweep')!.shadowRoot!;
          const points = [...root.querySelectorAll<SVGElement>('.point')];
          return [
            ...new Set(points.filter((p) => !p.classList.contains('faded')).map((p) => p.dataset['curve'])),
          ];
        });
      assert.equal((await faded()).length, 8);
      await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-sweep')!.shadowRoot!;
        const mark = root.querySelector('.trend-point[data-curve="5"] .mark')!.getBoundingClientRect();
        const where = { clientX: mark.x + mark.width / 2, clientY: mark.y + mark.height / 2 };
        root.querySelector('.trend > svg')!.dispatchEvent(new MouseEvent('click', where));
      });
      assert.equal(await attribute(tab, 'sweep', 'data-pinned'), '5');
      assert.deepEqual(await faded(), ['5']);
      assert.match(await textOf(tab, 'sweep', '.readout'), /^H = 2: slope/);
      await focus(tab, 'sweep', '.trend > svg');
      for (const key of ['Escape', 'ArrowRight', 'ArrowRight', 'Enter']) await tab.press(key);
      await until('the second curve', async () => (await attribute(tab, 'sweep', 'data-pinned')) === '1');
      assert.deepEqual(await faded(), ['1']);
      await tab.press('Escape');
      await until('no curve', async () => (await attribute(tab, 'sweep', 'data-pinned')) === '');
      assert.equal((await faded()).length, 8);
    });
  });

  test('every control of every experiment changes its run and the address', async () => {
    for (const { figure, hash } of cases) {
      const prefix = { uniform: 'u', hardmax: 't', sweep: 'w', window: 'l' }[figure as 'uniform']!;
      const sweeps = {
        u: ['radii', 'R'],
        t: ['temperatures', 'T'],
        w: ['horizons', 'H'],
        l: ['horizons', 'H'],
      };
      const [swept, symbol] = sweeps[prefix as 'u']!;
      const law = figure === 'hardmax' ? 'ball' : 'sphere';
      await stage.visit(hash, async (tab) => {
        const changes: [string, string, string][] = [
          ['dimension', '5', `${prefix}.d=5`],
          [swept!, '0.5, 1.5', `${prefix}.${symbol}=0.5,1.5`],
          ['from', '40', `${prefix}.n=40-${figure === 'window' ? 80 : 800}x4`],
          ['to', '70', `${prefix}.n=40-70x4`],
          ['points', '3', `${prefix}.n=40-70x3`],
          ['replicates', '9', `${prefix}.r=9`],
          ['seed', '11', `${prefix}.s=11`],
          ['law', law, `${prefix}.law=${law}`],
        ];
        for (const [name, value, entry] of changes) {
          await reaches(tab, figure, 'done');
          const before = await readChart(tab, figure);
          await fill(tab, figure, name, value);
          await reaches(tab, figure, 'done');
          const address = await tab.evaluate(() => location.hash);
          assert.ok(address.split('&').includes(entry), `${figure} ${name}: ${address}`);
          assert.notDeepEqual((await readChart(tab, figure)).points, before.points, `${figure} ${name}`);
        }
        assert.ok((await readChart(tab, figure)).points.every(({ count }) => count === 9));
      });
    }
  });

  test('before it runs, each figure shows what the core found for its spec when the site was built', async () => {
    const figures = {
      convergence: 'horizons',
      uniform: 'balls',
      hardmax: 'cooling',
      sweep: 'horizon-sweep',
      window: 'windows',
    };
    const builtins = await core.specs();
    await stage.visit('', async (tab) => {
      for (const [figure, name] of Object.entries(figures) as [Figure, string][]) {
        await show(tab, figure);
        await act(tab, 'reset', figure);
        await until(
          `${figure} to be idle`,
          async () => (await attribute(tab, figure, 'data-state')) === 'idle',
        );
        assert.equal(await attribute(tab, figure, 'data-shown'), 'first');
        const { spec } = builtins.find((one) => one.name === name)!;
        const { points } = await readChart(tab, figure);
        const quicker: Spec = { ...spec, replicates: 2 };
        const { curves } = await core.run(quicker);
        const drawn = new Set(points.map(({ n }) => n));
        assert.deepEqual(
          [...drawn],
          curves[0]!.points.map(({ n }) => n),
        );
        assert.ok(points.every(({ count }) => count === spec.replicates));
        assert.match(await textOf(tab, figure, '.run-bar .status'), /when this page was built/);
      }
    });
  });
});

async function checkPoints(tab: Tab, { figure, metrics }: Case, result: Result): Promise<void> {
  const { points } = await readChart(tab, figure);
  let expected = 0;
  for (const [index, curve] of result.curves.entries()) {
    for (const point of curve.points) {
      for (const metric of metrics) {
        const estimate = point.metrics[metric]!;
        const [mean, count] = [estimate.mean!, estimate.count];
        if (!(mean > 0)) continue;
        expected++;
        const what = `${metric} of curve ${index} at n = ${point.n}`;
        const drawn = points.find((p) => p.curve === index && p.metric === metric && p.n === point.n);
        assert.ok(drawn, what);
        // The effective number of tokens is drawn, 1 over the sum of squared weights.
        const reciprocal = metric === 'participation';
        close(drawn.mean, reciprocal ? 1 / mean : mean, 1e-4, what);
        const error = estimate.standard_deviation! / Math.sqrt(count);
        // The spread of what hardly varies is rounding.
        if (error > 1e-6 * mean)
          close(drawn.se, reciprocal ? error / mean ** 2 : error, 1e-2, `error of ${what}`);
      }
    }
  }
  assert.equal(points.length, expected);
}

async function checkTrend(tab: Tab, { figure, metrics, trend }: Case, result: Result): Promise<void> {
  const [points, lines] = await tab.evaluate((tag) => {
    const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
    const shown = [...root.querySelectorAll<SVGElement>('.trend-point')].map(({ dataset }) => ({
      curve: Number(dataset['curve']),
      metric: dataset['metric']!,
      x: Number(dataset['x']),
      y: Number(dataset['y']),
    }));
    const drawn = [...root.querySelectorAll<SVGElement>('.trend path.reference')].map(({ dataset }) => ({
      id: dataset['name']!,
      points: JSON.parse(dataset['points']!) as [number, number][],
    }));
    return [shown, drawn] as const;
  }, figure);
  if (!trend) return assert.equal(points.length, 0);
  let expected = 0;
  for (const metric of figure === 'sweep' ? metrics : metrics.slice(0, 1)) {
    for (const [index, curve] of result.curves.entries()) {
      const place = trend(curve, metric);
      const drawn = points.find((point) => point.curve === index && point.metric === metric);
      if (!place) {
        assert.equal(drawn, undefined);
        continue;
      }
      expected++;
      close(drawn!.x, place.x, 1e-9, `place of curve ${index}`);
      close(drawn!.y, place.y, 1e-3, `trend of curve ${index}`);
    }
  }
  assert.equal(points.length, expected);
  const predicted = result.trends[0]!.lines;
  assert.ok(predicted.length > 0);
  assert.deepEqual(
    lines.map(({ id }) => id),
    predicted.map(({ prediction }) => prediction),
  );
  for (const [i, line] of predicted.entries()) {
    assert.ok(line.points.length > 1);
    for (const [k, [x, y]] of line.points.entries()) {
      close(lines[i]!.points[k]![0], x!, 1e-9, `${line.prediction} of trend`);
      close(lines[i]!.points[k]![1], y!, 1e-9, `${line.prediction} at ${x}`);
    }
  }
}
