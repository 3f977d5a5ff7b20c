import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spec } from '../../wasm/src/api.ts';
import { assertClose, difference } from './compare.ts';
import { limitNatively, refusedNatively, runNatively } from './native.ts';
import { map, moments, nestedMap, nestedMoments, open, variants } from './package.ts';

for (const [name, spec] of Object.entries({ moments, map, nestedMoments, nestedMap })) {
  for (const variant of variants) {
    test(`${name} in ${variant} agrees with the command to 1e-5`, async (t) => {
      const asymptoken = await open(t, { variant, workers: 2 });
      const here = await asymptoken.run(spec);
      assert.equal(asymptoken.variant, variant);
      assert.equal(here.provenance.simd, `wasm_${variant}`);
      const there = runNatively(spec);
      assert.deepEqual(here.spec, there.spec);
      const largest = difference(here, there);
      t.diagnostic(`largest relative difference ${largest.toExponential(1)} to ${there.provenance.simd}`);
      assert.ok(largest < 1e-5, `differs by ${largest}`);
    });
  }
}

test('closed forms are those of the command', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  for (const spec of [moments, map]) assertClose(await asymptoken.limit(spec), limitNatively(spec), 'limit');
});

test('a bad spec is refused with the sentence of the command', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const bad: Spec[] = [
    { ...moments, replicates: -3 },
    { ...moments, colour: 'red' } as Spec,
    { ...moments, experiment: 'momentous' as 'moments' },
    { ...moments, tokens: { from: 100, to: 10, count: 3 } },
    { ...moments, law: { type: 'gaussian', dimension: 2, covariance: [1, -1] } },
    { ...moments, law: { type: 'gaussian', dimension: 2, covariance: NaN } },
    { ...map, attention: { matrix: [[1, 2, 3]] } },
  ];
  for (const spec of bad) {
    const sentence = refusedNatively(spec);
    assert.match(sentence, / is .*; expected /);
    await assert.rejects(asymptoken.run(spec), { name: 'Error', message: sentence });
    await assert.rejects(asymptoken.complete(spec), { name: 'Error', message: sentence });
  }
});
