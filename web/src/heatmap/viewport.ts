import type { Part, View } from './view.ts';
import type { PixelRange } from './tiles.ts';

const smallest = 8;

/** In the picture: fractions of its sides. */
export interface Point {
  x: number;
  y: number;
}

/** The part of the matrix that a view shows: a square within it. */
export function partOf({ tokens, window }: Pick<View, 'tokens' | 'window'>): Part {
  if (!window) return { row: 0, column: 0, size: tokens };
  const size = Math.round(sizeWithin(window.size, tokens));
  const within = (start: number) => Math.round(Math.min(Math.max(start, 0), tokens - size));
  return { row: within(window.row), column: within(window.column), size };
}

export function isSamePart(a: Part, b: Part): boolean {
  return a.row === b.row && a.column === b.column && a.size === b.size;
}

/** null where a part is the whole matrix. */
export function windowOf(part: Part, tokens: number): Part | null {
  const within = partOf({ tokens, window: part });
  return within.size === tokens ? null : within;
}

/**
 * `factor` times as large, and what lay at `from` lies at `to`, as far as there are tokens. Between two whole numbers of
 * tokens, so that many small moves add up.
 */
export function moved(part: Part, from: Point, to: Point, factor: number, tokens: number): Part {
  const size = sizeWithin(part.size * factor, tokens);
  const start = (first: number, before: number, after: number) =>
    Math.min(Math.max(first + before * part.size - after * size, 0), tokens - size);
  return { row: start(part.row, from.y, to.y), column: start(part.column, from.x, to.x), size };
}

function sizeWithin(size: number, tokens: number): number {
  return Math.min(Math.max(size, Math.min(smallest, tokens)), tokens);
}

/** The pixels of a part on a screen that has `room` for them along each side. */
export function pixelsOf({ row, column, size }: Part, room: number): PixelRange {
  const level = Math.max(0, Math.ceil(Math.log2(size / Math.max(room, 1))));
  const block = 2 ** level;
  const count = Math.ceil(size / block);
  const [top, left] = [Math.floor(row / block), Math.floor(column / block)];
  return { level, rows: [top, top + count], columns: [left, left + count] };
}

/** The tokens that pixels cover, which is what the axes have to say. */
export function coveredBy({ level, rows, columns }: PixelRange): Part {
  const block = 2 ** level;
  return { row: rows[0] * block, column: columns[0] * block, size: (rows[1] - rows[0]) * block };
}
