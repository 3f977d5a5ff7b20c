import type { Asymptoken, MapLimit, Spec, Tokens } from '../base/core.ts';

/** Attention of one query on the first n tokens of one sample. */
export interface Step {
  n: number;
  output: [number, number];
  logSumExp: number;
  /** The sum of squared weights. */
  participation: number;
}

/** Attention of one query on ever more tokens, and on all of the law. */
export interface Path {
  query: readonly [number, number];
  steps: Step[];
  limit: [number, number];
  /** The expected error is about this over √n; null where it is not known. */
  errorConstant: number | null;
}

/** 10, 20, 50, 100, … and the last. */
export function sizesTo(last: number): number[] {
  const sizes: number[] = [];
  for (let power = 10; power < last; power *= 10) sizes.push(power, 2 * power, 5 * power);
  return [...sizes.filter((size) => size < last), last];
}

export async function pathOf(
  asymptoken: Asymptoken,
  spec: Spec,
  { n, values }: Tokens,
  query: readonly [number, number],
): Promise<Path> {
  const [{ curves }, ...steps] = await Promise.all([
    asymptoken.limit(spec),
    ...sizesTo(n).map((size) => stepOf(asymptoken, values.slice(0, 2 * size), query)),
  ]);
  const { gamma, error_constant } = curves[0]!.limit as MapLimit;
  return {
    query,
    steps,
    limit: gamma as [number, number],
    errorConstant: error_constant ?? null,
  };
}

async function stepOf(
  asymptoken: Asymptoken,
  tokens: Float32Array,
  query: readonly [number, number],
): Promise<Step> {
  const { output, logSumExp, participation } = await asymptoken.attend({
    queries: Float32Array.from(query),
    keys: tokens,
    values: tokens,
    dimension: 2,
    scale: 1,
    spread: true,
  });
  return {
    n: tokens.length / 2,
    output: [output[0]!, output[1]!],
    logSumExp: logSumExp[0]!,
    participation: participation![0]!,
  };
}

export function errorOf({ output }: Step, { limit }: Path): number {
  return Math.hypot(output[0] - limit[0], output[1] - limit[1]);
}
