import assert from 'node:assert/strict';
import type { Result } from '../../wasm/src/api.ts';

/** The result without what differs from run to run. */
export function measured(result: Result): Omit<Result, 'provenance'> {
  const { provenance, ...rest } = result;
  void provenance;
  return rest;
}

/** The same as text: every digit of every number, in their order. */
export function textOf(result: Result): string {
  assert.ok(result.complete);
  return JSON.stringify(measured(result));
}

/** The largest difference between two results' statistics, relative to the mean. */
export function difference(a: Result, b: Result): number {
  assert.deepEqual(a.metrics, b.metrics);
  assert.equal(a.curves.length, b.curves.length);
  let largest = 0;
  a.curves.forEach((curve, c) => {
    curve.points.forEach((point, p) => {
      const other = b.curves[c]!.points[p]!;
      assert.equal(point.n, other.n);
      for (const { id } of a.metrics) {
        const [mine, theirs] = [point.metrics[id]!, other.metrics[id]!];
        assert.equal(mine.count, theirs.count);
        largest = Math.max(
          largest,
          Math.abs(mine.mean! / theirs.mean! - 1),
          Math.abs(mine.standard_deviation! - theirs.standard_deviation!) / theirs.mean!,
        );
      }
    });
  });
  return largest;
}

/** Equal but for the last digits of the numbers. */
export function assertClose(here: unknown, there: unknown, path: string): void {
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
