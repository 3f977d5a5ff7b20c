import type { Part, View } from '../view.ts';
import type { PixelRange } from './tiles.ts';

const smallest = 8;

/** The part of the matrix that a view shows: a square within it. */
export function partOf({ tokens, window }: View): Part {
  if (!window) return { row: 0, column: 0, size: tokens };
  const size = Math.min(Math.max(window.size, Math.min(smallest, tokens)), tokens);
  const within = (start: number) => Math.round(Math.min(Math.max(start, 0), tokens - size));
  return { row: within(window.row), column: within(window.column), size };
}

export function isSamePart(a: Part, b: Part): boolean {
  return a.row === b.row && a.column === b.column && a.size === b.size;
}

/** null where a part is the whole matrix. */
export function windowOf(part: Part, tokens: number): Part | null {
  const within = partOf({ tokens, window: part } as View);
  return within.size === tokens ? null : within;
}

/** So much larger or smaller, with the token at `row`, `column` staying where it is. */
export function zoomed(part: Part, factor: number, row: number, column: number, tokens: number): Part | null {
  const size = Math.min(Math.max(Math.round(part.size * factor), smallest), tokens);
  const stay = (start: number, fixed: number) => fixed - ((fixed - start) / part.size) * size;
  return windowOf({ row: stay(part.row, row), column: stay(part.column, column), size }, tokens);
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
