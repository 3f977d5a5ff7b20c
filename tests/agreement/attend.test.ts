import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttendRequest } from '../../wasm/src/api.ts';
import { attendOne, normalMatrix } from '../command/attention.ts';
import { open, variants } from './package.ts';
import { attendNatively } from './native.ts';

/** Queries, keys and values of normal numbers. */
function arrays(queries: number, keys: number, dimension: number, valueDimension: number) {
  return [
    normalMatrix(queries, dimension, 1, Float32Array),
    normalMatrix(keys, dimension, 2, Float32Array),
    normalMatrix(keys, valueDimension, 3, Float32Array),
  ] as const;
}

type Arrays = ReturnType<typeof arrays>;

function requestOf([queries, keys, values]: Arrays): AttendRequest {
  return {
    queries: queries.values as Float32Array,
    keys: keys.values as Float32Array,
    values: values.values as Float32Array,
    dimension: keys.columns,
  };
}

/** Of every query, against the definition in float64. */
function largestDifference(
  [queries, keys, values]: Arrays,
  scale: number,
  { output, logSumExp }: { output: Float32Array; logSumExp: Float64Array },
): number {
  assert.equal(output.length, queries.rows * values.columns);
  assert.equal(logSumExp.length, queries.rows);
  let largest = 0;
  for (let i = 0; i < queries.rows; i++) {
    const exact = attendOne(queries, i, keys, values, scale);
    largest = Math.max(largest, Math.abs(logSumExp[i]! - exact.logSumExp));
    exact.output.forEach((number, k) => {
      largest = Math.max(largest, Math.abs(output[i * values.columns + k]! - number));
    });
  }
  return largest;
}

for (const variant of variants) {
  test(`attention over arrays in ${variant} is the softmax's mean`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    for (const [queries, keys, dimension, valueDimension, scale] of [
      [1, 1, 1, 1, undefined],
      [1, 700, 3, 2, undefined],
      [97, 1, 5, 4, 0.3],
      [500, 1500, 20, 7, undefined],
      [193, 3000, 64, 64, 0.5],
    ] as const) {
      const given = arrays(queries, keys, dimension, valueDimension);
      const found = await asymptoken.attend({ ...requestOf(given), ...(scale && { scale }) });
      const difference = largestDifference(given, scale ?? 1 / Math.sqrt(dimension), found);
      assert.ok(difference < 1e-5, `${queries} x ${keys}, d ${dimension}: differs by ${difference}`);
    }
  });

  test(`attention over arrays in ${variant} has the command's bits when deterministic`, async (t) => {
    const given = arrays(300, 2500, 17, 9);
    const one = await open(t, { variant, workers: 1 });
    const three = await open(t, { variant, workers: 3 });
    const request = { ...requestOf(given), deterministic: true };
    const found = await one.attend(request);
    assert.deepEqual(await three.attend(request), found);
    assert.deepEqual(found.output, attendNatively(...given));
  });
}

test("the arrays stay the caller's", async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const given = arrays(200, 300, 4, 4);
  const request = requestOf(given);
  const before = structuredClone(request);
  await asymptoken.attend(request);
  assert.deepEqual(request, before);
});

test('logits of ten thousand and a key far ahead', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const given = arrays(6, 50, 4, 3);
  const found = await asymptoken.attend({ ...requestOf(given), scale: 1e4 });
  assert.ok(found.output.every(Number.isFinite));
  // Float32 logits of 1e4 are right to 1e-3, so that is what the weights are right to.
  assert.ok(largestDifference(given, 1e4, found) < 0.1);
});

test('wrong arrays are refused in one sentence', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const request = requestOf(arrays(100, 30, 4, 2));
  const with_ = (numbers: Float32Array, index: number, value: number) => {
    const copy = numbers.slice();
    copy[index] = value;
    return copy;
  };
  const wrong: [Partial<AttendRequest>, RegExp][] = [
    [{ dimension: 0 }, /^dimension is 0; expected an integer from 1/],
    [{ dimension: 7 }, /^queries is an array of 400 numbers; expected a multiple of 7, at least 7$/],
    [{ queries: new Float32Array(0) }, /^queries is an array of 0 numbers; expected/],
    [{ keys: request.keys.slice(1) }, /^keys is an array of 119 numbers; expected a multiple of 4/],
    [{ values: request.values.slice(1) }, /^values is an array of 59 numbers; expected a multiple of 30/],
    [{ values: [1] as unknown as Float32Array }, /^values is \[1\]; expected a Float32Array$/],
    [{ scale: NaN }, /^scale is NaN; expected a finite number$/],
    [
      { queries: with_(request.queries, 399, NaN) },
      /^queries is nan at row 99, column 3 \(counted from 0\); expected finite numbers$/,
    ],
    [{ keys: with_(request.keys, 0, Infinity) }, /^keys is inf at row 0, column 0 .*; expected finite/],
    [{ values: with_(request.values, 3, NaN) }, /^values is nan at row 1, column 1 .*; expected finite/],
    [
      { scale: 1e38 },
      /^attention of query row \d+ is not finite; expected logits and values within the range of float32/,
    ],
  ];
  for (const [part, message] of wrong) {
    await assert.rejects(asymptoken.attend({ ...request, ...part }), { message });
  }
});

test('aborting attention rejects with the reason and frees the worker', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const abort = new AbortController();
  const pending = asymptoken.attend({ ...requestOf(arrays(20_000, 20_000, 64, 64)), signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 30);
  await assert.rejects(pending, { message: 'enough' });
  const start = performance.now();
  await asymptoken.specs();
  assert.ok(performance.now() - start < 1000);
});
