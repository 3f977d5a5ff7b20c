import type { Matrix } from './npy.ts';

/** A matrix of standard normal numbers, the same on every run. */
export function normalMatrix(
  rows: number,
  columns: number,
  seed: number,
  Type: typeof Float32Array | typeof Float64Array,
): Matrix {
  // Lehmer's generator with Park and Miller's constants, and the Box-Muller transform.
  let state = seed * 7919 + 1;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const values = new Type(rows * columns);
  for (let k = 0; k < values.length; ++k)
    values[k] = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { rows, columns, values };
}

export interface Row {
  output: Float64Array;
  logSumExp: number;
  participation: number;
  entropy: number;
}

/** Attention of one query, from the definition, in float64. */
export function attendOne(queries: Matrix, row: number, keys: Matrix, values: Matrix, scale: number): Row {
  const logits = new Float64Array(keys.rows);
  for (let j = 0; j < keys.rows; ++j) {
    let logit = 0;
    for (let k = 0; k < keys.columns; ++k)
      logit += queries.values[row * keys.columns + k]! * keys.values[j * keys.columns + k]!;
    logits[j] = scale * logit;
  }
  const largest = logits.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const output = new Float64Array(values.columns);
  let participation = 0;
  let entropy = 0;
  for (let j = 0; j < keys.rows; ++j) {
    const weight = Math.exp(logits[j]! - largest) / sum;
    participation += weight * weight;
    if (weight > 0) entropy -= weight * Math.log(weight);
    for (let k = 0; k < values.columns; ++k) output[k]! += weight * values.values[j * values.columns + k]!;
  }
  return { output, logSumExp: largest + Math.log(sum), participation, entropy };
}
