/** What every contestant in the page is given, and how it is verified. */

export interface Workload {
  n: number;
  d: number;
}

export interface Arrays extends Workload {
  queries: Float32Array<ArrayBuffer>;
  keys: Float32Array<ArrayBuffer>;
  values: Float32Array<ArrayBuffer>;
}

/** Takes a workload and solves it as often as it is asked to. */
export interface Solver {
  name: string;
  /** Resolves to the outputs, n x d; to nothing when there is nothing to verify. */
  run(): Promise<Float32Array | null>;
}

export type MakeSolver = (arrays: Arrays, threads: number) => Promise<Solver>;

/** Standard normal numbers. */
export function normalArrays({ n, d }: Workload): Arrays {
  return { n, d, queries: normal(n * d, 1), keys: normal(n * d, 2), values: normal(n * d, 3) };
}

function normal(count: number, seed: number): Float32Array<ArrayBuffer> {
  // Lehmer's generator with Park and Miller's constants, and the Box-Muller transform.
  let state = seed * 7919 + 1;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** The largest difference to float64 in eight outputs. */
export function errorOf(outputs: Float32Array, arrays: Arrays): number {
  const { n, d } = arrays;
  if (outputs.length !== n * d) throw new Error(`there are ${outputs.length} outputs; expected ${n * d}`);
  let error = 0;
  for (let i = 0; i < 8; i++) {
    const query = Math.floor((i * (n - 1)) / 7);
    attendOne(arrays, query).forEach((number, k) => {
      error = Math.max(error, Math.abs(number - outputs[query * d + k]!));
    });
  }
  return error;
}

/** From the definition. */
function attendOne({ n, d, queries, keys, values }: Arrays, query: number): Float64Array {
  const logits = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let logit = 0;
    for (let k = 0; k < d; k++) logit += queries[query * d + k]! * keys[j * d + k]!;
    logits[j] = logit / Math.sqrt(d);
  }
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const output = new Float64Array(d);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const weight = Math.exp(logits[j]! - largest);
    sum += weight;
    for (let k = 0; k < d; k++) output[k]! += weight * values[j * d + k]!;
  }
  return output.map((number) => number / sum);
}
