import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Law, Result, Spec } from '../../wasm/src/api.ts';
import { textOf } from './compare.ts';
import { runNatively, simdTargets } from './native.ts';
import { map, moments, nestedMap, nestedMoments, open, variants } from './package.ts';

/** One hash of everything that was measured: every digit of every point, fit and prediction of every curve. */
function hashOf(result: Result): string {
  return createHash('sha256').update(textOf(result)).digest('hex');
}

const { law: gaussian } = moments;
const { law: sphere } = map;
const specs: Record<string, Spec> = {
  'moments, gaussian': { ...moments, law: gaussian },
  'moments, sphere': { ...moments, law: sphere },
  'moments, gaussian, nested': { ...nestedMoments, law: gaussian },
  'moments, sphere, nested': { ...nestedMoments, law: sphere },
  'moments, gaussian, fresh queries, nested': { ...nestedMoments, queries: { count: 150 } },
  'moments, gaussian, quadrature': {
    ...nestedMoments,
    law: { type: 'gaussian', dimension: 3, covariance: 0.4 },
    queries: { quadrature: 5 },
  },
  'moments, gaussian, against a sample': { ...moments, sampled_reference: { tokens: 3000 } },
  'moments, sphere, against draws': {
    ...moments,
    law: sphere,
    sampled_reference: { draws: 1000 },
    covariance_norm: 'spectral',
    fit: { weights: 'equal', resamples: 50 },
  },
  'map, gaussian': { ...map, law: gaussian },
  'map, sphere': { ...map, law: sphere },
  'map, gaussian, nested': { ...nestedMap, law: gaussian },
  'map, sphere, nested': { ...nestedMap, law: sphere },
};
const otherLaws: Law[] = [
  { type: 'gaussian_mixture', dimension: 3, components: [{ weight: 2, mean: 1 }, { covariance: 0.5 }] },
  { type: 'ball', dimension: 3, radius: 1.5 },
  { type: 'box', dimension: 3, half_widths: [1, 1.5, 2] },
  { type: 'two_point', dimension: 3, low: -1, high: 1, probability: 0.25 },
  {
    type: 'points',
    dimension: 3,
    points: [
      [0, 1, 2],
      [2, 3, -1],
      [1, 1, 0],
    ],
    weights: [1, 2, 1],
  },
];
for (const law of otherLaws) specs[`map, ${law.type}`] = { ...map, law };
const counts = [1, 2, 3];

for (const [name, spec] of Object.entries(specs)) {
  test(`deterministic: ${name} has one hash on every target, on any number of threads and workers`, async (t) => {
    const exact: Spec = { ...spec, replicates: 4, deterministic: true };
    const hashes: Record<string, string> = {};
    for (const target of simdTargets()) {
      for (const threads of counts) {
        const result = runNatively(exact, ['--simd', target, '--threads', `${threads}`]);
        assert.equal(result.provenance.simd, target);
        hashes[`${target}, ${threads} threads`] = hashOf(result);
      }
    }
    for (const variant of variants) {
      const asymptoken = await open(t, { variant, workers: Math.max(...counts) });
      for (const workers of counts) {
        const result = await asymptoken.run(exact, { workers });
        assert.equal(result.provenance.simd, `wasm_${variant}`);
        hashes[`${variant}, ${workers} workers`] = hashOf(result);
      }
    }
    const expected = Object.values(hashes)[0]!;
    t.diagnostic(`${Object.keys(hashes).join('; ')}: ${expected.slice(0, 16)}`);
    assert.deepEqual(hashes, Object.fromEntries(Object.keys(hashes).map((key) => [key, expected])));
  });
}
