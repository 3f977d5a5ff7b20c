import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeatmapRequest, MomentsSpec, Spec, Tokens } from '../../wasm/src/api.ts';
import { map, moments, open, variants } from './package.ts';

const form = [
  [0.9, -0.2, 0.1],
  [0.4, 0.7, 0],
  [0, 0.3, -1.1],
];
const spec: MomentsSpec = {
  experiment: 'moments',
  law: { type: 'gaussian', dimension: 3, covariance: 1 },
  attention: { matrix: form },
  tokens: [100, 200, 400],
  replicates: 2,
};

/** Softmax over all tokens in double precision: row i of the matrix and its log-sum-exp. */
function softmaxRow({ n, dimension: d, values }: Tokens, A: number[][], i: number) {
  const t = A.map((row) => row.reduce((sum, a, q) => sum + a * values[i * d + q]!, 0));
  const logits = Array.from({ length: n }, (_, j) =>
    t.reduce((sum, a, k) => sum + a * values[j * d + k]!, 0),
  );
  const top = Math.max(...logits);
  const logSumExp = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return { logSumExp, weights: logits.map((logit) => Math.exp(logit - logSumExp)) };
}

for (const variant of variants) {
  test(`weights in ${variant} are a softmax of the tokens`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    const n = 500;
    const tokens = await asymptoken.tokens(spec, n, 1);
    const requests: Partial<HeatmapRequest>[] = [
      {},
      { rows: [130, 333], columns: [7, 8] },
      { rows: [499, 500] },
    ];
    for (const part of requests) {
      const { rows, columns, weights, logSumExp } = await asymptoken.heatmap(spec, {
        n,
        replicate: 1,
        ...part,
      });
      assert.deepEqual(rows, part.rows ?? [0, n]);
      assert.deepEqual(columns, part.columns ?? [0, n]);
      const width = columns[1] - columns[0];
      assert.equal(weights.length, (rows[1] - rows[0]) * width);
      for (let i = rows[0]; i < rows[1]; i++) {
        const expected = softmaxRow(tokens, form, i);
        assert.ok(Math.abs(logSumExp[i - rows[0]]! - expected.logSumExp) < 1e-5);
        for (let j = columns[0]; j < columns[1]; j++) {
          const weight = weights[(i - rows[0]) * width + j - columns[0]]!;
          assert.ok(
            Math.abs(weight / expected.weights[j]! - 1) < 2e-5,
            `(${i}, ${j}): ${weight} against ${expected.weights[j]}`,
          );
        }
      }
    }
  });

  test(`pooled weights in ${variant} are the largest and the mean of each block of them`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 2 });
    const n = 500;
    const tokens = await asymptoken.tokens(spec, n, 1);
    const exact = Array.from({ length: n }, (_, i) => softmaxRow(tokens, form, i));
    const requests: Pick<HeatmapRequest, 'rows' | 'columns'>[] = [
      {},
      { rows: [130, 333], columns: [7, 108] },
    ];
    for (const side of [1, 2, 7, 64, 1000]) {
      for (const part of requests) {
        const pooled = await asymptoken.pooledHeatmap(spec, { n, replicate: 1, side, ...part });
        const [[top, bottom], [left, right]] = [part.rows ?? [0, n], part.columns ?? [0, n]];
        assert.deepEqual([pooled.rows, pooled.columns, pooled.side], [[top, bottom], [left, right], side]);
        const width = Math.ceil((right - left) / side);
        assert.equal(pooled.largest.length, Math.ceil((bottom - top) / side) * width);
        assert.equal(pooled.mean.length, pooled.largest.length);
        pooled.largest.forEach((largest, pixel) => {
          const [row, column] = [top + side * Math.floor(pixel / width), left + side * (pixel % width)];
          const block = exact
            .slice(row, Math.min(row + side, bottom))
            .flatMap(({ weights }) => weights.slice(column, Math.min(column + side, right)));
          const mean = block.reduce((sum, weight) => sum + weight, 0) / block.length;
          const what = `${row}, ${column} of side ${side}`;
          const most = block.reduce((a, b) => Math.max(a, b));
          assert.ok(Math.abs(largest / most - 1) < 2e-5, `largest at ${what}`);
          assert.ok(Math.abs(pooled.mean[pixel]! / mean - 1) < 2e-5, `mean at ${what}`);
        });
        for (let i = top; i < bottom; i++) {
          const { weights, logSumExp } = exact[i]!;
          const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
          assert.ok(Math.abs(pooled.participation[i - top]! / squares - 1) < 2e-5);
          assert.ok(Math.abs(pooled.logSumExp[i - top]! - logSumExp) < 1e-5);
        }
      }
    }
  });
}

test('heads are what the tokens attend with', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const [head, ...none] = await asymptoken.heads({
    ...spec,
    attention: { matrix: form, value: [[1, 2, 3]] },
  });
  assert.equal(none.length, 0);
  assert.deepEqual([...head!.matrix], form.flat());
  assert.deepEqual([...head!.value], [1, 2, 3]);
  const horizons = [0.5, 2];
  const swept: Spec = { ...spec, attention: { weights: 'random', seed: 7, horizons } };
  const heads = await asymptoken.heads(swept);
  assert.deepEqual(
    heads.map(({ horizon }) => horizon),
    horizons,
  );
  const n = 40;
  const tokens = await asymptoken.tokens(swept, n);
  for (const [index, { matrix }] of heads.entries()) {
    const A = [0, 3, 6].map((start) => [...matrix.subarray(start, start + 3)]);
    const { weights } = await asymptoken.heatmap(swept, { n, head: index });
    for (let i = 0; i < n; i++) {
      softmaxRow(tokens, A, i).weights.forEach((weight, j) =>
        assert.ok(Math.abs(weights[i * n + j]! / weight - 1) < 2e-5),
      );
    }
  }
  await assert.rejects(asymptoken.heads({ ...spec, seed: -1 }), { message: /^seed is -1; expected/ });
});

test('the number of workers does not change a weight', async (t) => {
  const one = await open(t, { workers: 1 });
  const three = await open(t, { workers: 3 });
  const request = { n: 700, head: 1 };
  assert.deepEqual(await three.heatmap(moments, request), await one.heatmap(moments, request));
  const pooled = { ...request, side: 10 };
  assert.deepEqual(await three.pooledHeatmap(moments, pooled), await one.pooledHeatmap(moments, pooled));
});

test('one token, and logits of ten thousand', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const { weights: alone } = await asymptoken.heatmap(spec, { n: 1 });
  assert.equal(alone.length, 1);
  assert.ok(Math.abs(alone[0]! - 1) < 1e-6);
  const sharp: Spec = { ...spec, attention: { matrix: 1e4 } };
  const { weights } = await asymptoken.heatmap(sharp, { n: 64 });
  for (let i = 0; i < 64; i++) {
    const sum = weights.subarray(i * 64, (i + 1) * 64).reduce((total, weight) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) < 0.01, `row ${i} sums to ${sum}`);
  }
});

test('a wrong request is refused in one sentence', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const wrong: [Partial<HeatmapRequest>, RegExp][] = [
    [{ n: 0 }, /^n is 0; expected an integer from 1 to 65536$/],
    [{ n: 65537 }, /^n is 65537; expected/],
    [{ head: 1 }, /^head is 1; expected .* 0 to 0$/],
    [{ rows: [5, 5] }, /^rows is \[5,5\]; expected \[first, last\] with 0 <= first < last <= 100$/],
    [{ columns: [0, 101] }, /^columns is \[0,101\]; expected/],
    [{ n: 65536 }, /^rows x columns is 65536 x 65536; expected at most 536870912 weights/],
  ];
  for (const [part, message] of wrong) {
    await assert.rejects(asymptoken.heatmap(spec, { n: 100, ...part }), { message });
  }
  for (const side of [0, 1.5, 1025]) {
    await assert.rejects(asymptoken.pooledHeatmap(spec, { n: 100, side }), {
      message: `side is ${side}; expected an integer from 1 to 1024`,
    });
  }
  await assert.rejects(asymptoken.heatmap({ ...map, seed: -1 }, { n: 10 }), {
    message: /^seed is -1; expected/,
  });
});

test('aborting rejects with the reason and frees the worker', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const abort = new AbortController();
  const pending = asymptoken.heatmap(spec, { n: 16384, signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 30);
  await assert.rejects(pending, { message: 'enough' });
  const start = performance.now();
  await asymptoken.complete(spec);
  t.diagnostic(`the worker answered ${(performance.now() - start).toFixed(1)} ms later`);
});
