import type { Tokens } from '../core.ts';
import type { Step } from './attention.ts';

/** Classes of weight as multiples of an equal share 1/n: below the first, up to the second, … */
export const shares = [1 / 16, 1 / 4, 1, 4, 16] as const;

/** Softmax weights of the first tokens, from the sum of e^logit over all n. */
export function weightsOf(tokens: Tokens, query: readonly [number, number], { n, logSumExp }: Step) {
  const weights = new Float64Array(n);
  let squares = 0;
  let largest = 0;
  for (let j = 0; j < n; j++) {
    const logit = query[0] * tokens.values[2 * j]! + query[1] * tokens.values[2 * j + 1]!;
    const weight = Math.exp(logit - logSumExp);
    weights[j] = weight;
    squares += weight * weight;
    if (weight > largest) largest = weight;
  }
  return { weights, largest, effectiveTokens: 1 / squares };
}

export function shareClass(weight: number, n: number): number {
  const place = shares.findIndex((share) => weight * n < share);
  return place < 0 ? shares.length : place;
}
