import { measure, percent, whole } from '../base/format.ts';
import type { Part, Pooling } from './view.ts';
import type { PixelRange } from './tiles.ts';
import { effectiveKeys, type WeightSummary } from './weights.ts';

/** What is on the screen. */
export interface Shown {
  /** Tokens that attend to each other, or queries and keys. */
  queries: number;
  keys: number;
  /** Whose they are, if not the page's own. */
  of: string | null;
  /** null where it is not known. */
  horizon: number | null;
  part: Part;
  range: PixelRange;
  pooling: Pooling;
  summary: WeightSummary;
  /** Of each row of the matrix, 0 where it is not known. */
  participation: Float64Array;
  /** How much of it has been computed. */
  fraction: number;
}

/** The picture for who does not see it, and its numbers for who does. */
export function describe(shown: Shown): string {
  const { queries, keys, of, horizon, fraction } = shown;
  const share = `An equal share would be 1/${whole(keys)} = ${measure(1 / keys)}`;
  const whose = of === null ? '' : ` of ${of}`;
  const what =
    horizon === null
      ? `of ${whole(queries)} queries to ${whole(keys)} keys${whose}`
      : `among ${whole(keys)} tokens${whose} at H = ${Number(horizon.toPrecision(6))}`;
  const head = `Attention ${what}. ${partInWords(shown)}${share}; `;
  const sofar = fraction < 1 ? ` So far ${percent(fraction)} is computed.` : '';
  return `${head}${weightsInWords(shown)}.${spreadInWords(shown)}${sofar}`;
}

function partInWords({ queries, keys, part: { row, column, size } }: Shown): string {
  if (size === Math.max(queries, keys)) return '';
  const range = (first: number, most: number) =>
    `${whole(first + 1)} to ${whole(Math.min(first + size, most))}`;
  return `Shown are queries ${range(row, queries)} and keys ${range(column, keys)}. `;
}

function weightsInWords({ queries, keys, range, pooling, summary }: Shown): string {
  const { least, largest, largestAt } = summary;
  const block = 2 ** range.level;
  const at = (pixel: number, first: number, most: number) => {
    const token = (pixel + first) * block + 1;
    return block === 1 ? whole(token) : `${whole(token)} to ${whole(Math.min(token + block - 1, most))}`;
  };
  const what =
    block === 1
      ? 'the weights run'
      : `each pixel is the ${pooling} of ${block} × ${block} weights; pixels run`;
  const query = at(largestAt.row, range.rows[0], queries);
  const key = at(largestAt.column, range.columns[0], keys);
  return `${what} from ${measure(least)} to ${measure(largest)}, which query ${query} gives to key ${key}`;
}

function spreadInWords({ participation }: Shown): string {
  if (!participation.every((squares) => squares > 0)) return '';
  const keys = whole(effectiveKeys(participation));
  return ` Half of the queries spread their weight over fewer than ${keys} keys in effect (1 over the sum of squared weights).`;
}
