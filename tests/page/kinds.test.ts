import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, Result, Spec } from '../../wasm/src/api.ts';
import { loadCore } from '../browser/core.ts';
import { curveNames, drawnMetrics, isSlope, referenceKinds, seriesOf } from '../../web/src/chart/model.ts';
import './core-modules.ts';

const { kinds, experimentNames } = await import('../../web/src/figures/kinds.ts');
const { defaultSettings, firstResultFor, specOf } = await import('../../web/src/experiment/kind.ts');
const { lawField, lawNamed, lawOf } = await import('../../web/src/experiment/settings.ts');
type ExperimentName = (typeof experimentNames)[number];
type ExperimentKind = import('../../web/src/experiment/kind.ts').ExperimentKind;

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

// What a figure opens with is part of version 1 of the address: old links say only what differs from it.
const opening: Record<ExperimentName, ReturnType<typeof defaultSettings>> = {
  moments: {
    ...{ law: 'gaussian', dimension: 5, sweep: [0.5, 1, 2], from: 100, to: 3000, points: 8 },
    ...{ replicates: 100, precision: 0, seed: 42, options: {} },
  },
  uniform: {
    ...{ law: 'gaussian', dimension: 2, sweep: [0.5, 1, 1.5, 2], from: 200, to: 6000, points: 6 },
    ...{ replicates: 30, precision: 0, seed: 42, options: {} },
  },
  hardmax: {
    ...{ law: 'sphere', dimension: 3, sweep: [0, 0.001, 0.01, 0.1, 1], from: 100, to: 30000, points: 8 },
    ...{ replicates: 100, precision: 0, seed: 42, options: { unit: 'fixed' } },
  },
  sweep: {
    ...{ law: 'gaussian', dimension: 3, sweep: [0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.6, 2, 2.5, 3] },
    ...{ from: 100, to: 3000, points: 6, replicates: 60, precision: 0, seed: 42, options: {} },
  },
  window: {
    ...{ law: 'autoregressive', dimension: 8, sweep: [1], from: 25, to: 385, points: 6 },
    ...{ replicates: 40, precision: 0, seed: 42, options: { context: 512, random: 8 } },
  },
};

/** Each setting changed, and the spec that this is, without what a spec need not say. */
const changed: Record<ExperimentName, [Partial<ReturnType<typeof defaultSettings>>, Spec]> = {
  moments: [
    { law: 'sphere', dimension: 4, sweep: [0.125, 3], from: 50, to: 400, points: 5, replicates: 12, seed: 7 },
    {
      experiment: 'moments',
      seed: 7,
      law: { type: 'sphere', dimension: 4 },
      attention: { weights: 'random', seed: 7, horizons: [0.125, 3] },
      tokens: { from: 50, to: 400, count: 5 },
      replicates: 12,
    },
  ],
  uniform: [
    { law: 'box', sweep: [0.75], from: 50, to: 800, points: 4, replicates: 10, seed: 1 },
    {
      experiment: 'uniform',
      seed: 1,
      law: { type: 'box', dimension: 2 },
      attention: { matrix: 1, value: 1 },
      ball: { radii: [0.75] },
      tokens: { from: 50, to: 800, count: 4 },
      replicates: 10,
    },
  ],
  hardmax: [
    { dimension: 4, sweep: [0, 0.5], to: 800, points: 3, options: { unit: 'logarithmic' } },
    {
      experiment: 'hardmax',
      seed: 42,
      law: { type: 'sphere', dimension: 4, radius: 1 },
      attention: { matrix: 1, value: 1 },
      query: { radius: 1 },
      temperatures: [0, 0.5],
      temperature_unit: 'logarithmic',
      tokens: { from: 100, to: 800, count: 3 },
      replicates: 100,
    },
  ],
  sweep: [
    { law: 'gaussian_mixture', sweep: [0.5, 1], points: 3 },
    {
      experiment: 'moments',
      seed: 42,
      law: {
        type: 'gaussian_mixture',
        dimension: 3,
        components: [
          { mean: -1, covariance: 0.25 },
          { mean: 1, covariance: 0.25 },
        ],
      },
      attention: { weights: 'random', seed: 7, horizons: [0.5, 1] },
      tokens: { from: 100, to: 3000, count: 3 },
      replicates: 60,
    },
  ],
  window: [
    { dimension: 3, sweep: [2], to: 100, points: 2, options: { context: 256, random: 0 } },
    {
      experiment: 'window',
      seed: 42,
      // Its own correlation, not the one of the law's example.
      law: { type: 'autoregressive', dimension: 3, correlation: 0.95 },
      attention: { weights: 'random', seed: 7, horizons: [2] },
      context: 256,
      random: 0,
      tokens: { from: 25, to: 100, count: 2, nested: true },
      replicates: 40,
    },
  ],
};

for (const name of experimentNames) {
  const kind: ExperimentKind = kinds[name];

  test(`${name} opens with the settings that links rest on, which are the built-in spec`, () => {
    assert.deepEqual(defaultSettings(kind), opening[name]);
    const spec = specOf(kind, opening[name]);
    assert.deepEqual(spec, kind.builtin.spec);
    assert.notEqual(spec, kind.builtin.spec);
  });

  test(`settings of ${name} are the spec that they say`, async () => {
    const [change, expected] = changed[name];
    const spec = specOf(kind, { ...opening[name], ...change });
    assert.deepEqual(await core.complete(spec), await core.complete(expected));
    // The built-in spec is as it was.
    assert.deepEqual(defaultSettings(kind), opening[name]);
  });

  test(`the result that comes with ${name} is shown with its settings and no others`, () => {
    const first = {} as Result;
    const at = (change: object) => firstResultFor(specOf(kind, { ...opening[name], ...change }), kind, first);
    assert.equal(at({}), first);
    assert.equal(at({ precision: 8 }), first);
    const others = [
      { seed: 1 },
      { dimension: 9 },
      { sweep: [0.3] },
      { points: 2 },
      { replicates: 7 },
      { law: 'ball' },
    ];
    for (const other of others) assert.equal(at(other), null, JSON.stringify(other));
  });

  test(`${name} draws what its results say, of any of its laws`, async () => {
    for (const law of kind.builtin.laws) {
      const settings = { ...opening[name], law, from: 20, to: 40, points: 2, replicates: 2 };
      const spec = specOf(kind, { ...settings, sweep: settings.sweep.slice(0, 2) });
      spec.fit = { resamples: 0 };
      const result = await core.run(spec);
      const metrics = drawnMetrics(result, kind.metrics);
      const ids = metrics.map(({ id }) => id);
      if (kind.metrics) assert.deepEqual(ids.toSorted(), [...kind.metrics].sort());
      assert.ok(metrics.length > 0 && metrics.length <= 3, law);
      const names = curveNames(result);
      assert.equal(new Set(names).size, result.curves.length, names.join('; '));
      if (settings.sweep.length > 1)
        assert.ok(names.every((one) => one.startsWith(`${kind.sweep.symbol} = `)));
      // What is 0 at every n, as the gap of corners is, has no point on a logarithmic axis.
      const points = metrics.flatMap((metric) => seriesOf(result, metric).map((series) => series.points));
      assert.ok(
        points.some(({ length }) => length === 2),
        law,
      );
      const slopes = result.curves.flatMap(({ predictions }) => predictions.filter(isSlope));
      const shown = slopes.filter(({ metric }) => ids.includes(metric));
      assert.deepEqual(
        referenceKinds(result, metrics).map(({ id }) => id),
        [...new Set(shown.map(({ id }) => id))],
      );
    }
  });

  test(`what can be set of ${name} the core takes`, async () => {
    const { sweep, options, builtin } = kind;
    assert.ok(lawField(builtin.laws).parse(builtin.spec.law.type), 'the law that it opens with is offered');
    for (const { name: option, field, choices } of options) {
      const values = choices ? Object.keys(choices) : [option === 'context' ? '600' : '20'];
      for (const text of values) {
        const value = field.parse(text);
        assert.ok(value !== null, `${option}: ${text}`);
        await core.complete(
          specOf(kind, { ...opening[name], options: { ...opening[name].options, [option]: value } }),
        );
      }
      assert.notEqual(option, sweep.name);
    }
    assert.deepEqual(sweep.field.parse(sweep.field.format(opening[name].sweep)), opening[name].sweep);
  });
}

test('a law is the spec’s own where it is of that type, else the core’s example', () => {
  const own = { type: 'sphere', dimension: 3, radius: 2 } as const;
  assert.deepEqual(lawOf('sphere', 5, own), { type: 'sphere', dimension: 5, radius: 2 });
  assert.deepEqual(lawOf('box', 5, own), { type: 'box', dimension: 5 });
  assert.deepEqual(lawOf('autoregressive', 2), { type: 'autoregressive', dimension: 2, correlation: 0.9 });
  assert.equal(lawNamed('gaussian_mixture').title, 'two clusters');
});

test('no law of one’s own numbers is offered: a link has no room for them', () => {
  for (const name of experimentNames) assert.ok(!kinds[name].builtin.laws.includes('points'), name);
});

test('settings that are no experiment together are refused by the core, in a sentence', async () => {
  const wrong: [ExperimentName, object, RegExp][] = [
    ['moments', { from: 100, to: 50, points: 3 }, /^tokens\.to is 50; expected /],
    ['uniform', { from: 5, to: 7, points: 9 }, /^tokens\.count is 9; expected /],
    ['hardmax', { from: 5, to: 5, points: 2 }, /^tokens\.count is 2; expected /],
    ['moments', { sweep: [2, 1] }, /^attention\.horizons.* is .*; expected /],
    ['window', { options: { context: 100, random: 8 } }, /^tokens is 128; expected /],
    ['window', { options: { context: 512, random: 400 } }, /^tokens is 25; expected /],
  ];
  for (const [name, change, message] of wrong) {
    const spec = specOf(kinds[name], { ...opening[name], ...change });
    await assert.rejects(core.run(spec), { message }, JSON.stringify(change));
  }
});
