import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Inputs, MapSpec, MomentsSpec, NumberArray, Spec } from '../../wasm/src/api.ts';
import { normalMatrix } from '../command/attention.ts';
import { npyBytes, npyHeader, type Matrix } from '../command/npy.ts';
import { difference, textOf } from './compare.ts';
import {
  npyRefusedNatively,
  refusedNatively,
  runNatively,
  tokensByCommand,
  weightsNatively,
  type Matrices,
} from './native.ts';
import { arrayOf, map, open, transposed, variants } from './package.ts';

// Arrays of one's own, the same numbers in the package as in files that the command reads.

const own = { tokens: normalMatrix(20_000, 64, 5, Float32Array) };
const fewer = { tokens: { ...own.tokens, rows: 2000, values: own.tokens.values.subarray(0, 2000 * 64) } };

const ownMoments: MomentsSpec = {
  experiment: 'moments',
  law: { type: 'points', points: { input: 'tokens' } },
  attention: { weights: 'random', seed: 3, horizons: 0.8 },
  tokens: [100, 300, 1000],
  replicates: 4,
};
const ownMap: MapSpec = { ...ownMoments, experiment: 'map', queries: { radii: [0.5, 2] } };

function inputsOf(matrices: Matrices): Inputs {
  return Object.fromEntries(Object.entries(matrices).map(([name, matrix]) => [name, arrayOf(matrix)]));
}

// The limit of the moments takes as long as the number of points squared, so one binary has to do for all of them.
for (const [name, spec, matrices, among] of [
  ['moments of 20,000 own tokens', ownMoments, own, ['relaxed']],
  ['moments of 2,000 own tokens', ownMoments, fewer, variants],
  ['the map of 20,000 own tokens', ownMap, own, variants],
] as const) {
  for (const variant of among) {
    test(`${name} in ${variant} is the command's`, async (t) => {
      const asymptoken = await open(t, { variant, workers: 2 });
      const inputs = inputsOf(matrices);
      const [here, there] = [await asymptoken.run(spec, { inputs }), runNatively(spec, [], matrices)];
      assert.deepEqual(here.spec, there.spec);
      assert.deepEqual(here.inputs, there.inputs);
      const { rows, columns } = matrices.tokens;
      assert.equal(here.inputs['tokens']!.layout, `${rows} x ${columns} float32`);
      assert.match(here.inputs['tokens']!.fingerprint, /^[0-9a-f]{32}$/);
      const largest = difference(here, there);
      t.diagnostic(`largest relative difference ${largest.toExponential(1)} to ${there.provenance.simd}`);
      assert.ok(largest < 1e-5, `differs by ${largest}`);

      const exact: Spec = { ...spec, deterministic: true };
      assert.equal(
        textOf(await asymptoken.run(exact, { inputs })),
        textOf(runNatively(exact, [], matrices)),
        'every byte, when deterministic',
      );
    });
  }
}

/** An input wherever a spec takes one. */
const everywhere: { spec: Spec; matrices: Matrices }[] = [
  {
    spec: {
      experiment: 'map',
      law: { type: 'points', points: { input: 'tokens' }, weights: { input: 'weights' } },
      attention: { matrix: { input: 'A' }, value: { input: 'V' } },
      queries: { input: 'queries' },
      tokens: [20, 60, 200],
      replicates: 3,
    },
    matrices: {
      tokens: normalMatrix(300, 3, 1, Float64Array),
      weights: { rows: 300, columns: 1, values: Float32Array.from({ length: 300 }, (_, i) => 1 + (i % 7)) },
      A: normalMatrix(3, 3, 2, Float64Array),
      V: normalMatrix(2, 3, 3, Float32Array),
      queries: normalMatrix(4, 3, 4, Float32Array),
    },
  },
  {
    spec: {
      experiment: 'moments',
      law: {
        type: 'gaussian',
        dimension: 2,
        mean: { input: 'mean' },
        covariance: { input: 'covariance' },
      },
      attention: { matrix: 0.7 },
      queries: { input: 'queries' },
      tokens: [20, 60, 200],
      replicates: 3,
    },
    matrices: {
      mean: { rows: 2, columns: 1, values: Float64Array.of(0.5, -1) },
      covariance: { rows: 2, columns: 2, values: Float64Array.of(1, 0.2, 0.2, 0.5) },
      queries: normalMatrix(100, 2, 4, Float32Array),
    },
  },
];

for (const variant of variants) {
  test(`in ${variant} whatever an array may stand for can be one`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    for (const { spec, matrices } of everywhere) {
      const exact: Spec = { ...spec, deterministic: true };
      const here = await asymptoken.run(exact, { inputs: inputsOf(matrices) });
      assert.deepEqual(Object.keys(here.inputs).sort(), Object.keys(matrices).sort());
      assert.equal(textOf(here), textOf(runNatively(exact, [], matrices)));
    }
  });
}

test('the order of an array in memory is not part of what it is', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  for (const { spec, matrices } of everywhere) {
    const others = Object.fromEntries(
      Object.entries(matrices).map(([name, matrix]) => [name, transposed(matrix)]),
    );
    assert.equal(
      textOf(await asymptoken.run(spec, { inputs: others })),
      textOf(await asymptoken.run(spec, { inputs: inputsOf(matrices) })),
    );
  }
});

test('everything that takes a spec takes its inputs', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const [{ spec, matrices }] = everywhere as [(typeof everywhere)[number]];
  const inputs = inputsOf(matrices);
  const before = structuredClone(inputs);
  const result = await asymptoken.run(spec, { inputs });
  assert.deepEqual(await asymptoken.readResult(JSON.stringify(result)), result);
  assert.deepEqual(await asymptoken.complete(spec, inputs), result.spec);
  assert.deepEqual(await asymptoken.complete(result.spec, inputs), result.spec);

  const [head, ...none] = await asymptoken.heads(spec, inputs);
  assert.equal(none.length, 0);
  assert.deepEqual(head!.matrix, matrices['A']!.values);
  assert.deepEqual(Float32Array.from(head!.value), matrices['V']!.values);

  const limit = await asymptoken.limit(spec, { inputs });
  assert.deepEqual(
    limit.curves.map(({ parameters }) => parameters),
    result.curves.map(({ parameters }) => parameters),
  );
  const found = await asymptoken.replicates(spec, { inputs });
  assert.equal(found.values.length, 3 * 3 * result.curves.length * result.metrics.length);

  const n = 150;
  const { values, dimension } = await asymptoken.tokens(spec, n, 2, inputs);
  assert.equal(dimension, 3);
  assert.deepEqual(values, tokensByCommand(spec, n, 2, matrices).values);

  // Logits <A x, y>: with A in the queries, those of queries and keys.
  const { weights } = await asymptoken.heatmap(spec, { n, replicate: 2, inputs });
  const A = matrices['A']!.values;
  const data = Float64Array.from({ length: 3 * n }, (_, place) => {
    const [row, k] = [Math.floor(place / 3), place % 3];
    return [0, 1, 2].reduce((sum, j) => sum + A[3 * k + j]! * values[3 * row + j]!, 0);
  });
  const source = { queries: { data, shape: [n, 3] }, keys: { data: values, shape: [n, 3] }, scale: 1 };
  assert.deepEqual((await asymptoken.heatmap(source, {})).weights, weights);
  assert.deepEqual(inputs, before);
});

test("an input that does not fit is refused in the command's sentence", async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const tokens = normalMatrix(30, 3, 1, Float32Array);
  const nan = { ...tokens, values: tokens.values.with(4, NaN) };
  const points = { input: 'tokens' };
  const wrong: [Spec, Matrices, RegExp][] = [
    [ownMap, {}, /^law\.points\.input is "tokens"; expected the name of an input .*, and none is$/],
    [ownMap, { token: tokens }, /^law\.points\.input is "tokens"; expected .* with the spec: token$/],
    [ownMap, { tokens, more: tokens }, /^input more is 30 x 3 float32; expected an array that the spec asks/],
    [map, { tokens }, /^input tokens is 30 x 3 float32; expected/],
    [
      ownMap,
      { tokens: nan },
      /^tokens is nan at row 1, column 1 \(counted from 0\); expected finite numbers$/,
    ],
    [
      { ...ownMap, law: { type: 'points', dimension: 4, points } },
      { tokens },
      /^law\.points\.input is tokens, 30 x 3 float32; expected any number of rows of 4 numbers$/,
    ],
    [
      { ...ownMap, queries: { input: 'far' } },
      { tokens, far: normalMatrix(2, 4, 1, Float64Array) },
      /^queries\.input is far, 2 x 4 float64; expected any number of rows of 3 numbers$/,
    ],
    [
      { ...ownMap, queries: { input: 'far' } },
      { tokens, far: { rows: 1, columns: 3, values: Float64Array.of(0, -Infinity, 1) } },
      /^far is -inf at row 0, column 1 \(counted from 0\); expected finite numbers$/,
    ],
    [
      { ...ownMap, law: { type: 'points', points, weights: points } },
      { tokens },
      /^law\.weights\.input is tokens, 30 x 3 float32; expected 30 numbers$/,
    ],
    [
      { ...ownMap, attention: { matrix: points } },
      { tokens },
      /^attention\.matrix\.input is tokens, 30 x 3 float32; expected/,
    ],
  ];
  for (const [spec, matrices, expected] of wrong) {
    const message = refusedNatively(spec, matrices);
    assert.match(message, expected);
    const inputs = inputsOf(matrices);
    await assert.rejects(asymptoken.run(spec, { inputs }), { name: 'Error', message });
    await assert.rejects(asymptoken.complete(spec, inputs), { name: 'Error', message });
    await assert.rejects(asymptoken.limit(spec, { inputs }), { name: 'Error', message });
    await assert.rejects(asymptoken.heatmap(spec, { n: 10, inputs }), { name: 'Error', message });
  }
});

test('what is no array is refused before it goes anywhere', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const data = new Float32Array(6);
  const wrong: [unknown, string][] = [
    [{ data: [1, 2], shape: [2] }, 'data is [1,2]; expected a Float32Array or a Float64Array'],
    [{ data: new Int32Array(1), shape: [1] }, 'data is {"0":0}; expected a Float32Array or a Float64Array'],
    [{ data, shape: [2, 2] }, 'data is an array of 6 numbers; expected 2 x 2'],
    [{ data, shape: 6 }, 'shape is 6; expected one or two positive integers'],
    [{ data, shape: [] }, 'shape is []; expected one or two positive integers'],
    [{ data, shape: [1, 2, 3] }, 'shape is [1,2,3]; expected one or two positive integers'],
    [{ data, shape: [-2, -3] }, 'shape is [-2,-3]; expected one or two positive integers'],
    [{ data: new Float32Array(0), shape: [0, 3] }, 'shape is [0,3]; expected one or two positive integers'],
  ];
  for (const [array, message] of wrong) {
    const inputs = { tokens: array as NumberArray };
    await assert.rejects(asymptoken.run(ownMap, { inputs }), { message: `inputs.tokens.${message}` });
    await assert.rejects(asymptoken.moments(array as NumberArray), { message: `points.${message}` });
  }
  // Numbers that lie where the array has none.
  for (const strides of [[3000, 1], [3, 4], [-3, 1], [1], [3, 1, 1], [1.5, 1]]) {
    const array: NumberArray = { data, shape: [2, 3], strides };
    await assert.rejects(asymptoken.moments(array), { message: /strides/ }, `strides ${strides.join()}`);
    await assert.rejects(
      asymptoken.run(ownMap, { inputs: { tokens: array } }),
      { message: /strides/ },
      `strides ${strides.join()}`,
    );
  }
  assert.ok((await asymptoken.specs()).length > 0);
});

// ---- Pictures of one's own attention ----------------------------------------------------------------------------------------

const queries = normalMatrix(200, 5, 1, Float32Array);
const keys = normalMatrix(331, 5, 2, Float32Array);

for (const variant of variants) {
  test(`weights of own queries and keys in ${variant} are the command's`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    const source = { queries: arrayOf(queries), keys: arrayOf(keys) };
    for (const scale of [undefined, 2.5]) {
      const given = { ...source, ...(scale && { scale }) };
      const options = scale ? ['--scale', String(scale)] : [];
      const exact = { ...given, deterministic: true };

      const { weights, rows, columns } = await asymptoken.heatmap(exact, {});
      assert.deepEqual([rows, columns], [[0, 200], [0, 331]]); // prettier-ignore
      assert.deepEqual(weights, weightsNatively(queries, keys, ['--deterministic', ...options]));

      const close = (await asymptoken.heatmap(given, {})).weights;
      const theirs = weightsNatively(queries, keys, options);
      close.forEach((weight, place) => assert.ok(Math.abs(weight / theirs[place]! - 1) < 2e-5));

      const part = { rows: [31, 187] as [number, number], columns: [100, 330] as [number, number] };
      const ranges = ['--rows', '31:187', '--columns', '100:330'];
      for (const side of [1, 7, 400]) {
        const pooled = await asymptoken.pooledHeatmap(exact, { side, ...part });
        for (const pooling of ['largest', 'mean'] as const) {
          const wanted = ['--side', String(side), '--pooling', pooling, ...ranges];
          assert.deepEqual(
            pooled[pooling],
            weightsNatively(queries, keys, ['--deterministic', ...wanted, ...options]),
            `${pooling} of side ${side}`,
          );
        }
      }
    }
  });
}

test('weights of own queries and keys are a softmax of them, in any order and precision', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const { weights, logSumExp } = await asymptoken.heatmap(
    { queries: arrayOf(queries), keys: arrayOf(keys), scale: 0.7 },
    {},
  );
  for (let i = 0; i < queries.rows; i++) {
    const logits = Array.from({ length: keys.rows }, (_, j) =>
      [0, 1, 2, 3, 4].reduce((sum, k) => sum + 0.7 * queries.values[5 * i + k]! * keys.values[5 * j + k]!, 0),
    );
    const exact = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    assert.ok(Math.abs(logSumExp[i]! - exact) < 1e-5);
    logits.forEach((logit, j) =>
      assert.ok(Math.abs(weights[keys.rows * i + j]! / Math.exp(logit - exact) - 1) < 2e-5),
    );
  }
  const doubled = (matrix: Matrix): Matrix => ({ ...matrix, values: Float64Array.from(matrix.values) });
  for (const source of [
    { queries: transposed(queries), keys: transposed(keys), scale: 0.7 },
    { queries: arrayOf(doubled(queries)), keys: transposed(doubled(keys)), scale: 0.7 },
  ]) {
    assert.deepEqual((await asymptoken.heatmap(source, {})).weights, weights);
  }
  // Numbers instead of rows: each is a row of one.
  const line = { data: queries.values.slice(0, 9), shape: [9] };
  const column = { data: line.data, shape: [9, 1] };
  assert.deepEqual(
    await asymptoken.heatmap({ queries: line, keys: line }, {}),
    await asymptoken.heatmap({ queries: column, keys: column }, {}),
  );
});

test('queries and keys that do not fit are refused in one sentence', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const [good, narrow] = [arrayOf(queries), arrayOf(normalMatrix(10, 4, 1, Float32Array))];
  const nan = { ...good, data: queries.values.with(997, NaN) };
  const wrong: [Parameters<typeof asymptoken.heatmap>, RegExp][] = [
    [
      [{ queries: good, keys: narrow }, {}],
      /^keys is 10 x 4 float32; expected as many columns as queries has, 5$/,
    ],
    [
      [{ queries: nan, keys: good }, {}],
      /^queries is nan at row 199, column 2 \(counted from 0\); expected finite/,
    ],
    [
      [{ queries: good, keys: nan }, {}],
      /^keys is nan at row 199, column 2 \(counted from 0\); expected finite/,
    ],
    [[{ queries: good, keys: good, scale: Infinity }, {}], /^scale is Infinity; expected a finite number$/],
    [
      [{ queries: { ...good, shape: [5] }, keys: good }, {}],
      /^queries\.data is an array of 1000 numbers; expected 5$/,
    ],
    [[{ queries: good, keys: good }, { rows: [0, 201] }], /^rows is \[0,201\]; expected .* <= 200$/],
    [[{ queries: good, keys: good }, { columns: [7, 7] }], /^columns is \[7,7\]; expected .* <= 200$/],
  ];
  for (const [request, message] of wrong) await assert.rejects(asymptoken.heatmap(...request), { message });
  assert.equal((await asymptoken.heatmap({ queries: good, keys: good }, {})).weights.length, 40_000);
});

// ---- Files of NumPy ---------------------------------------------------------------------------------------------------------

/** The numbers of a matrix, column after column. */
function inColumns(matrix: Matrix) {
  return transposed(matrix).data;
}

test('files of NumPy are read in either order, of either type, of any format', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  for (const [Type, descr] of [
    [Float32Array, '<f4'],
    [Float64Array, '<f8'],
  ] as const) {
    const matrix = normalMatrix(37, 3, 1, Type);
    const rows = npyBytes(npyHeader(descr, '(37, 3)'), matrix.values);
    const columns = npyBytes(npyHeader(descr, '(37, 3)', 'True'), inColumns(matrix));
    const line = npyBytes(npyHeader(descr, '(111,)'), matrix.values, 2);
    const plain = (bytes: Uint8Array) => Uint8Array.from(bytes);

    const read = await asymptoken.readNpy('rows.npy', plain(rows));
    assert.deepEqual(read, { data: matrix.values, shape: [37, 3] });
    const other = await asymptoken.readNpy('columns.npy', plain(columns));
    assert.deepEqual(other, { data: inColumns(matrix), shape: [37, 3], strides: [1, 37] });
    const flat = await asymptoken.readNpy('line.npy', plain(line));
    assert.deepEqual(flat, { data: matrix.values, shape: [111] });
    assert.deepEqual(await asymptoken.moments(other), await asymptoken.moments(read));

    // As node's own functions read files, and a part of more bytes.
    const around = new Uint8Array(rows.length + 10).fill(7);
    around.set(rows, 5);
    for (const bytes of [Buffer.from(rows), around.subarray(5, 5 + rows.length)]) {
      const before = Uint8Array.from(bytes);
      assert.deepEqual(await asymptoken.readNpy('part.npy', bytes), read);
      assert.deepEqual(Uint8Array.from(bytes), before);
    }
  }
});

test("what is no file of NumPy is refused in the command's sentence", async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const { values } = normalMatrix(3, 2, 1, Float32Array);
  const good = npyBytes(npyHeader('<f4', '(3, 2)'), values);
  const wrong: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /^x\.npy is .*; expected/],
    [
      Buffer.from('hello, this is not such a file'),
      /^x\.npy is not a \.npy file; expected one that begins with/,
    ],
    [
      good.subarray(0, good.length - 1),
      /^x\.npy is 151 bytes long; expected 152 bytes, which its 3 x 2 float32/,
    ],
    [Buffer.concat([good, Buffer.alloc(4)]), /^x\.npy is 156 bytes long; expected 152 bytes/],
    [good.subarray(0, 40), /^x\.npy is 40 bytes long; expected at least the 128 bytes of its header$/],
    [npyBytes(npyHeader('<i4', '(3, 2)'), values), /^x\.npy is an array of type <i4; expected little-endian/],
    [npyBytes(npyHeader('>f4', '(3, 2)'), values), /^x\.npy is an array of type >f4; expected little-endian/],
    [
      npyBytes(npyHeader('<f4', '(3, 2, 1)'), values),
      /^x\.npy is an array of shape \(3, 2, 1\); expected one or/,
    ],
    [
      npyBytes(npyHeader('<f4', '(0, 2)'), new Float32Array(0)),
      /^x\.npy is an array of shape \(0, 2\); expected at/,
    ],
    [npyBytes('{}', values), /^x\.npy is a \.npy file with an unreadable header; expected/],
  ];
  for (const [bytes, expected] of wrong) {
    await assert.rejects(asymptoken.readNpy('x.npy', Uint8Array.from(bytes)), (error: Error) => {
      assert.match(error.message, expected);
      if (bytes.length > 0) assert.equal(error.message, npyRefusedNatively('x.npy', bytes));
      return true;
    });
  }
});

test('an array that was read is one to compute with', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const { rows, columns } = fewer.tokens;
  const file = npyBytes(npyHeader('<f4', `(${rows}, ${columns})`, 'True'), inColumns(fewer.tokens));
  const tokens = await asymptoken.readNpy('tokens.npy', Uint8Array.from(file));
  assert.equal(
    textOf(await asymptoken.run(ownMap, { inputs: { tokens } })),
    textOf(await asymptoken.run(ownMap, { inputs: inputsOf(fewer) })),
  );
});
