import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  axisScale,
  linearStep,
  linearTicks,
  LinearScale,
  LogScale,
  roundToTick,
} from '../../web/src/chart/scale.ts';

/** Equal up to rounding. */
function near(found: number, expected: number): void {
  assert.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${found} is not ${expected}`,
  );
}

const labels = (scale: LogScale | LinearScale, room: number) =>
  scale.ticks(room).flatMap(({ value, labelled }) => (labelled ? [value] : []));

test('equal differences are equal distances on a linear axis, whichever way it runs', () => {
  const across = new LinearScale([-1, 3], [100, 500]);
  assert.deepEqual(
    [-1, 0, 1, 3, 4].map((value) => across.at(value)),
    [100, 200, 300, 500, 600],
  );
  const up = new LinearScale([0, 10], [300, 0]);
  assert.deepEqual(
    [0, 5, 10].map((value) => up.at(value)),
    [300, 150, 0],
  );
});

test('equal ratios are equal distances on a logarithmic axis', () => {
  const scale = new LogScale([0.01, 100], [400, 0]);
  [0.01, 0.1, 1, 10, 100].forEach((value, i) => near(scale.at(value), 400 - 100 * i));
  near(scale.at(Math.sqrt(10)), 150);
  near(scale.at(1000), -100);
});

test('axes are made by their names', () => {
  for (const kind of ['linear', 'logarithmic'] as const) {
    const scale = axisScale(kind, [1, 100], [0, 10]);
    assert.equal(scale.kind, kind);
    near(scale.at(10), kind === 'linear' ? 90 / 99 : 5);
  }
});

test('ticks of a linear axis are round, within it, and as many as have room', () => {
  const scale = new LinearScale([0, 1], [0, 250]);
  assert.deepEqual(labels(scale, 50), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(labels(scale, 125), [0, 0.5, 1]);
  assert.deepEqual(labels(scale, 1000), [0, 1]);
  for (const { value, position } of scale.ticks(50)) near(position, 250 * value);
});

test('ticks of a logarithmic axis are 1 to 9 times every power of ten', () => {
  const scale = new LogScale([200, 3000], [0, 400]);
  assert.deepEqual(
    scale.ticks(40).map(({ value }) => value),
    [200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000, 3000],
  );
  for (const { value, position } of scale.ticks(40))
    near(position, (400 * Math.log(value / 200)) / Math.log(15));
});

test('fewer ticks of a logarithmic axis are labelled the less room there is', () => {
  // 100 pixels a decade: from 1 to 2 are 30, from 2 to 5 are 40, from 1 to 3 are 48.
  const scale = new LogScale([0.01, 10], [300, 0]);
  assert.deepEqual(labels(scale, 30), [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]);
  assert.deepEqual(labels(scale, 45), [0.01, 0.03, 0.1, 0.3, 1, 3, 10]);
  assert.deepEqual(labels(scale, 60), [0.01, 0.1, 1, 10]);
  // Every second power of ten, from the even ones.
  assert.deepEqual(labels(scale, 150), [0.01, 1]);
});

test('a narrow logarithmic axis has ticks at equal steps, labelled where there is room', () => {
  assert.deepEqual(labels(new LogScale([600, 900], [0, 400]), 60), [600, 700, 800, 900]);
  assert.deepEqual(labels(new LogScale([3000, 4000], [0, 150]), 60), [3000, 3500, 4000]);
  assert.deepEqual(labels(new LogScale([30, 45], [0, 300]), 60), [30, 35, 40, 45]);
  // No two round numbers have room.
  assert.deepEqual(labels(new LogScale([20, 80], [0, 200]), 140), [20, 80]);
});

test('the edges of a logarithmic axis keep their ticks in spite of rounding', () => {
  const edges: [from: number, to: number, first: number, last: number][] = [
    [1e-6, 1e-3, 1e-6, 1e-3],
    [3, 1e6, 3, 1e6],
    // A little more than 0.3, and a little less than 0.1.
    [0.1 + 0.2, 5, 0.3, 5],
    [0.001, 1 - 0.9, 0.001, 0.1],
  ];
  for (const [from, to, first, last] of edges) {
    const values = new LogScale([from, to], [0, 1000]).ticks(20).map(({ value }) => value);
    assert.deepEqual([values[0], values.at(-1)], [first, last]);
  }
});

test('numbers are rounded to ticks outwards, and round ones stay', () => {
  const rounded = (value: number) => [roundToTick(value, false), roundToTick(value, true)];
  assert.deepEqual(rounded(3), [2, 5]);
  assert.deepEqual(rounded(7.5), [5, 10]);
  assert.deepEqual(rounded(0.0012), [0.001, 0.002]);
  for (const round of [1, 2, 5, 10, 1e-3, 5e-7, 2000]) assert.deepEqual(rounded(round), [round, round]);
  // 0.1 + 0.2 is a little more than 0.3; what is off by that much is no other tick.
  assert.deepEqual(rounded(0.5000000000000001), [0.5, 0.5]);
});

test('round numbers from here to there, in at most so many steps', () => {
  assert.deepEqual(linearTicks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(linearTicks(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(linearTicks(0.1, 0.3, 2), [0.1, 0.2, 0.3]);
  assert.deepEqual(linearTicks(3, 4, 1), [3, 4]);
  // No tick is minus nothing, which would be written -0.
  assert.ok(linearTicks(0, 1, 5).every((value) => !Object.is(value, -0)));
  assert.ok(linearTicks(-1, 1, 2).every((value) => !Object.is(value, -0)));
});

test('steps are 1, 2 and 5 times powers of ten', () => {
  const steps: [number, number, number][] = [
    [10, 10, 1],
    [10, 9, 2],
    [10, 4, 5],
    [10, 1, 10],
    [11, 1, 20],
    [0.07, 5, 0.02],
    [3000, 5, 1000],
  ];
  for (const [length, count, step] of steps) near(linearStep(length, count), step);
});
