import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barOf, curveClass, marker, spreadOut } from '../../web/src/chart/marks.ts';
import { LinearScale, LogScale } from '../../web/src/chart/scale.ts';

test('six markers differ in shape, then they repeat as colours do', () => {
  const shapes = Array.from({ length: 13 }, (_, curve) => marker(curve, 4));
  assert.equal(new Set(shapes).size, 6);
  assert.equal(shapes[6], shapes[0]);
  assert.equal(shapes[12], shapes[0]);
  assert.deepEqual([0, 5, 6, 13].map(curveClass), ['curve-0', 'curve-5', 'curve-0', 'curve-1']);
});

test('markers have about the same area', () => {
  const circle = Math.PI * 16;
  for (const curve of [1, 2, 3, 4, 5]) {
    const corners = marker(curve, 4)
      .slice(1, -1)
      .split('L')
      .map((corner) => corner.split(',').map(Number) as [number, number]);
    const twice = corners.reduce((sum, [x, y], i) => {
      const [u, v] = corners[(i + 1) % corners.length]!;
      return sum + x * v - u * y;
    }, 0);
    assert.ok(Math.abs(twice) / 2 > 0.7 * circle && Math.abs(twice) / 2 < 1.3 * circle, `marker ${curve}`);
  }
});

/** Low and high end of a bar, from the mean's place. */
const ends = (bar: string) => /^M0,([^V]+)V([^M]+)M/.exec(bar)!.slice(1).map(Number);

test('a bar is one standard error each way', () => {
  assert.deepEqual(ends(barOf(2, 0.5, new LinearScale([0, 10], [100, 0]), 3)), [5, -5]);
  const [low, high] = ends(barOf(10, 5, new LogScale([1, 100], [200, 0]), 3));
  assert.ok(Math.abs(low! - 100 * Math.log10(2)) < 1e-9 && Math.abs(high! + 100 * Math.log10(1.5)) < 1e-9);
  assert.match(barOf(2, 0.5, new LinearScale([0, 10], [100, 0]), 3), /M-3,-5h6M-3,5h6$/);
});

test('a bar that reaches 0 ends with a logarithmic axis, and goes on on a linear one', () => {
  assert.deepEqual(ends(barOf(10, 10, new LogScale([1, 100], [200, 0]), 3))[0], 100);
  assert.deepEqual(ends(barOf(1, 3, new LinearScale([0, 10], [100, 0]), 3))[0], 30);
});

test('labels that are near each other move apart, as little as they must', () => {
  assert.deepEqual(spreadOut([10, 50], 20, 0, 100), [10, 50]);
  assert.deepEqual(spreadOut([50, 50], 20, 0, 100), [50, 70]);
  assert.deepEqual(spreadOut([95, 90], 20, 0, 100), [100, 80]);
  assert.deepEqual(spreadOut([-5, 200], 20, 0, 100), [0, 100]);
  assert.deepEqual(spreadOut([], 20, 0, 100), []);
  // What cannot fit keeps its distances, and the lower edge.
  assert.deepEqual(spreadOut([0, 0, 0], 60, 0, 100), [-20, 40, 100]);
});
