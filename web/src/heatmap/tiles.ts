import type { PooledHeatmap } from '../base/core.ts';
import type { Pooling } from './view.ts';

/** Pixels along the side of a tile. */
const side = 128;

/** About so many weights are asked for at once, which is some tens of milliseconds of work. */
const weightsAtOnce = 2 ** 23;

/** 65,536 tokens in one tile. */
const coarsest = 9;

/** A square of pixels, each of which stands for a block of weights; its first `known` rows have been computed. */
interface Tile extends Record<Pooling, Float32Array> {
  known: number;
}

type Range = [first: number, end: number];

/** Pixels: half-open ranges of rows and columns. */
export interface PixelRange {
  /** A pixel is a block of 2^level by 2^level weights. */
  level: number;
  rows: Range;
  columns: Range;
}

/** Some rows of neighbouring tiles, to be computed in one go. */
export interface Portion extends PixelRange {
  /** The rows and columns of weights that it stands for. */
  weights: { rows: Range; columns: Range };
}

/**
 * An attention matrix as tiles of pooled weights. Those that have been added are kept; the weights
 * themselves never are: at the coarsest they would be gigabytes.
 */
export class Tiles {
  readonly queries: number;
  readonly keys: number;
  readonly #tiles = new Map<string, Tile>();
  /** Single weights under pixels of many. */
  readonly #weights = new Map<number, number>();
  /** Of each row the sum of its squared weights; 0 while it is not known. */
  readonly participation: Float64Array;

  constructor({ queries, keys }: { queries: number; keys: number }) {
    this.queries = queries;
    this.keys = keys;
    this.participation = new Float64Array(queries);
  }

  /** Of the square that the matrix lies in, from its first row and column. */
  get side(): number {
    return Math.max(this.queries, this.keys);
  }

  /** What is still to be computed before a range is known, from the top. */
  missing({ level, rows, columns }: PixelRange): Portion[] {
    const portions: Portion[] = [];
    for (
      let r = Math.floor(rows[0] / side);
      r * side < Math.min(rows[1], pixelsOf(this.queries, level));
      r++
    ) {
      const height = Math.min(side, pixelsOf(this.queries, level) - r * side);
      const lacking: { c: number; known: number }[] = [];
      for (
        let c = Math.floor(columns[0] / side);
        c * side < Math.min(columns[1], pixelsOf(this.keys, level));
        c++
      ) {
        const known = this.#tiles.get(keyOf(level, r, c))?.known ?? 0;
        if (known < height) lacking.push({ c, known });
      }
      if (lacking.length === 0) continue;
      const across: Range = [lacking[0]!.c * side, (lacking.at(-1)!.c + 1) * side];
      // Each row of weights is summed over all tokens, however few of its columns are asked for.
      const step = Math.max(1, Math.floor(weightsAtOnce / this.keys / 2 ** level));
      const start = Math.min(...lacking.map(({ known }) => known));
      for (let row = start; row < height; row += step) {
        const down: Range = [r * side + row, r * side + Math.min(row + step, height)];
        portions.push(this.#portion(level, down, across));
      }
    }
    return portions;
  }

  /** What of a range lies in the matrix. */
  within({ level, rows, columns }: PixelRange): PixelRange {
    const cut = ([first, last]: Range, size: number): Range => [
      first,
      Math.max(first, Math.min(last, pixelsOf(size, level))),
    ];
    return { level, rows: cut(rows, this.queries), columns: cut(columns, this.keys) };
  }

  /** How many weights the tiles of a range stand for. */
  area({ level, rows, columns }: PixelRange): number {
    const whole = ([first, end]: Range): Range => [
      Math.floor(first / side) * side,
      Math.ceil(end / side) * side,
    ];
    return sizeOf(this.#portion(level, whole(rows), whole(columns)));
  }

  add({ level, rows, columns }: Portion, pooled: Pick<PooledHeatmap, Pooling | 'participation'>): void {
    const { participation, largest, mean } = pooled;
    const width = columns[1] - columns[0];
    const r = Math.floor(rows[0] / side);
    this.participation.set(participation, rows[0] * 2 ** level);
    for (let left = columns[0]; left < columns[1]; left += side) {
      const tile = this.#tileToFill(level, r, left / side);
      for (let row = rows[0]; row < rows[1]; row++) {
        const from = (row - rows[0]) * width + left - columns[0];
        const end = Math.min(from + side, (row - rows[0] + 1) * width);
        const place = (row - r * side) * side;
        tile.largest.set(largest.subarray(from, end), place);
        if (tile.mean !== tile.largest) tile.mean.set(mean.subarray(from, end), place);
      }
      tile.known = Math.max(tile.known, rows[1] - r * side);
    }
  }

  /** Pooled weights, row by row; from a coarser tile where the fine one is missing, NaN where nothing is known. */
  picture({ level, rows, columns }: PixelRange, pooling: Pooling): Float32Array {
    const width = columns[1] - columns[0];
    const pixels = new Float32Array(width * (rows[1] - rows[0]));
    for (let row = rows[0]; row < rows[1]; row++) {
      const to = (row - rows[0]) * width - columns[0];
      for (let c = Math.floor(columns[0] / side); c * side < columns[1]; c++) {
        const { tile, up } = this.#nearest(level, row, c);
        const from = ((row >> up) % side) * side;
        const right = Math.min((c + 1) * side, columns[1]);
        for (let column = Math.max(c * side, columns[0]); column < right; column++) {
          pixels[to + column] = tile ? tile[pooling][from + ((column >> up) % side)]! : NaN;
        }
      }
    }
    return pixels;
  }

  /** One weight, if it is known. */
  weight(row: number, column: number): number | null {
    const tile = this.#tiles.get(keyOf(0, Math.floor(row / side), Math.floor(column / side)));
    if (tile && row % side < tile.known) return tile.largest[(row % side) * side + (column % side)]!;
    return this.#weights.get(row * this.keys + column) ?? null;
  }

  addWeight(row: number, column: number, weight: number): void {
    this.#weights.set(row * this.keys + column, weight);
  }

  /** The tile that knows a row of pixels, or the least coarse that does, so many levels up. */
  #nearest(level: number, row: number, c: number): { tile: Tile | null; up: number } {
    for (let up = 0; level + up <= coarsest; up++) {
      const tile = this.#tiles.get(keyOf(level + up, Math.floor((row >> up) / side), c >> up));
      if (tile && (row >> up) % side < tile.known) return { tile, up };
    }
    return { tile: null, up: 0 };
  }

  #tileToFill(level: number, r: number, c: number): Tile {
    const key = keyOf(level, r, c);
    let tile = this.#tiles.get(key);
    if (!tile) {
      const unknown = () => new Float32Array(side * side).fill(NaN);
      const largest = unknown();
      // A pixel of one weight is both.
      tile = { largest, mean: level === 0 ? largest : unknown(), known: 0 };
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  /** Ends with the matrix. */
  #portion(level: number, rows: Range, columns: Range): Portion {
    const weights = ([first, last]: Range, size: number): Range => [
      first * 2 ** level,
      Math.min(last * 2 ** level, size),
    ];
    return {
      ...this.within({ level, rows, columns }),
      weights: { rows: weights(rows, this.queries), columns: weights(columns, this.keys) },
    };
  }
}

/** Along a side of so many weights. */
function pixelsOf(weights: number, level: number): number {
  return Math.ceil(weights / 2 ** level);
}

/** How many weights. */
export function sizeOf({ weights: { rows, columns } }: Portion): number {
  return (rows[1] - rows[0]) * (columns[1] - columns[0]);
}

function keyOf(level: number, row: number, column: number): string {
  return `${level}/${row}/${column}`;
}
