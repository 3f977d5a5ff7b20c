import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, Spec, Tokens } from '../../wasm/src/api.ts';
import { sizesOf } from '../../web/src/companions/size-slider.ts';
import { errorOf, pathOf, sizesTo, type Path } from '../../web/src/plane/attention.ts';
import { boundOf } from '../../web/src/plane/extent.ts';
import { shareClasses, shareClassesOf } from '../../web/src/plane/shares.ts';
import { loadCore } from '../browser/core.ts';
import './core-modules.ts';

const { extentOf, planeLaws, planeSpec } = await import('../../web/src/plane/spec.ts');
const { defaultPlane } = await import('../../web/src/plane/view.ts');
const { default: first } = await import('core:plane/plane');

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

function near(found: number, expected: number, within = 1e-6): void {
  assert.ok(
    Math.abs(found - expected) <= within * Math.max(1, Math.abs(expected)),
    `${found} is not ${expected}`,
  );
}

test('n grows by 1, 2 and 5 times powers of ten, to the last', () => {
  assert.deepEqual(sizesTo(10), [10]);
  assert.deepEqual(sizesTo(11), [10, 11]);
  assert.deepEqual(sizesTo(1000), [10, 20, 50, 100, 200, 500, 1000]);
  assert.deepEqual(sizesTo(20000), [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]);
  assert.deepEqual(sizesTo(4999).slice(-2), [2000, 4999]);
});

test('a slider offers six sizes in equal ratios', () => {
  assert.deepEqual(sizesOf(1, 100000), [1, 10, 100, 1000, 10000, 100000]);
  assert.deepEqual(sizesOf(100, 3200), [100, 200, 400, 800, 1600, 3200]);
  assert.deepEqual(sizesOf(2, 4), [2, 3, 4]);
  assert.deepEqual(sizesOf(50, 50), [50]);
  assert.deepEqual(sizesOf(80, 50), [50]);
});

test('nearly all tokens lie within the bound of a law, which is that of the larger coordinate', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? -1 : 1) * (i + 1));
  assert.equal(boundOf({ values }), 1000);
  const far = new Float32Array(1000).fill(0.25);
  far.set([900, -900]);
  assert.equal(boundOf({ values: far }), 0.25);
});

// ---- Weights ----------------------------------------------------------------------------------------------------------------

test('tokens are classed by their weight in equal shares', () => {
  // At the query (1, 0) the weights are as e^x: these are 1/32, 1/8, 1/2, 2, 8 and 32 times one another's base.
  const multiples = [1 / 32, 1 / 8, 1 / 2, 2, 8, 32];
  const n = multiples.length;
  const values = Float32Array.from(multiples.flatMap((multiple) => [Math.log(multiple), 7]));
  const tokens: Tokens = { n, dimension: 2, values };
  // With a log-sum-exp of ln n a weight is its multiple of 1/n.
  const step = { n, logSumExp: Math.log(n), output: [0, 0] as [number, number], participation: 1 };
  assert.deepEqual([...shareClassesOf(tokens, [1, 0], step)], [0, 1, 2, 3, 4, 5]);
  assert.equal(shareClasses, 6);
  // Turned round, the heaviest are the lightest; of the first two only.
  assert.deepEqual([...shareClassesOf(tokens, [-1, 0], { ...step, n: 2, logSumExp: Math.log(2) })], [5, 4]);
  // All are alike where the query is 0.
  assert.deepEqual(new Set(shareClassesOf(tokens, [0, 0], step)), new Set([3]));
});

/** Softmax by its definition. */
function attention(values: ArrayLike<number>, [x, y]: readonly [number, number], n: number) {
  const logits = Array.from({ length: n }, (_, j) => x * values[2 * j]! + y * values[2 * j + 1]!);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const weights = logits.map((logit) => Math.exp(logit) / total);
  const output = [0, 1].map((k) => weights.reduce((sum, w, j) => sum + w * values[2 * j + k]!, 0));
  return { output, logSumExp: Math.log(total), squares: weights.reduce((sum, w) => sum + w * w, 0) };
}

function checkPath(path: Path, values: ArrayLike<number>, query: readonly [number, number], n: number): void {
  assert.deepEqual(path.query, query);
  assert.deepEqual(
    path.steps.map((step) => step.n),
    sizesTo(n),
  );
  for (const step of path.steps) {
    const { output, logSumExp, squares } = attention(values, query, step.n);
    output.forEach((value, k) => near(step.output[k]!, value, 1e-5));
    near(step.logSumExp, logSumExp, 1e-5);
    near(step.participation, squares, 1e-5);
    near(errorOf(step, path), Math.hypot(output[0]! - path.limit[0], output[1]! - path.limit[1]), 2e-5);
  }
}

test('a path is attention on ever more tokens, and has the limit of its law', async () => {
  const query = [0.5, -0.25] as const;
  const spec = planeSpec({ law: 'gaussian', tokens: 300, query, seed: 3 });
  const tokens = await core.tokens(spec, 300);
  const path = await pathOf(core, spec, tokens, query);
  checkPath(path, tokens.values, query, 300);
  // Gamma(x) = x for standard Gaussian tokens, and S(x) = e^(|x|^2) (I + x x'): the length of a Gaussian vector is that
  // of a standard one, sqrt(pi / 2) on average, times how far S stretches its direction.
  path.limit.forEach((value, k) => near(value, query[k]!));
  const square = 0.5 ** 2 + 0.25 ** 2;
  const angles = Array.from({ length: 64 }, (_, i) => (2 * Math.PI * i) / 64);
  const stretch = angles.reduce((sum, angle) => sum + Math.sqrt(1 + square * Math.cos(angle) ** 2) / 64, 0);
  near(path.errorConstant!, Math.sqrt(Math.PI / 2) * Math.exp(square / 2) * stretch, 1e-6);
});

test('the picture that comes with the page is that of its tokens', () => {
  const bytes = Buffer.from(first.tokens, 'base64');
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  assert.equal(values.length, 2 * defaultPlane.tokens);
  checkPath(first.path, values, defaultPlane.query, defaultPlane.tokens);
});

// ---- Settings ---------------------------------------------------------------------------------------------------------------

test('the plane opens as links take it to', () => {
  assert.deepEqual(defaultPlane, { law: 'clusters', tokens: 1000, radius: 2.5, query: [1.6, 0.8], seed: 42 });
  assert.deepEqual(planeLaws, {
    clusters: 'three clusters',
    gaussian: 'Gaussian',
    gaussian_mixture: 'two clusters',
    sphere: 'sphere',
    ball: 'ball',
    box: 'box',
    two_point: 'corners',
    autoregressive: 'autoregressive',
  });
});

test('what the plane shows is a spec, which the core runs', async () => {
  const clusters = [
    { weight: 2, mean: [-1.2, -0.6], covariance: 0.12 },
    { weight: 1, mean: [1.4, -0.2], covariance: 0.08 },
    { weight: 1, mean: [0.2, 1.4], covariance: 0.12 },
  ];
  const expected = (law: Spec['law'], more: object): Spec => ({
    experiment: 'map',
    seed: 9,
    law,
    attention: { matrix: 1, value: 1 },
    queries: { points: [[-0.9, 1.75]] },
    tokens: { from: 10, to: 500, count: 8 },
    replicates: 200,
    ...more,
  });
  const sample = { tokens: 500, query: [-0.9, 1.75], seed: 9 } as const;
  const cases: [Spec, Spec][] = [
    [
      planeSpec({ ...sample, law: 'clusters' }),
      expected({ type: 'gaussian_mixture', dimension: 2, components: clusters }, {}),
    ],
    [planeSpec({ ...sample, law: 'box' }), expected({ type: 'box', dimension: 2 }, {})],
    // One n is a grid of one.
    [
      planeSpec({ ...sample, law: 'sphere', tokens: 10 }),
      expected({ type: 'sphere', dimension: 2 }, { tokens: { from: 10, to: 10, count: 1 } }),
    ],
  ];
  for (const [spec, right] of cases) assert.deepEqual(await core.complete(spec), await core.complete(right));
});

test('the square is as large as the tokens of its law lie far', async () => {
  for (const law of Object.keys(planeLaws)) {
    const { values } = await core.tokens(planeSpec({ law, tokens: 2000, query: [0, 0], seed: 5 }), 2000);
    const inside = values.filter((value) => Math.abs(value) <= 1.08 * extentOf(law)).length;
    assert.ok(inside >= 0.99 * values.length, `${law}: ${inside} of ${values.length}`);
    const spread = values.filter((value) => Math.abs(value) > 0.5 * extentOf(law)).length;
    assert.ok(spread > 0.03 * values.length, `${law} is lost in its square`);
  }
});
