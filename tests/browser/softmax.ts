import type { Heatmap, Tokens } from '../../wasm/src/api.ts';

// Attention weights again, from the tokens alone, in double precision and with none of the core's code.

/**
 * The matrix A of the logits <A x_i, y_j>, by least squares from a heatmap of the core: within a row,
 * log weights are logits up to a constant. Exact only if the weights are a softmax of such a form of the tokens.
 */
export function recoverForm({ dimension: d, values }: Tokens, { rows, weights }: Heatmap): number[][] {
  const n = rows[1];
  const unknowns = d * d;
  const normal = Array.from({ length: unknowns }, () => new Float64Array(unknowns + 1));
  for (let i = 0; i < n; i++) {
    for (let j = 1; j < n; j++) {
      // <A x_i, y_j - y_0> = log w_ij - log w_i0, with A as d * d unknowns A[key][query].
      const row = new Float64Array(unknowns + 1);
      for (let k = 0; k < d; k++) {
        for (let q = 0; q < d; q++) row[k * d + q] = values[i * d + q]! * (values[j * d + k]! - values[k]!);
      }
      row[unknowns] = Math.log(weights[i * n + j]!) - Math.log(weights[i * n]!);
      for (let a = 0; a < unknowns; a++)
        for (let b = 0; b <= unknowns; b++) normal[a]![b]! += row[a]! * row[b]!;
    }
  }
  const solution = solve(normal);
  return Array.from({ length: d }, (_, k) => solution.slice(k * d, (k + 1) * d));
}

/** Row-major weights of tokens attending to each other. */
export function softmaxWeights({ n, dimension: d, values }: Tokens, A: number[][]): Float64Array {
  const weights = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const t = A.map((row) => row.reduce((sum, a, q) => sum + a * values[i * d + q]!, 0));
    const logits = Array.from({ length: n }, (_, j) =>
      t.reduce((sum, a, k) => sum + a * values[j * d + k]!, 0),
    );
    const top = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
    logits.forEach((logit, j) => (weights[i * n + j] = Math.exp(logit - top) / total));
  }
  return weights;
}

/** The largest singular value, by power iteration on A'A. */
export function spectralNorm(A: number[][]): number {
  let v = A.map((_, i) => 1 + 0.1 * i);
  for (let step = 0; step < 2000; step++) {
    const u = A.map((row) => row.reduce((sum, a, j) => sum + a * v[j]!, 0));
    const w = A.map((_, j) => A.reduce((sum, row, i) => sum + row[j]! * u[i]!, 0));
    const size = Math.hypot(...w);
    v = w.map((x) => x / size);
  }
  return Math.hypot(...A.map((row) => row.reduce((sum, a, j) => sum + a * v[j]!, 0)));
}

/** Gauss-Jordan elimination with pivots; the last column is the right-hand side. */
function solve(rows: Float64Array[]): number[] {
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= c && Math.abs(row[c]!) > Math.abs(rows[best]![c]!) ? i : best),
      c,
    );
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const scale = rows[c]![c]!;
    rows[c] = rows[c]!.map((x) => x / scale);
    rows.forEach((row, i) => {
      const factor = row[c]!;
      if (i !== c && factor !== 0) rows[i] = row.map((x, k) => x - factor * rows[c]![k]!);
    });
  }
  return rows.map((row) => row[n]!);
}
