import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Result, Spec } from '../../wasm/src/api.ts';
import { normalMatrix } from '../command/attention.ts';
import { measured } from './compare.ts';
import { filesNatively, showNatively } from './native.ts';
import { arrayOf, folder, map, moments, nestedMoments, open, transposed, variants } from './package.ts';

const sampled: Spec = { ...moments, tokens: [40, 120, 360], sampled_reference: { tokens: 500 } };
/** Gaussian tokens have no point where hardmax goes, so not every metric is defined. */
const partlyDefined: Spec = {
  experiment: 'hardmax',
  law: { type: 'gaussian', dimension: 2 },
  attention: { matrix: 1 },
  query: { radius: 1 },
  temperatures: [0, 1],
  tokens: [3, 10, 30, 100],
  replicates: 6,
};
const specs: Record<string, Spec> = { moments, nestedMoments, sampled, map, partlyDefined };

// ---- Replicates ---------------------------------------------------------------------------------------------------------------

/** The lines of a CSV file after its head, as objects. */
function linesOf(csv: string): Record<string, string>[] {
  const [head, ...lines] = csv.trimEnd().split('\n');
  const names = head!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    assert.equal(cells.length, names.length, line);
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
}

const numberOf = (text: string) => (text === '' || text === 'nan' ? NaN : Number(text));

for (const [name, spec] of Object.entries(specs)) {
  test(`replicates of ${name} are what run averages, and what the command writes`, async (t) => {
    const asymptoken = await open(t, { workers: 2 });
    const exact: Spec = { ...spec, deterministic: true };
    const { tokens, curves, metrics, values } = await asymptoken.replicates(exact);
    const result = await asymptoken.run(exact);
    const count = exact.replicates!;
    assert.deepEqual(
      tokens,
      result.curves[0]!.points.map(({ n }) => n),
    );
    assert.equal(curves, result.curves.length);
    assert.deepEqual(
      metrics,
      result.metrics.map(({ id }) => id),
    );
    assert.equal(values.length, count * tokens.length * curves * metrics.length);
    const at = (replicate: number, point: number, curve: number, metric: number) =>
      values[((replicate * tokens.length + point) * curves + curve) * metrics.length + metric]!;

    result.curves.forEach(({ points }, curve) => {
      points.forEach((point, p) => {
        metrics.forEach((id, metric) => {
          const all = Array.from({ length: count }, (_, replicate) => at(replicate, p, curve, metric));
          const defined = all.filter((value) => !Number.isNaN(value));
          const estimate = point.metrics[id];
          if (!estimate) return assert.ok(defined.length < count, `${id} at ${point.n}`);
          const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
          const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          const deviation = Math.sqrt(squares / (defined.length - 1));
          assert.equal(estimate.count, defined.length);
          assert.ok(Math.abs(estimate.mean! - mean) <= 1e-12 * Math.abs(mean), `${id} at ${point.n}`);
          assert.ok(Math.abs(estimate.standard_deviation! - deviation) <= 1e-9 * Math.abs(mean));
        });
      });
    });

    const { '--replicates-csv': csv } = filesNatively(exact, ['--replicates-csv']);
    const lines = linesOf(csv);
    assert.equal(lines.length, values.length);
    const seen = new Set<string>();
    for (const line of lines) {
      const [n, curve, replicate] = [Number(line['n']), Number(line['curve']), Number(line['replicate'])];
      const place = [replicate, tokens.indexOf(n), curve, metrics.indexOf(line['metric']!)] as const;
      assert.ok(!seen.has(place.join()) && !place.includes(-1), place.join());
      seen.add(place.join());
      assert.equal(numberOf(line['value']!), at(...place), place.join());
      for (const [id, value] of Object.entries(result.curves[curve]!.parameters)) {
        assert.equal(line[id], String(value));
      }
    }
  });
}

test('replicates do not depend on the number of workers, and a wrong spec is refused', async (t) => {
  const three = await open(t, { workers: 3 });
  for (const spec of [moments, sampled]) {
    assert.deepEqual(await three.replicates(spec, { workers: 1 }), await three.replicates(spec));
  }
  await assert.rejects(three.replicates({ ...moments, seed: -1 }), { message: /^seed is -1; expected/ });
});

// ---- Tables -------------------------------------------------------------------------------------------------------------------

for (const variant of variants) {
  test(`csv in ${variant} has the bytes of the command's file`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    for (const spec of Object.values(specs)) {
      const there = filesNatively(spec, ['--output', '--csv']);
      assert.equal(await asymptoken.csv(JSON.parse(there['--output']) as Result), there['--csv']);
      const here = await asymptoken.run(spec);
      assert.equal(await asymptoken.csv(here), showNatively(JSON.stringify(here)).csv);
    }
  });
}

test('csv of a partial result has the lines of what is there', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const partials: Result[] = [];
  await asymptoken.run(
    { ...moments, replicates: 30 },
    { partialInterval: 0, onPartial: (partial) => partials.push(partial) },
  );
  const [first] = partials;
  assert.ok(first && !first.complete);
  const lines = linesOf(await asymptoken.csv(first));
  for (const line of lines) assert.ok(Number(line['count']) < 30);
  assert.equal(await asymptoken.csv(first), showNatively(JSON.stringify(first)).csv);
});

// ---- Moments of points --------------------------------------------------------------------------------------------------------

for (const variant of variants) {
  test(`moments of points in ${variant} are those of the definition`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 1 });
    for (const [rows, columns, Type, shift] of [
      [1, 1, Float32Array, 0],
      [1, 3, Float64Array, 5],
      [2500, 7, Float32Array, 0],
      [1000, 64, Float64Array, 100],
      // Of times of day in milliseconds, say: far out, and near each other.
      [500, 2, Float64Array, 1e8],
    ] as const) {
      const matrix = normalMatrix(rows, columns, rows, Type);
      matrix.values.forEach((value, place) => (matrix.values[place] = value + shift));
      const { values } = matrix;
      const exact = (i: number) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += values[row * columns + i]!;
        return sum / rows;
      };
      const means = Array.from({ length: columns }, (_, i) => exact(i));
      for (const points of [arrayOf(matrix), transposed(matrix)]) {
        const { mean, covariance } = await asymptoken.moments(points);
        assert.equal(mean.length, columns);
        assert.equal(covariance.length, columns * columns);
        means.forEach((value, i) => assert.ok(Math.abs(mean[i]! - value) < 1e-13 * (1 + shift)));
        for (let i = 0; i < columns; i++) {
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let row = 0; row < rows; row++)
              sum += (values[row * columns + i]! - means[i]!) * (values[row * columns + j]! - means[j]!);
            const found = covariance[i * columns + j]!;
            assert.ok(Math.abs(found - sum / rows) < 1e-9, `${found} against ${sum / rows}`);
            assert.equal(found, covariance[j * columns + i]);
          }
        }
      }
    }
    const line = await asymptoken.moments({ data: Float32Array.of(1, 2, 6), shape: [3] });
    assert.deepEqual([...line.mean], [3]);
    assert.ok(Math.abs(line.covariance[0]! - 14 / 3) < 1e-14);
    await assert.rejects(asymptoken.moments({ data: Float32Array.of(1, NaN), shape: [2] }), {
      message: 'points is nan at row 1, column 0 (counted from 0); expected finite numbers',
    });
  });
}

// ---- Results of other versions --------------------------------------------------------------------------------------------------

/** As version 0.1.0 wrote it: schema 1. */
const kept = {
  schema: 1,
  spec: {
    schema: 1,
    experiment: 'map',
    seed: 3,
    deterministic: true,
    law: { type: 'gaussian', dimension: 2, mean: 0, covariance: 1 },
    attention: { matrix: 1, value: 1 },
    queries: { radii: [1] },
    tokens: [10, 20, 40],
    replicates: 2,
    fit: { weights: 'inverse_variance', resamples: 20 },
  },
  complete: true,
  items: { done: 6, total: 6 },
  points_share_tokens: false,
  metrics: ['error'],
  curves: [
    {
      parameters: { radius: 1.0 },
      horizon: 1.0,
      points: [
        {
          n: 10,
          error: { mean: 0.4438094502772931, standard_deviation: 0.5680365073079506, count: 2 },
        },
        {
          n: 20,
          error: { mean: 0.2855460525430018, standard_deviation: 0.037388587442656544, count: 2 },
        },
        {
          n: 40,
          error: { mean: 0.4705946622957471, standard_deviation: 0.23764987487861713, count: 2 },
        },
      ],
      fit: {
        error: {
          slope: 0.5206407358400343,
          slope_se: 0.4641322987497433,
          intercept: -2.796612082904787,
          intercept_se: 1.4099070394228923,
          points: 3,
          bootstrap: { low: 0.5206407358400343, high: 0.5206407358400343, standard_error: 0.0 },
        },
      },
      predicted: [
        {
          metric: 'error',
          quantity: 'slope',
          name: 'central limit',
          value: -0.5,
          status: 'derived',
          formula: '-1/2',
        },
        {
          metric: 'error',
          quantity: 'constant',
          name: 'asymptotic constant',
          value: 2.5127145563610855,
          status: 'derived',
          formula: 'E|N(0, S(x))|',
        },
      ],
    },
  ],
  provenance: { version: '0.1.0', target: 'native', simd: 'avx512', wall_seconds: 0.000276633 },
};

test('a result of schema 1 is read as the latest writes the same experiment', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const read = await asymptoken.readResult(JSON.stringify(kept));
  const fresh = await asymptoken.run(kept.spec as Spec);
  assert.equal(read.schema, 2);
  assert.deepEqual(read.provenance, kept.provenance);
  const { curves, trends, ...rest } = measured(read);
  const { curves: freshCurves, trends: freshTrends, ...freshRest } = measured(fresh);
  assert.deepEqual(rest, freshRest);
  assert.deepEqual(
    trends.map(({ id, points }) => [id, points.length]),
    freshTrends.map(({ id, points }) => [id, points.length]),
  );
  const [curve, freshCurve] = [curves[0]!, freshCurves[0]!];
  assert.deepEqual(curve.parameters, freshCurve.parameters);
  // The experiment's tokens have not changed since, so its numbers have only by what sums in float32 lost then.
  const near = (found: number | null, expected: number | null) => {
    assert.ok(Math.abs(found! / expected! - 1) < 1e-5, `${found} instead of ${expected}`);
  };
  for (const [p, { n, metrics }] of curve.points.entries()) {
    const { mean, standard_deviation, count } = kept.curves[0]!.points[p]!.error;
    assert.equal(n, kept.curves[0]!.points[p]!.n);
    const { reciprocal, ...error } = metrics['error']!;
    void reciprocal;
    const standard_error = standard_deviation / Math.sqrt(count);
    assert.deepEqual(error, { mean, standard_deviation, standard_error, count });
    near(mean, freshCurve.points[p]!.metrics['error']!.mean);
    near(standard_deviation, freshCurve.points[p]!.metrics['error']!.standard_deviation);
  }
  const { slope_se, intercept_se, bootstrap, ...line } = kept.curves[0]!.fit.error;
  assert.deepEqual(curve.fits, {
    error: {
      ...line,
      slope_standard_error: slope_se,
      intercept_standard_error: intercept_se,
      // It did not say how many resamples counted.
      interval: bootstrap && { ...bootstrap, resamples: 0 },
    },
  });
  near(curve.fits['error']!.slope, freshCurve.fits['error']!.slope);
  assert.deepEqual(
    curve.predictions.map(({ id, metric, quantity, value }) => [id, metric, quantity, value]),
    [
      ['central_limit', 'error', 'slope', -0.5],
      ['asymptotic_constant', 'error', 'constant', 2.5127145563610855],
    ],
  );
  const without = (predictions: typeof curve.predictions) =>
    predictions.map((one) => ({ ...one, excess: null }));
  assert.deepEqual(without(curve.predictions), without(freshCurve.predictions));
  // As the command reads it too.
  assert.equal(showNatively(JSON.stringify(kept)).csv, await asymptoken.csv(read));
  assert.equal(showNatively(JSON.stringify(kept)).table, showNatively(JSON.stringify(read)).table);
  assert.deepEqual(await asymptoken.readResult(JSON.stringify(read)), read);
});

test('what was written is read as it is, whole or in part, from here and from the command', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  for (const spec of Object.values(specs)) {
    const documents: Result[] = [JSON.parse(filesNatively(spec, ['--output'])['--output']) as Result];
    const onPartial = (partial: Result) => documents.push(partial);
    documents.push(await asymptoken.run(spec, { partialInterval: 0, onPartial }));
    for (const document of documents) {
      const text = JSON.stringify(document);
      assert.equal(JSON.stringify(await asymptoken.readResult(text)), text);
    }
  }
});

test('what is no result is refused in one sentence', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const good = await asymptoken.run({ ...map, replicates: 2 });
  const wrong: [string, RegExp][] = [
    ['', /^result is .*; expected JSON$/],
    ['nonsense', /^result is `nonsense`; expected JSON$/],
    ['[]', /^result is \[\]; expected an object with schema, spec, metrics and curves, as `run` writes it$/],
    [JSON.stringify({ ...good, schema: 3 }), /^schema is 3; expected an integer from 2 to 2$/],
    [JSON.stringify({ ...good, curves: 1 }), /^curves is 1; expected/],
    [JSON.stringify({ ...kept, curves: [] }), /^curves is 0; expected 1, as the spec has it$/],
    [JSON.stringify({ ...kept, items: {} }), /^result is not a complete result \(.*\); expected/],
  ];
  for (const [json, message] of wrong) {
    await assert.rejects(asymptoken.readResult(json), { name: 'Error', message });
  }
  await assert.rejects(asymptoken.csv({ ...good, schema: 3 as 2 }), { message: /^schema is 3; expected/ });
});

// ---- Laws -----------------------------------------------------------------------------------------------------------------------

interface LawSchema {
  properties: { type: { const: string } };
}

test('every law of the schema is described, with an example that works', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const laws = await asymptoken.laws();
  const { $defs } = JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')) as {
    $defs: { Law: { oneOf: LawSchema[] } };
  };
  assert.deepEqual(
    laws.map(({ name }) => name).sort(),
    $defs.Law.oneOf.map(({ properties }) => properties.type.const).sort(),
  );
  assert.equal(new Set(laws.map(({ title }) => title)).size, laws.length);
  for (const { name, title, example } of laws) {
    assert.ok(title.length > 0, name);
    if (example === '') {
      assert.equal(name, 'points');
      continue;
    }
    for (const dimension of [1, 2, 7]) {
      const more = JSON.parse(example) as object;
      const spec = { ...moments, law: { type: name, dimension, ...more } } as Spec;
      const { law } = await asymptoken.complete(spec);
      assert.deepEqual([law.type, law.dimension], [name, dimension]);
      const { values } = await asymptoken.tokens(spec, 10);
      assert.ok(values.length === 10 * dimension && values.every(Number.isFinite), `${name}, ${dimension}`);
    }
  }
});
