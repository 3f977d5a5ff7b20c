import assert from 'node:assert/strict';

/** |a - b| <= tolerance * |b|. */
export function close(actual: number, expected: number, tolerance: number, what: string): void {
  const off = Math.abs(actual - expected);
  assert.ok(
    off <= tolerance * Math.abs(expected),
    `${what}: ${actual} is not within ${tolerance} of ${expected}`,
  );
}
