import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeOf, Tiles, type PixelRange, type Portion } from '../../web/src/heatmap/tiles.ts';
import type { Pooling } from '../../web/src/heatmap/view.ts';

/** A matrix whose weights say where they stand. */
const weightAt = (row: number, column: number) => 1 + row + column / 1024;

/** What the core would answer: largest and mean of each block, by their definition. */
function pooled({ level, weights: { rows, columns } }: Portion) {
  const side = 2 ** level;
  const [down, across] = [rows, columns].map(([first, end]) => Math.ceil((end - first) / side));
  const largest = new Float32Array(down! * across!);
  const sums = new Float64Array(largest.length);
  const counts = new Float64Array(largest.length);
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      const block = Math.floor((row - rows[0]) / side) * across! + Math.floor((column - columns[0]) / side);
      largest[block] = Math.max(largest[block]!, weightAt(row, column));
      sums[block]! += weightAt(row, column);
      counts[block]!++;
    }
  }
  const mean = level === 0 ? largest : Float32Array.from(sums, (sum, i) => sum / counts[i]!);
  return {
    largest,
    mean,
    participation: Float64Array.from({ length: rows[1] - rows[0] }, (_, i) => rows[0] + i + 1),
  };
}

function fill(tiles: Tiles, range: PixelRange): void {
  for (const portion of tiles.missing(range)) tiles.add(portion, pooled(portion));
}

/** The picture by its definition. */
function expected(n: number, { level, rows, columns }: PixelRange, pooling: Pooling): Float32Array {
  const side = 2 ** level;
  const pixels: number[] = [];
  for (let r = rows[0]; r < rows[1]; r++) {
    for (let c = columns[0]; c < columns[1]; c++) {
      const [bottom, right] = [Math.min((r + 1) * side, n) - 1, Math.min((c + 1) * side, n) - 1];
      // The weights are linear in both indices, so their mean is that of the corners.
      const first = weightAt(r * side, c * side);
      const last = weightAt(bottom, right);
      pixels.push(pooling === 'largest' ? last : (first + last) / 2);
    }
  }
  return Float32Array.from(pixels);
}

const range = (level: number, rows: [number, number], columns = rows): PixelRange => ({
  level,
  rows,
  columns,
});

test('of a small matrix one portion is missing, of all of its weights', () => {
  const tiles = new Tiles({ queries: 100, keys: 100 });
  assert.deepEqual(tiles.missing(range(0, [0, 100])), [
    { level: 0, rows: [0, 100], columns: [0, 100], weights: { rows: [0, 100], columns: [0, 100] } },
  ]);
  assert.equal(tiles.area(range(0, [0, 100])), 10000);
});

test('a part asks for the tiles that it lies in, which end with the matrix', () => {
  const tiles = new Tiles({ queries: 1000, keys: 1000 });
  // Tiles have 128 pixels: rows 100 to 164 lie in the first two, columns 900 to 964 in the last.
  const part: PixelRange = { level: 0, rows: [100, 164], columns: [900, 964] };
  assert.deepEqual(
    tiles.missing(part).map(({ rows, columns }) => [rows, columns]),
    [
      [
        [0, 128],
        [896, 1000],
      ],
      [
        [128, 256],
        [896, 1000],
      ],
    ],
  );
  assert.equal(tiles.area(part), 256 * 104);
  // A pixel of 4 x 4 weights: the last of 250 pixels.
  const coarse = tiles.missing(range(2, [200, 250]));
  assert.deepEqual(
    coarse.map(({ weights }) => weights),
    [{ rows: [512, 1000], columns: [512, 1000] }],
  );
  assert.equal(sizeOf(coarse[0]!), 488 * 488);
});

test('what takes long is asked for a few rows at a time', () => {
  const tiles = new Tiles({ queries: 16384, keys: 16384 });
  const portions = tiles.missing(range(5, [0, 512]));
  assert.equal(
    portions.reduce((sum, portion) => sum + sizeOf(portion), 0),
    16384 ** 2,
  );
  for (const portion of portions) assert.ok(sizeOf(portion) <= 2 ** 23, `${sizeOf(portion)} at once`);
  // From the top, without a gap, never across the edge of a tile.
  let row = 0;
  for (const { rows, weights } of portions) {
    assert.equal(rows[0], row);
    assert.ok(Math.floor(rows[0] / 128) === Math.floor((rows[1] - 1) / 128));
    assert.deepEqual(weights.rows, [32 * rows[0], 32 * rows[1]]);
    row = rows[1];
  }
  assert.equal(row, 512);
});

for (const [n, shown] of [
  [100, range(0, [0, 100])],
  [300, range(0, [100, 290], [0, 190])],
  [1000, range(2, [0, 250])],
  [1000, range(1, [130, 400], [300, 500])],
] as const) {
  test(`the picture of ${n} tokens at level ${shown.level} from row ${shown.rows[0]}`, () => {
    const tiles = new Tiles({ queries: n, keys: n });
    fill(tiles, shown);
    assert.deepEqual(tiles.missing(shown), []);
    for (const pooling of ['largest', 'mean'] as const) {
      const pixels = tiles.picture(shown, pooling);
      const right = expected(n, shown, pooling);
      assert.equal(pixels.length, right.length);
      pixels.forEach((pixel, i) =>
        assert.ok(Math.abs(pixel - right[i]!) < 1e-3, `${pooling} ${i}: ${pixel}, ${right[i]}`),
      );
    }
  });
}

test('what is there is not asked for again, what lies beside is', () => {
  const tiles = new Tiles({ queries: 512, keys: 512 });
  fill(tiles, range(0, [0, 128]));
  assert.deepEqual(tiles.missing(range(0, [10, 100])), []);
  const more = tiles.missing(range(0, [0, 256]));
  assert.deepEqual(
    more.map(({ rows, columns }) => [rows, columns]),
    [
      [
        [0, 128],
        [128, 256],
      ],
      [
        [128, 256],
        [0, 256],
      ],
    ],
  );
  // Half a tile: its other half.
  const half = new Tiles({ queries: 512, keys: 512 });
  const [portion] = half.missing(range(0, [0, 128]));
  const top: Portion = { ...portion!, rows: [0, 64], weights: { rows: [0, 64], columns: [0, 128] } };
  half.add(top, pooled(top));
  assert.deepEqual(
    half.missing(range(0, [0, 128])).map(({ rows }) => rows),
    [[64, 128]],
  );
});

test('of neighbours that are there in part, what the least of them lacks is asked for', () => {
  const tiles = new Tiles({ queries: 512, keys: 512 });
  const top: Portion = {
    ...range(0, [0, 64], [0, 128]),
    weights: { rows: [0, 64], columns: [0, 128] },
  };
  tiles.add(top, pooled(top));
  const both = range(0, [0, 128], [0, 256]);
  assert.deepEqual(
    tiles.missing(both).map(({ rows, columns }) => [rows, columns]),
    [
      [
        [0, 128],
        [0, 256],
      ],
    ],
  );
  fill(tiles, both);
  assert.deepEqual(tiles.missing(both), []);
});

test('a coarser picture stands in for what is not there, and nothing where there is none', () => {
  const tiles = new Tiles({ queries: 1024, keys: 1024 });
  const fine = range(0, [0, 64]);
  assert.ok(tiles.picture(fine, 'largest').every(Number.isNaN));
  fill(tiles, range(3, [0, 128]));
  const stand = tiles.picture(fine, 'largest');
  assert.equal(stand[0], weightAt(7, 7));
  assert.equal(stand[9 * 64 + 17], Math.fround(weightAt(15, 23)));
  fill(tiles, fine);
  assert.equal(tiles.picture(fine, 'largest')[9 * 64 + 17], Math.fround(weightAt(9, 17)));
});

test('of a tile that is half there the rest is from the coarser one', () => {
  const tiles = new Tiles({ queries: 256, keys: 256 });
  fill(tiles, range(1, [0, 128]));
  const top: Portion = {
    level: 0,
    rows: [0, 10],
    columns: [0, 128],
    weights: { rows: [0, 10], columns: [0, 128] },
  };
  tiles.add(top, pooled(top));
  const pixels = tiles.picture({ level: 0, rows: [9, 11], columns: [0, 1] }, 'largest');
  assert.deepEqual([...pixels], [weightAt(9, 0), Math.fround(weightAt(11, 1))]);
});

test('single weights are those of fine tiles, or those that were asked for', () => {
  const tiles = new Tiles({ queries: 1024, keys: 1024 });
  fill(tiles, range(3, [0, 128]));
  assert.equal(tiles.weight(5, 9), null);
  tiles.addWeight(5, 9, 0.25);
  assert.equal(tiles.weight(5, 9), 0.25);
  assert.equal(tiles.weight(9, 5), null);
  fill(tiles, range(0, [0, 128]));
  assert.equal(tiles.weight(100, 17), Math.fround(weightAt(100, 17)));
  assert.equal(tiles.weight(128, 0), null);
});

test('beyond the last key there is nothing, not a weight of 0', () => {
  for (const pooling of ['largest', 'mean'] as const) {
    for (const level of [0, 1]) {
      const tiles = new Tiles({ queries: 300, keys: 100 });
      const whole = range(level, [0, Math.ceil(300 / 2 ** level)]);
      fill(tiles, whole);
      const side = whole.rows[1];
      const pixels = tiles.picture(whole, pooling);
      const keys = Math.ceil(100 / 2 ** level);
      for (let row = 0; row < side; row++) {
        const numbers = [...pixels.subarray(row * side, (row + 1) * side)];
        assert.ok(numbers.slice(0, keys).every((weight) => weight >= 1));
        assert.ok(numbers.slice(keys).every(Number.isNaN));
      }
    }
  }
});

test('each query has its participation once its rows are there', () => {
  const tiles = new Tiles({ queries: 300, keys: 300 });
  fill(tiles, range(1, [0, 10]));
  assert.deepEqual([...tiles.participation].slice(0, 3), [1, 2, 3]);
  assert.equal(tiles.participation[255], 256);
  assert.equal(tiles.participation[256], 0);
  fill(tiles, range(1, [0, 150]));
  assert.ok(tiles.participation.every((value, row) => value === row + 1));
});

test('queries and keys of different number lie in a square, the rest of which is empty', () => {
  const tiles = new Tiles({ queries: 300, keys: 128 });
  assert.equal(tiles.side, 300);
  const all = range(0, [0, 300]);
  fill(tiles, all);
  assert.equal(tiles.area(all), 300 * 128);
  const pixels = tiles.picture(all, 'largest');
  assert.equal(pixels[299 * 300 + 127], Math.fround(weightAt(299, 127)));
  for (let row = 0; row < 300; row++) assert.ok(Number.isNaN(pixels[row * 300 + 128]!), `row ${row}`);
  const wide = new Tiles({ queries: 20, keys: 200 });
  fill(wide, range(0, [0, 200]));
  const [last, below] = [19, 20].map(
    (row) => wide.picture({ level: 0, rows: [row, row + 1], columns: [199, 200] }, 'mean')[0],
  );
  assert.deepEqual([last, below], [Math.fround(weightAt(19, 199)), NaN]);
});
