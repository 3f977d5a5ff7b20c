import type { Asymptoken, Spec, Tokens } from '../core.ts';

/** Attention of one query on the first n tokens of one sample. */
export interface Step {
  n: number;
  output: [number, number];
  logSumExp: number;
}

/** Attention of one query on ever more tokens, and on all of the law. */
export interface Path {
  query: readonly [number, number];
  steps: Step[];
  limit: [number, number];
  /** The expected error is about this over √n. */
  errorConstant: number;
}

/** 10, 20, 50, 100, … and the last. */
export function sizesTo(last: number): number[] {
  const sizes: number[] = [];
  for (let power = 10; power < last; power *= 10) sizes.push(power, 2 * power, 5 * power);
  return [...sizes.filter((size) => size < last), last];
}

/**
 * Each token is attended to once: the pieces between two sizes are put together by their sums of e^logit, which is
 * what softmax over both does.
 */
export async function pathOf(
  asymptoken: Asymptoken,
  spec: Spec,
  tokens: Tokens,
  query: readonly [number, number],
): Promise<Path> {
  const sizes = sizesTo(tokens.n);
  const queries = Float32Array.from(query);
  const pieces = sizes.map((size, i) => {
    const keys = tokens.values.slice(2 * (sizes[i - 1] ?? 0), 2 * size);
    return asymptoken.attend({ queries, keys, values: keys, dimension: 2, scale: 1 });
  });
  const [limits, ...parts] = await Promise.all([asymptoken.limit(spec), ...pieces]);
  const { gamma, error_constant } = limitOf(limits);
  const steps: Step[] = [];
  let [x, y, total] = [0, 0, -Infinity];
  parts.forEach(({ output, logSumExp }, i) => {
    const [piece = 0] = logSumExp;
    const top = Math.max(total, piece);
    const [before, after] = [Math.exp(total - top), Math.exp(piece - top)];
    x = (before * x + after * output[0]!) / (before + after);
    y = (before * y + after * output[1]!) / (before + after);
    total = top + Math.log(before + after);
    steps.push({ n: sizes[i]!, output: [x, y], logSumExp: total });
  });
  return { query, steps, limit: gamma, errorConstant: error_constant };
}

interface Limit {
  gamma: [number, number];
  error_constant: number;
}

function limitOf(answer: unknown): Limit {
  const { curves } = answer as { curves: { limit: Limit }[] };
  return curves[0]!.limit;
}

export function errorOf({ output }: Step, { limit }: Path): number {
  return Math.hypot(output[0] - limit[0], output[1] - limit[1]);
}
