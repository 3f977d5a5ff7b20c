import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Asymptoken, Curve, Estimate, Prediction, Result, Spec } from '../../wasm/src/api.ts';
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
  /** Metrics as they are drawn. */
  metrics: { metric: string; reciprocal: boolean }[];
  /** What stands in the overview for a curve. */
  overview(curve: Curve, metric: string): { x: number; y: number } | null;
  line(prediction: Prediction, curve: Curve): { x: number; y: number } | null;
}

const grid = { from: 50, to: 800, count: 4 };
const gaussian = { type: 'gaussian', dimension: 2, covariance: 1 };

const cases: Case[] = [
  {
    figure: 'uniform',
    hash: '#v=1&u.n=50-800x4&u.r=10&u.R=0.5,1.25',
    spec: {
      schema: 1,
      experiment: 'uniform',
      seed: 42,
      deterministic: false,
      law: gaussian,
      attention: { matrix: 1, value: 1 },
      ball: { radii: [0.5, 1.25] },
      tokens: grid,
      replicates: 10,
    },
    metrics: [{ metric: 'supremum', reciprocal: false }],
    overview: ({ parameters, points }) => {
      const last = points.at(-1)!;
      const { mean } = last['supremum'] as Estimate;
      return { x: parameters['radius']!, y: Math.sqrt(last.n) * mean };
    },
    line: ({ quantity, value }, { parameters }) =>
      quantity === 'constant' ? { x: parameters['radius']!, y: value } : null,
  },
  {
    figure: 'hardmax',
    hash: '#v=1&t.n=50-800x4&t.r=10&t.T=0,0.02,1&t.d=4&t.s=7',
    spec: {
      schema: 1,
      experiment: 'hardmax',
      seed: 7,
      deterministic: false,
      law: { type: 'sphere', dimension: 4, radius: 1 },
      attention: { matrix: 1, value: 1 },
      query: { radius: 1 },
      temperatures: [0, 0.02, 1],
      tokens: grid,
      replicates: 10,
    },
    metrics: [
      { metric: 'participation', reciprocal: true },
      { metric: 'gap', reciprocal: false },
    ],
    overview: ({ parameters, points }) => {
      const temperature = parameters['temperature']!;
      const { mean } = points.at(-1)!['participation'] as Estimate;
      return temperature > 0 ? { x: 1 / temperature, y: 1 / mean } : null;
    },
    line: ({ metric, quantity, value }, { parameters, points }) =>
      metric === 'participation' && quantity === 'constant'
        ? { x: 1 / parameters['temperature']!, y: points.at(-1)!.n / value }
        : null,
  },
  {
    figure: 'sweep',
    hash: '#v=1&w.n=50-800x4&w.r=10&w.H=0.3,0.6,0.9,1.2,1.5,2,2.5,3',
    spec: {
      schema: 1,
      experiment: 'moments',
      seed: 42,
      deterministic: false,
      law: { ...gaussian, dimension: 3 },
      attention: { weights: 'random', seed: 7, horizons: [0.3, 0.6, 0.9, 1.2, 1.5, 2, 2.5, 3] },
      tokens: grid,
      replicates: 10,
    },
    metrics: [
      { metric: 'mean', reciprocal: false },
      { metric: 'covariance', reciprocal: false },
    ],
    overview: ({ horizon, fit }, metric) => ({ x: horizon, y: -fit[metric]!.slope }),
    line: ({ quantity, value }, { horizon }) => (quantity === 'slope' ? { x: horizon, y: -value } : null),
  },
];

inEachBrowser((stage) => {
  for (const one of cases) {
    test(`${one.figure} draws the core's numbers, in its curves and its overview`, async () => {
      const result = await core.run(one.spec);
      await stage.visit(one.hash, async (tab) => {
        await reaches(tab, one.figure, 'done');
        await checkPoints(tab, one, result);
        await checkOverview(tab, one, result);
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
        const mark = root.querySelector('.overview-point[data-curve="5"] .mark')!.getBoundingClientRect();
        const where = { clientX: mark.x + mark.width / 2, clientY: mark.y + mark.height / 2 };
        root.querySelector('.overview > svg')!.dispatchEvent(new MouseEvent('click', where));
      });
      assert.equal(await attribute(tab, 'sweep', 'data-pinned'), '5');
      assert.deepEqual(await faded(), ['5']);
      assert.match(await textOf(tab, 'sweep', '.readout'), /^H = 2: slope/);
      await focus(tab, 'sweep', '.overview > svg');
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
      const prefix = { uniform: 'u', hardmax: 't', sweep: 'w' }[figure as 'uniform' | 'hardmax' | 'sweep'];
      const [swept, symbol] = { u: ['radii', 'R'], t: ['temperatures', 'T'], w: ['horizons', 'H'] }[prefix]!;
      const law = figure === 'hardmax' ? 'ball' : 'sphere';
      await stage.visit(hash, async (tab) => {
        const changes: [string, string, string][] = [
          ['dimension', '5', `${prefix}.d=5`],
          [swept!, '0.5, 1.5', `${prefix}.${symbol}=0.5,1.5`],
          ['from', '60', `${prefix}.n=60-800x4`],
          ['to', '400', `${prefix}.n=60-400x4`],
          ['points', '3', `${prefix}.n=60-400x3`],
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
    const figures = { convergence: 'moments', uniform: 'uniform', hardmax: 'hardmax', sweep: 'sweep' };
    await stage.visit('', async (tab) => {
      for (const [figure, name] of Object.entries(figures) as [Figure, string][]) {
        await show(tab, figure);
        await act(tab, 'reset', figure);
        await until(
          `${figure} to be idle`,
          async () => (await attribute(tab, figure, 'data-state')) === 'idle',
        );
        assert.equal(await attribute(tab, figure, 'data-shown'), 'first');
        const file = join(import.meta.dirname, `../../web/specs/${name}.json`);
        const spec = JSON.parse(readFileSync(file, 'utf8')) as Spec;
        const { points } = await readChart(tab, figure);
        const quicker = { ...spec, replicates: 2 };
        const { curves } = await core.run(quicker);
        const drawn = new Set(points.map(({ n }) => n));
        assert.deepEqual(
          [...drawn],
          curves[0]!.points.map(({ n }) => n),
        );
        assert.ok(points.every(({ count }) => count === spec['replicates']));
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
      for (const { metric, reciprocal } of metrics) {
        const { mean, standard_deviation, count } = point[metric] as Estimate;
        if (!(mean > 0)) continue;
        expected++;
        const what = `${metric} of curve ${index} at n = ${point.n}`;
        const drawn = points.find((p) => p.curve === index && p.metric === metric && p.n === point.n);
        assert.ok(drawn, what);
        close(drawn.mean, reciprocal ? 1 / mean : mean, 1e-4, what);
        const se = standard_deviation / Math.sqrt(count);
        // The spread of what hardly varies is rounding.
        if (se > 1e-6 * mean) close(drawn.se, reciprocal ? se / mean ** 2 : se, 1e-2, `error of ${what}`);
      }
    }
  }
  assert.equal(points.length, expected);
}

async function checkOverview(tab: Tab, one: Case, result: Result): Promise<void> {
  const [points, lines] = await tab.evaluate((tag) => {
    const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
    const shown = [...root.querySelectorAll<SVGElement>('.overview-point')].map(({ dataset }) => ({
      curve: Number(dataset['curve']),
      metric: dataset['metric']!,
      x: Number(dataset['x']),
      y: Number(dataset['y']),
    }));
    const drawn = [...root.querySelectorAll<SVGElement>('.overview path.reference')].map(({ dataset }) => ({
      name: dataset['name']!,
      points: JSON.parse(dataset['points']!) as [number, number][],
    }));
    return [shown, drawn] as const;
  }, one.figure);
  const metrics = one.figure === 'sweep' ? ['mean', 'covariance'] : [one.metrics[0]!.metric];
  for (const metric of metrics) {
    for (const [index, curve] of result.curves.entries()) {
      const expected = one.overview(curve, metric);
      const drawn = points.find((point) => point.curve === index && point.metric === metric);
      if (!expected || expected.y <= 0) assert.equal(drawn, undefined);
      else {
        close(drawn!.x, expected.x, 1e-9, `place of curve ${index}`);
        close(drawn!.y, expected.y, 1e-3, `overview of curve ${index}`);
      }
    }
  }
  const predictions = result.curves.flatMap((curve) =>
    curve.predicted.flatMap((prediction) => {
      const point = one.line(prediction, curve);
      return point ? [{ name: prediction.name, ...point }] : [];
    }),
  );
  assert.ok(predictions.length > 0);
  for (const { name, x, y } of predictions) {
    const point = lines.find((line) => line.name === name)?.points.find(([at]) => at === x);
    assert.ok(point, `${name} at ${x}`);
    close(point[1], y, 1e-6, `${name} at ${x}`);
  }
}
