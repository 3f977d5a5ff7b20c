import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from '../../web/src/heatmap/csv.ts';
import { effectiveKeys, forRows, summarise } from '../../web/src/heatmap/weights.ts';
import { describe, type Shown } from '../../web/src/heatmap/words.ts';

// What the heatmap says of the weights that it shows.

test('a picture of weights has a least that is not 0, a largest, and a place of that', async () => {
  assert.deepEqual(await summarise(Float32Array.of(0.25, 0, 0.5, NaN, 0.125, 0.0625), 3), {
    least: 0.0625,
    largest: 0.5,
    largestAt: { row: 0, column: 2 },
  });
  assert.deepEqual((await summarise(Float32Array.of(0, 0.5, 0.25, 0.5), 2))!.largestAt, {
    row: 0,
    column: 1,
  });
  assert.equal(await summarise(Float32Array.of(NaN, NaN), 1), null);
  assert.equal(await summarise(new Float32Array(0), 1), null);
});

test('many rows are visited in order, and others get a turn', async (t) => {
  let time = 0;
  t.mock.method(performance, 'now', () => (time += 5));
  const rows: number[] = [];
  let turns = 0;
  const other = setInterval(() => turns++, 0);
  await forRows(50, (row) => void rows.push(row));
  clearInterval(other);
  assert.deepEqual(
    rows,
    Array.from({ length: 50 }, (_, i) => i),
  );
  assert.ok(turns > 0);
});

test('half of the queries attend to fewer keys in effect than the median', () => {
  // 1/4, 1/2, 1 and 1/100: 4, 2, 1 and 100 keys in effect.
  assert.equal(effectiveKeys(Float64Array.of(1 / 4, 1 / 2, 1, 1 / 100)), 4);
  assert.equal(effectiveKeys(Float64Array.of(1 / 8)), 8);
  assert.equal(effectiveKeys(new Float64Array(0)), 1);
});

test('the CSV has a line for each row of pixels, nine digits, and nothing for what is not known', () => {
  assert.equal(csvOf(Float32Array.of(0.1, 0.5, NaN, 1e-12), 2), '0.100000001,0.5\n,9.99999996e-13\n');
  assert.equal(csvOf(Float32Array.of(1), 1), '1\n');
});

const shown: Shown = {
  queries: 2000,
  keys: 2000,
  of: null,
  horizon: 0.5,
  part: { row: 0, column: 0, size: 2000 },
  range: { level: 0, rows: [0, 2000], columns: [0, 2000] },
  pooling: 'largest',
  summary: { least: 0.0000123456, largest: 0.25, largestAt: { row: 1499, column: 2 } },
  participation: new Float64Array(2000),
  fraction: 1,
};

test('the whole matrix in words', () => {
  assert.equal(
    describe(shown),
    'Attention among 2,000 tokens at H = 0.5. An equal share would be 1/2,000 = 5.00\u2009×\u200910⁻⁴; ' +
      'the weights run from 1.23\u2009×\u200910⁻⁵ to 0.25, which query 1,500 gives to key 3.',
  );
});

test('a part of it, of which a pixel is many weights', () => {
  const words = describe({
    ...shown,
    part: { row: 1000, column: 500, size: 1000 },
    range: { level: 2, rows: [250, 500], columns: [125, 375] },
    pooling: 'mean',
    summary: { ...shown.summary, largestAt: { row: 249, column: 0 } },
    fraction: 0.456,
  });
  assert.match(
    words,
    /^Attention among 2,000 tokens at H = 0\.5\. Shown are queries 1,001 to 2,000 and keys 501 to 1,500\. /,
  );
  assert.match(words, /each pixel is the mean of 4 × 4 weights; pixels run from /);
  assert.match(words, /which query 1,997 to 2,000 gives to key 501 to 504\. So far 45\u2009% is computed\.$/);
});

test("a reader's own queries and keys", () => {
  const words = describe({
    ...shown,
    queries: 10,
    keys: 2001,
    of: 'q.npy and k.npy',
    horizon: null,
    part: { row: 0, column: 0, size: 2001 },
    range: { level: 1, rows: [0, 1001], columns: [0, 1001] },
    summary: { ...shown.summary, largestAt: { row: 4, column: 1000 } },
    participation: new Float64Array(10).fill(0.2),
  });
  assert.match(
    words,
    /^Attention of 10 queries to 2,001 keys of q\.npy and k\.npy\. An equal share would be 1\/2,001/,
  );
  // The last block ends with the matrix.
  assert.match(words, /which query 9 to 10 gives to key 2,001 to 2,001\./);
  assert.match(words, / Half of the queries spread their weight over fewer than 5 keys in effect /);
  assert.doesNotMatch(words, /Shown are/);
});
