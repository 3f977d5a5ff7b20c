import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalMatrix } from './attention.ts';
import { asymptoken, succeed, temporaryFolder } from './command.ts';
import { writeNpy } from './npy.ts';
import { hardmax, metricIds, parseLimit, parseResult, parseSpec } from './result.ts';
import { defaultsOf, isValid, validate } from './schema.ts';

const builtins = succeed(['spec'])
  .trimEnd()
  .split('\n')
  .map((line) => line.split(' ')[0]!);

const completed = new Map(builtins.map((name) => [name, parseSpec(succeed(['spec', name]))]));

const set = (settings: Record<string, unknown>) =>
  Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${JSON.stringify(value)}`]);

/** What makes a built-in spec small enough to run in a moment, its kind and everything else of it as it is. */
function tiny(name: string): string[] {
  const spec = completed.get(name)!;
  const list = spec['experiment'] === 'window' ? [21, 45, 95] : [20, 40, 80];
  return set({
    tokens: spec['tokens'].nested ? { list, nested: true } : list,
    replicates: 2,
    'fit.resamples': 20,
    ...(spec['experiment'] === 'window' ? { context: 200, random: 4 } : {}),
    ...(spec['experiment'] === 'uniform' ? { 'ball.starts': 2 } : {}),
    ...(spec['sampled_reference']?.tokens ? { 'sampled_reference.tokens': 300 } : {}),
    ...(spec['sampled_reference']?.draws ? { 'sampled_reference.draws': 1000 } : {}),
  });
}

// ---- What the command writes is what the schema says --------------------------------------------------------------------

for (const name of builtins) {
  test(`${name}: its spec, its limit and a small result of it are valid`, () => {
    const spec = parseSpec(succeed(['spec', name, ...tiny(name)]));
    const limit = parseLimit(succeed(['limit', name, ...tiny(name)]));
    const result = parseResult(succeed(['run', name, ...tiny(name), '--output', '-']));
    assert.deepEqual(limit.spec, spec);
    assert.deepEqual(result.spec, spec);
    assert.ok(result.complete && result.metrics.length > 0);
    // Both know the same of theory.
    assert.deepEqual(
      result.curves.map(({ parameters, predictions }) => ({
        parameters,
        predictions: predictions.map(({ excess, ...prediction }) => prediction),
      })),
      limit.curves.map(({ parameters, predictions }) => ({ parameters, predictions })),
    );
    // Something is measured of each curve.
    for (const { points } of result.curves)
      assert.ok(
        metricIds(result).some((metric) => points.every((point) => point.metrics[metric]?.count === 2)),
      );
  });
}

// Without what is only there to run: their limits take no time as they are.
test('limits of the built-in experiments are valid', () => {
  for (const name of builtins.filter((builtin) => !completed.get(builtin)!['sampled_reference']?.tokens)) {
    const reference = completed.get(name)!['sampled_reference']?.draws
      ? ['--set', 'sampled_reference.draws=1000']
      : [];
    parseLimit(succeed(['limit', name, ...reference]));
  }
});

// ---- What either refuses, the other does --------------------------------------------------------------------------------

type Path = (string | number)[];

/** Every value in a document, with where it is. */
function* places(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  yield { path, value };
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* places(entry, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) yield* places(entry, [...path, key]);
  }
}

function changed(document: unknown, path: Path, change: (place: any, key: string | number) => void): any {
  const copy = { whole: structuredClone(document) };
  let place: any = copy;
  let key: string | number = 'whole';
  for (const next of path) {
    place = place[key];
    key = next;
  }
  change(place, key);
  return copy.whole;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const integers = [
  'seed',
  'replicates',
  'dimension',
  'resamples',
  'count',
  'starts',
  'context',
  'random',
  'draws',
  'quadrature',
  'tokens',
];

/** Values that do not belong where that one is. */
function wrongValues(path: Path, value: unknown): unknown[] {
  // A list of another length is no other type.
  if (Array.isArray(value)) return ['text', true, null];
  if (isObject(value)) return ['text', true, null, []];
  if (typeof value === 'number')
    return ['text', true, null, ...(integers.includes(path.at(-1) as string) ? [-1, 1.5] : [])];
  if (typeof value === 'string') return ['nonsense', 7, true, null];
  return ['true', 1, null];
}

interface Change {
  what: string;
  document: unknown;
}

/** Of each place: an unknown key in it, and all that does not belong there. */
function* badChanges(document: unknown): Generator<{ surplus?: Change; wrong: Change[] }> {
  for (const { path, value } of places(document)) {
    const where = path.join('.') || 'the document';
    const wrong = wrongValues(path, value).map((other) => ({
      what: `${where} = ${JSON.stringify(other)}`,
      document: changed(document, path, (place, key) => (place[key] = other)),
    }));
    if (!isObject(value)) yield { wrong };
    else
      yield {
        surplus: {
          what: `an unknown key in ${where}`,
          document: changed(document, path, (place, key) => (place[key].surplus = 1)),
        },
        wrong,
      };
  }
}

/** Whether the command takes a spec; what it does not take it refuses in one sentence. */
function isTaken(spec: unknown, inputs: string[] = [], cwd?: string): boolean {
  const { code, stderr } = asymptoken(['spec', '-', ...inputs], {
    input: JSON.stringify(spec),
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (code !== 0) {
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^asymptoken: [^\n]+ is [^\n]+; expected [^\n]+\n$/);
  }
  return code === 0;
}

test('a key that nothing has, a value of another type: refused by schema and command', (t) => {
  let byCommand = 0;
  let bySchema = 0;
  for (const [name, spec] of completed)
    for (const { surplus, wrong } of badChanges(spec)) {
      for (const { what, document } of surplus ? [surplus, ...wrong] : wrong) {
        ++bySchema;
        assert.equal(isValid(document), false, `the schema takes ${name} with ${what}`);
      }
      // A process each: in each place one value of those that do not belong there, another in the next.
      const turn = wrong[byCommand % wrong.length]!;
      for (const { what, document } of surplus ? [surplus, turn] : [turn]) {
        ++byCommand;
        assert.equal(isTaken(document), false, `the command takes ${name} with ${what}`);
      }
    }
  t.diagnostic(`${bySchema} wrong specs, ${byCommand} of them by the command too`);
  assert.ok(byCommand > 500);
});

/** Without one of its keys, each in turn. */
function* shortened(document: unknown): Generator<Change & { key: string | number }> {
  for (const { path, value } of places(document))
    if (isObject(value))
      for (const key of Object.keys(value))
        yield {
          what: `without ${[...path, key].join('.')}`,
          document: changed(document, [...path, key], (place, last) => delete place[last]),
          key,
        };
}

test('a key that is left out: either has a default for it, or neither', () => {
  for (const [name, spec] of completed)
    for (const { what, document, key } of shortened(spec)) {
      if (key === 'experiment' || key === 'type') continue;
      assert.equal(isValid(document), isTaken(document), `${name} ${what}`);
    }
});

test('defaults of the schema are those that the command writes out', () => {
  const law = { type: 'gaussian', dimension: 2 };
  const attention = { matrix: 1 };
  const common = { law, attention, tokens: 10 };
  const map = { experiment: 'map', ...common, queries: { radii: 1 } };
  const uniform = { experiment: 'uniform', ...common, ball: { radii: 1 } };
  const hard = { experiment: 'hardmax', ...common, temperatures: 1 };
  const written = (spec: unknown) => parseSpec(succeed(['spec', '-'], { input: JSON.stringify(spec) }));
  const assertWritten = (
    where: Record<string, unknown>,
    defaults: Record<string, unknown>,
    least: number,
  ) => {
    for (const [key, value] of Object.entries(defaults)) assert.deepEqual(where[key], value, key);
    assert.ok(Object.keys(defaults).length >= least);
  };
  for (const [name, spec] of [
    ['MomentsSpec', { experiment: 'moments', ...common }],
    ['MapSpec', map],
    ['UniformSpec', uniform],
    ['HardmaxSpec', hard],
    ['WindowSpec', { experiment: 'window', ...common, context: 50 }],
  ] as const)
    assertWritten(written(spec), defaultsOf(name), 4);
  assert.deepEqual([written(uniform)['ball'].starts, written(hard)['query'].radius], [32, 1]);
  assert.deepEqual(written(map)['fit'], { weights: 'inverse_variance', resamples: 1000 });
  for (const [title, given] of [
    ['GaussianLaw', law],
    ['GaussianMixtureLaw', { type: 'gaussian_mixture', dimension: 2, components: [{}] }],
    ['SphereLaw', { type: 'sphere', dimension: 2 }],
    ['BallLaw', { type: 'ball', dimension: 2 }],
    ['BoxLaw', { type: 'box', dimension: 2 }],
    ['TwoPointLaw', { type: 'two_point', dimension: 2 }],
    ['PointsLaw', { type: 'points', dimension: 2, points: [[1, 2]] }],
    ['AutoregressiveLaw', { type: 'autoregressive', dimension: 2, correlation: 0.5 }],
  ] as const) {
    const whole = written({ ...map, law: given })['law'];
    assertWritten(whole, defaultsOf('Law', title), title === 'GaussianMixtureLaw' ? 0 : 1);
    if ('components' in given) assert.deepEqual(whole.components, [{ weight: 1, mean: 0, covariance: 1 }]);
  }
  for (const [title, given] of [
    ['RandomHeadsByScale', { scales: 1 }],
    ['RandomHeadsByHorizon', { horizons: 1 }],
    ['FixedHead', attention],
  ] as const)
    assertWritten(written({ ...map, attention: given })['attention'], defaultsOf('Attention', title), 1);
});

test('the experiment and the type of a law have a default too', () => {
  const { experiment, ...without } = completed.get('moments')!;
  assert.equal(experiment, 'moments');
  assert.equal(isValid(without), isTaken(without));
  const { type, ...law } = completed.get('map')!['law'];
  assert.equal(type, 'gaussian');
  const shorter = { ...completed.get('map')!, law };
  assert.equal(isValid(shorter), isTaken(shorter));
});

test('the schema refuses nothing unusual that the command takes', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'y.npy'), normalMatrix(6, 3, 1, Float32Array));
  writeNpy(join(folder, 's.npy'), {
    rows: 3,
    columns: 3,
    values: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2),
  });
  writeNpy(join(folder, 'w.npy'), { rows: 3, columns: 1, values: Float64Array.of(1, 2, 3) });
  const file: Record<string, string> = { y: 'y.npy', S: 's.npy', w: 'w.npy' };

  const gaussian = { type: 'gaussian', dimension: 3 };
  const map = {
    experiment: 'map',
    law: gaussian,
    attention: { matrix: 1 },
    queries: { radii: 1 },
    tokens: 10,
  };
  const moments = { experiment: 'moments', law: gaussian, attention: { scales: 1 }, tokens: 10 };
  const hard = {
    experiment: 'hardmax',
    law: gaussian,
    attention: { matrix: 1 },
    temperatures: 1,
    tokens: 10,
  };
  const window = { experiment: 'window', law: gaussian, attention: { scales: 1 }, context: 60, tokens: 10 };
  const uniform = {
    experiment: 'uniform',
    law: gaussian,
    attention: { matrix: 1 },
    ball: { radii: 1 },
    tokens: 10,
  };
  const laws = [
    { type: 'gaussian', dimension: 3, mean: [1, 2, 3], covariance: [1, 2, 3] },
    { type: 'gaussian', dimension: 3, mean: { input: 'w' }, covariance: { input: 'S' } },
    {
      type: 'gaussian',
      dimension: 3,
      covariance: [
        [1, 0.5, 0],
        [0.5, 1, 0],
        [0, 0, 1],
      ],
    },
    {
      type: 'gaussian_mixture',
      dimension: 3,
      components: [{}, { weight: 0, mean: 1 }, { covariance: [1, 2, 3] }],
    },
    {
      type: 'gaussian_mixture',
      dimension: 3,
      components: [{ mean: { input: 'w' }, covariance: { input: 'S' } }],
    },
    { type: 'sphere', dimension: 3, radius: 1e-150 },
    { type: 'sphere', dimension: 3 },
    { type: 'ball', dimension: 3, radius: 2.5 },
    { type: 'box', dimension: 3, half_widths: [1, 2, 3] },
    { type: 'box', dimension: 3, half_widths: { input: 'w' } },
    { type: 'two_point', dimension: 3 },
    { type: 'two_point', dimension: 3, low: [-1, 0, 0], high: 2, probability: [0.1, 0.2, 0.3] },
    { type: 'points', points: { input: 'y' } },
    { type: 'points', dimension: 3, points: [[1, 2, 3]], weights: [1] },
    { type: 'points', dimension: 3, points: { input: 'S' }, weights: { input: 'w' } },
    { type: 'autoregressive', dimension: 3, correlation: 0 },
    { type: 'autoregressive', dimension: 3, correlation: 0.99, mean: { input: 'w' }, covariance: 2 },
  ];
  const specs: unknown[] = [
    // All laws, in an experiment that takes each.
    ...laws.map((law) => ({ ...map, law })),
    ...laws.map((law) => ({ ...moments, law, attention: { matrix: 1 } })),
    // Token counts.
    ...[
      ...[1, 1e3, [10], [10, 20, 40], { list: [10, 20] }, { list: [7], nested: true }],
      ...[
        { from: 5, to: 5, count: 1 },
        { from: 10, to: 1000, count: 4, nested: true },
        { from: 10, to: 1e6, count: 4, nested: false },
      ],
    ].map((tokens) => ({ ...map, tokens })),
    // Heads.
    ...[
      { scales: [1, 2, 3] },
      { scales: 0.25, seed: 9007199254740991 },
      { weights: 'random', scales: { from: 0.1, to: 10, count: 3 } },
      { horizons: 1 },
      { horizons: { from: 1, to: 1, count: 1 }, weights: 'random', seed: 0 },
      { matrix: [1, 2, 3], value: 0 },
      { matrix: { input: 'S' }, value: { input: 'y' } },
      {
        matrix: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
        value: [[1, 1, 1]],
      },
    ].map((attention) => ({ ...map, attention })),
    { ...moments, attention: { matrix: 1, supports: [0.5, 1, 2] } },
    { ...moments, attention: { matrix: 1, value: 2, supports: { from: 0.5, to: 2, count: 2 } } },
    // What belongs to each experiment.
    {
      ...map,
      queries: {
        points: [
          [1, 2, 3],
          [0, 0, 0],
        ],
      },
    },
    { ...map, queries: { points: { input: 'y' } } },
    { ...map, queries: { input: 'y' } },
    { ...map, queries: { radii: { from: 0.1, to: 1, count: 2 } } },
    { ...moments, queries: 'tokens' },
    { ...moments, queries: { count: 100 } },
    { ...moments, queries: { quadrature: 4 } },
    { ...moments, queries: { input: 'y' } },
    { ...moments, sampled_reference: 'none', covariance_norm: 'spectral' },
    { ...moments, sampled_reference: { tokens: 100 }, fit: { weights: 'equal' } },
    { ...moments, law: { type: 'sphere', dimension: 3 }, sampled_reference: { draws: 10 } },
    { ...hard, query: { radius: 2 }, temperatures: [0, 1e-9, 5], tokens: [2, 3] },
    { ...hard, query: { point: [1, 0, 0] } },
    { ...hard, query: { point: { input: 'w' } }, temperature_unit: 'critical' },
    { ...hard, query: { point: 1 }, temperatures: { from: 0.1, to: 2, count: 5 } },
    { ...hard, law: { type: 'ball', dimension: 3 }, temperature_unit: 'logarithmic', query: {} },
    { ...window, law: { type: 'autoregressive', dimension: 3, correlation: 0.5 }, random: 0 },
    { ...window, random: 3, tokens: { from: 10, to: 50, count: 3, nested: true } },
    { ...uniform, ball: { radii: [0, 1], starts: 1 } },
    { ...uniform, ball: { radii: { from: 0.5, to: 4, count: 4 } }, law: { type: 'sphere', dimension: 3 } },
    // What every spec has.
    { ...map, schema: 1, seed: 0, deterministic: true, replicates: 1000000, fit: {} },
    { ...map, seed: 9007199254740991, fit: { weights: 'equal', resamples: 0 } },
  ];
  for (const spec of specs) {
    const asked = [...JSON.stringify(spec).matchAll(/"input":"(\w+)"/g)].map(([, name]) => name!);
    const inputs = [...new Set(asked)].flatMap((name) => ['--input', `${name}=${file[name]}`]);
    const text = JSON.stringify(spec);
    assert.ok(isTaken(spec, inputs, folder), `the command refuses ${text}`);
    validate(spec);
    // And what it makes of it.
    parseSpec(succeed(['spec', '-', ...inputs], { cwd: folder, input: text }));
  }
});

test('the schema is of results too: a key that nothing has, a number that is a text', () => {
  const results = [hardmax, ['horizons', ...tiny('horizons')], ['balls', ...tiny('balls')]].map((args) =>
    parseResult(succeed(['run', ...args, '--output', '-'])),
  );
  let count = 0;
  for (const result of results) {
    // Of many curves, points and places one of each kind will do.
    const seen = new Set<string>();
    for (const { path, value } of places(result)) {
      const kind = path.map((key) => (typeof key === 'number' ? '' : key)).join('.');
      if (path[0] === 'spec' || seen.has(kind)) continue;
      seen.add(kind);
      if (!isObject(value) && typeof value !== 'number') continue;
      const wrong = changed(result, path, (place, key) => {
        if (isObject(value)) place[key].surplus = 1;
        else place[key] = 'text';
      });
      // What tells curves apart may be a word, and may have any name.
      if (kind.startsWith('curves..parameters')) continue;
      ++count;
      assert.equal(isValid(wrong), false, `the schema takes a result with a wrong ${kind}`);
      // Numbers that follow from others are not read, but made again.
      if (/metrics\.\w+\.(standard_error|reciprocal)|\.excess/.test(kind)) continue;
      const { code, stderr } = asymptoken(['show', '-'], { input: JSON.stringify(wrong) });
      assert.equal(code, 2, `show takes a result with a wrong ${kind}: ${stderr}`);
    }
  }
  assert.ok(count > 60, `${count}`);
});
