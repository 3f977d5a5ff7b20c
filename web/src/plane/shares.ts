import type { Tokens } from '../base/core.ts';
import type { Step } from './attention.ts';

/** Classes of weight as multiples of an equal share 1/n: below the first, up to the second, … */
const shares = [1 / 16, 1 / 4, 1, 4, 16] as const;

export const shareClasses = shares.length + 1;

/**
 * Of each of the first tokens the class of its weight. A weight is so many times 1/n whose log is its logit less the log
 * of the sum of e^logit, plus ln n.
 */
export function shareClassesOf(
  { values }: Tokens,
  [x, y]: readonly [number, number],
  { n, logSumExp }: Step,
): Uint8Array {
  const edges = shares.map((share) => Math.log(share / n) + logSumExp);
  return Uint8Array.from({ length: n }, (_, j) => {
    const logit = x * values[2 * j]! + y * values[2 * j + 1]!;
    const place = edges.findIndex((edge) => logit < edge);
    return place < 0 ? edges.length : place;
  });
}
