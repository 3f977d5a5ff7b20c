import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  coveredBy,
  isSamePart,
  moved,
  partOf,
  pixelsOf,
  windowOf,
  type Point,
} from '../../web/src/heatmap/viewport.ts';

const part = (row: number, column: number, size: number) => ({ row, column, size });
const middle: Point = { x: 0.5, y: 0.5 };

test('without a window all is shown', () => {
  assert.deepEqual(partOf({ tokens: 512, window: null }), part(0, 0, 512));
});

test('a window lies within the matrix, in whole tokens, and has some size', () => {
  const within = (tokens: number, window: ReturnType<typeof part>) => partOf({ tokens, window });
  assert.deepEqual(within(512, part(100, 200, 64)), part(100, 200, 64));
  assert.deepEqual(within(512, part(500, 99999, 64)), part(448, 448, 64));
  assert.deepEqual(within(512, part(-3, 2.4, 63.6)), part(0, 2, 64));
  assert.deepEqual(within(512, part(10, 10, 1)), part(10, 10, 8));
  assert.deepEqual(within(512, part(10, 10, 9999)), part(0, 0, 512));
  assert.deepEqual(within(4, part(1, 1, 2)), part(0, 0, 4));
});

test('a window that is the whole is none', () => {
  assert.equal(windowOf(part(0, 0, 512), 512), null);
  assert.equal(windowOf(part(5, 5, 600), 512), null);
  assert.deepEqual(windowOf(part(0, 0, 511), 512), part(0, 0, 511));
  assert.ok(isSamePart(part(1, 2, 3), part(1, 2, 3)));
  for (const other of [part(0, 2, 3), part(1, 0, 3), part(1, 2, 0)])
    assert.ok(!isSamePart(part(1, 2, 3), other));
});

test('zooming keeps what is pointed at where it is', () => {
  assert.deepEqual(moved(part(100, 200, 64), middle, middle, 0.5, 512), part(116, 216, 32));
  assert.deepEqual(moved(part(116, 216, 32), middle, middle, 2, 512), part(100, 200, 64));
  // A quarter across and three down: token 216 and token 148.
  const at = { x: 0.25, y: 0.75 };
  const closer = moved(part(100, 200, 64), at, at, 0.25, 512);
  assert.deepEqual(closer, part(136, 212, 16));
  assert.deepEqual([closer.column + 0.25 * 16, closer.row + 0.75 * 16], [216, 148]);
});

test('dragging takes along what is under the pointer', () => {
  const [from, to] = [
    { x: 40 / 64, y: 30 / 64 },
    { x: 32 / 64, y: 26 / 64 },
  ];
  assert.deepEqual(moved(part(100, 200, 64), from, to, 1, 512), part(104, 208, 64));
});

test('the part stops at the edges, at the whole and at eight tokens', () => {
  assert.deepEqual(moved(part(0, 448, 64), { x: 0.5, y: 0.2 }, { x: 0, y: 0.8 }, 1, 512), part(0, 448, 64));
  assert.deepEqual(moved(part(100, 200, 64), middle, middle, 100, 512), part(0, 0, 512));
  assert.deepEqual(moved(part(100, 200, 16), middle, middle, 0.01, 512), part(104, 204, 8));
});

test('small moves add up', () => {
  let shown = part(100, 200, 64);
  for (let i = 0; i < 64; i++) shown = moved(shown, { x: 0.5, y: 0.5 }, { x: 0.5 - 1 / 256, y: 0.5 }, 1, 512);
  assert.ok(Math.abs(shown.column - 216) < 1e-9 && shown.row === 100, JSON.stringify(shown));
});

test('a pixel is one weight where there is room, else a block of so many that they fit', () => {
  assert.deepEqual(pixelsOf(part(100, 200, 64), 500), { level: 0, rows: [100, 164], columns: [200, 264] });
  assert.deepEqual(pixelsOf(part(0, 0, 512), 512), { level: 0, rows: [0, 512], columns: [0, 512] });
  assert.deepEqual(pixelsOf(part(0, 0, 2000), 500), { level: 2, rows: [0, 500], columns: [0, 500] });
  assert.deepEqual(pixelsOf(part(0, 0, 2001), 500), { level: 3, rows: [0, 251], columns: [0, 251] });
  assert.deepEqual(pixelsOf(part(1030, 2050, 1000), 500), {
    level: 1,
    rows: [515, 1015],
    columns: [1025, 1525],
  });
  // Before the page is laid out there is no room at all.
  assert.equal(pixelsOf(part(0, 0, 1024), 0).level, 10);
});

test('pixels cover whole blocks of tokens', () => {
  assert.deepEqual(coveredBy({ level: 0, rows: [100, 164], columns: [200, 264] }), part(100, 200, 64));
  assert.deepEqual(coveredBy({ level: 3, rows: [2, 5], columns: [1, 4] }), part(16, 8, 24));
});
