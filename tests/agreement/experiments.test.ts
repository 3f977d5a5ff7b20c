import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, Result, Spec } from '../../wasm/src/api.ts';
import { limitNatively, refusedNatively, runNatively } from './native.ts';
import { map, moments, nestedMap, nestedMoments, open, variants } from './package.ts';

/** The largest difference between two results' statistics, relative to the mean. */
function difference(a: Result, b: Result): number {
  assert.deepEqual(a.metrics, b.metrics);
  assert.equal(a.curves.length, b.curves.length);
  let largest = 0;
  a.curves.forEach((curve, c) => {
    curve.points.forEach((point, p) => {
      const other = b.curves[c]!.points[p]!;
      assert.equal(point.n, other.n);
      for (const metric of a.metrics) {
        const [mine, theirs] = [point[metric] as Estimate, other[metric] as Estimate];
        assert.equal(mine.count, theirs.count);
        largest = Math.max(
          largest,
          Math.abs(mine.mean / theirs.mean - 1),
          Math.abs(mine.standard_deviation - theirs.standard_deviation) / theirs.mean,
        );
      }
    });
  });
  return largest;
}

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
    { ...moments, colour: 'red' },
    { ...moments, experiment: 'momentous' },
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

/** Equal but for the last digits of the numbers. */
function assertClose(here: unknown, there: unknown, path: string): void {
  if (typeof here === 'number' && typeof there === 'number') {
    assert.ok(Math.abs(here - there) <= 1e-9 * (1 + Math.abs(there)), `${path}: ${here} against ${there}`);
  } else if (here !== null && typeof here === 'object' && there !== null && typeof there === 'object') {
    assert.deepEqual(Object.keys(here), Object.keys(there), path);
    for (const [key, value] of Object.entries(here)) {
      assertClose(value, (there as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else {
    assert.equal(here, there, path);
  }
}
