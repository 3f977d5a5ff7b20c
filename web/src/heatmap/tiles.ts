import type { Asymptoken, Spec } from '../core.ts';
import type { Pooling } from '../view.ts';
import { forRows } from './weights.ts';

/** Pixels along the side of a tile. */
const side = 128;

/** So many weights are asked for at once: their pooling holds up the page for a few milliseconds. */
const chunk = 2 ** 20;

/** A square of pixels, each of which stands for a block of weights. */
type Tile = Record<Pooling, Float32Array>;

/** Pixels: half-open ranges of rows and columns. */
export interface PixelRange {
  /** A pixel is a block of 2^level by 2^level weights. */
  level: number;
  rows: [number, number];
  columns: [number, number];
}

/**
 * The attention matrix of n tokens as tiles of pooled weights. Only those asked for are computed, and kept; the
 * weights themselves are not: at the coarsest they would be gigabytes.
 */
export class Tiles {
  readonly n: number;
  readonly #asymptoken: Asymptoken;
  readonly #spec: Spec;
  readonly #head: number;
  readonly #tiles = new Map<string, Tile>();
  /** Of rows that have been seen whole: the sum of squared weights. */
  readonly rowSquares: Float64Array;

  constructor(asymptoken: Asymptoken, spec: Spec, n: number, head: number) {
    this.#asymptoken = asymptoken;
    this.#spec = spec;
    this.#head = head;
    this.n = n;
    this.rowSquares = new Float64Array(n);
  }

  /** Computes what is missing, a strip at a time from the top. */
  async need(range: PixelRange, signal: AbortSignal, progressed: (fraction: number) => void): Promise<void> {
    const strips = this.#missing(range);
    const all = strips.reduce((sum, { rows }) => sum + rows[1] - rows[0], 0);
    let done = 0;
    for (const strip of strips) {
      const { level } = range;
      const across = strip.columns[1] - strip.columns[0];
      const step = Math.max(1, Math.floor(chunk / across / 2 ** level)) * 2 ** level;
      const fresh = this.#newTiles(level, strip.rows, strip.columns);
      for (let row = strip.rows[0]; row < strip.rows[1]; row += step) {
        const rows: [number, number] = [row, Math.min(row + step, strip.rows[1])];
        const request = { n: this.n, head: this.#head, rows, columns: strip.columns, signal };
        const { weights } = await this.#asymptoken.heatmap(this.#spec, request);
        signal.throwIfAborted();
        await this.#pool(weights, level, rows, strip.columns, fresh, signal);
        done += rows[1] - rows[0];
        progressed(done / all);
      }
      // Only whole tiles are kept.
      for (const [key, tile] of fresh) this.#tiles.set(key, tile);
    }
  }

  /** Pooled weights, row by row; from a coarser tile where the fine one is missing, NaN where nothing is known. */
  picture({ level, rows, columns }: PixelRange, pooling: Pooling): Float32Array {
    const width = columns[1] - columns[0];
    const pixels = new Float32Array(width * (rows[1] - rows[0]));
    for (let r = Math.floor(rows[0] / side); r * side < rows[1]; r++) {
      for (let c = Math.floor(columns[0] / side); c * side < columns[1]; c++) {
        const { tile, up } = this.#nearest(level, r, c);
        const [bottom, right] = [Math.min((r + 1) * side, rows[1]), Math.min((c + 1) * side, columns[1])];
        for (let row = Math.max(r * side, rows[0]); row < bottom; row++) {
          const from = ((row >> up) % side) * side;
          const to = (row - rows[0]) * width - columns[0];
          for (let column = Math.max(c * side, columns[0]); column < right; column++) {
            pixels[to + column] = tile ? tile[pooling][from + ((column >> up) % side)]! : NaN;
          }
        }
      }
    }
    return pixels;
  }

  /** A tile, or the least coarse that holds it, so many levels up. */
  #nearest(level: number, row: number, column: number): { tile: Tile | null; up: number } {
    for (let up = 0; level + up <= coarsest; up++) {
      const tile = this.#tiles.get(keyOf(level + up, row >> up, column >> up));
      if (tile) return { tile, up };
    }
    return { tile: null, up: 0 };
  }

  /** One weight; null where its tile has not been computed at full resolution. */
  known(row: number, column: number): number | null {
    const tile = this.#tiles.get(keyOf(0, Math.floor(row / side), Math.floor(column / side)));
    return tile ? tile.largest[(row % side) * side + (column % side)]! : null;
  }

  async weight(row: number, column: number, signal: AbortSignal): Promise<number> {
    const known = this.known(row, column);
    if (known !== null) return known;
    const { weights } = await this.#asymptoken.heatmap(this.#spec, {
      n: this.n,
      head: this.#head,
      rows: [row, row + 1],
      columns: [column, column + 1],
      signal,
    });
    return weights[0]!;
  }

  /** Rows and columns of weights that missing tiles cover, for each row of tiles. */
  #missing({ level, rows, columns }: PixelRange): { rows: [number, number]; columns: [number, number] }[] {
    const strips: { rows: [number, number]; columns: [number, number] }[] = [];
    for (let r = Math.floor(rows[0] / side); r * side < rows[1]; r++) {
      const lacking: number[] = [];
      for (let c = Math.floor(columns[0] / side); c * side < columns[1]; c++) {
        if (!this.#tiles.has(keyOf(level, r, c))) lacking.push(c);
      }
      if (lacking.length === 0) continue;
      const [first, last] = [lacking[0]!, lacking.at(-1)!];
      strips.push({ rows: this.#covered(level, r, r + 1), columns: this.#covered(level, first, last + 1) });
    }
    return strips;
  }

  #covered(level: number, first: number, end: number): [number, number] {
    const size = side * 2 ** level;
    return [first * size, Math.min(end * size, this.n)];
  }

  #newTiles(level: number, rows: [number, number], columns: [number, number]): Map<string, Tile> {
    const size = side * 2 ** level;
    const fresh = new Map<string, Tile>();
    for (let column = columns[0]; column < columns[1]; column += size) {
      const tile = { largest: new Float32Array(side * side), mean: new Float32Array(side * side) };
      fresh.set(keyOf(level, rows[0] / size, column / size), tile);
    }
    return fresh;
  }

  async #pool(
    weights: Float32Array,
    level: number,
    rows: [number, number],
    columns: [number, number],
    tiles: Map<string, Tile>,
    signal: AbortSignal,
  ): Promise<void> {
    const across = columns[1] - columns[0];
    const size = side * 2 ** level;
    const whole = across === this.n;
    await forRows(rows[1] - rows[0], signal, (i) => {
      const row = rows[0] + i;
      const pixelRow = (row >> level) % side;
      const height = Math.min(2 ** level, this.n - ((row >> level) << level));
      if (whole) this.rowSquares[row] = sumOfSquares(weights, i * across, across);
      for (let left = columns[0]; left < columns[1]; left += size) {
        const { largest, mean } = tiles.get(keyOf(level, Math.floor(row / size), left / size))!;
        const right = Math.min(left + size, columns[1]);
        for (let column = left; column < right; column++) {
          const weight = weights[i * across + column - columns[0]]!;
          const pixel = pixelRow * side + ((column - left) >> level);
          if (weight > largest[pixel]!) largest[pixel] = weight;
          const width = Math.min(2 ** level, this.n - ((column >> level) << level));
          mean[pixel]! += weight / (height * width);
        }
      }
    });
  }
}

/** 65,536 tokens in one tile. */
const coarsest = 9;

function keyOf(level: number, row: number, column: number): string {
  return `${level}/${row}/${column}`;
}

function sumOfSquares(values: Float32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i]! * values[i]!;
  return sum;
}
