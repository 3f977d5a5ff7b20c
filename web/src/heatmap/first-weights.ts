import first from 'first-weights:heatmap';
import type { Source } from './tile-run.ts';
import { Tiles } from './tiles.ts';

/** The weights that come with the page, if they are those: of the tokens and the form that the core had when it was built. */
export function firstTiles({ spec, head }: Source): Tiles | null {
  if (!first || head !== first.head || JSON.stringify(spec) !== JSON.stringify(first.spec)) return null;
  const { tokens, matrix } = first;
  const { n, dimension: d, values } = tokens;
  const weights = new Float32Array(n * n);
  const participation = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const query = Array.from({ length: d }, (_, k) => dot(matrix, k * d, values, i * d, d));
    const logits = Array.from({ length: n }, (_, j) => dot(query, 0, values, j * d, d));
    const top = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
    logits.forEach((logit, j) => {
      const weight = Math.exp(logit - top) / sum;
      weights[i * n + j] = weight;
      participation[i]! += weight * weight;
    });
  }
  const tiles = new Tiles(n);
  const [all] = tiles.missing({ level: 0, rows: [0, n], columns: [0, n] });
  tiles.add(all!, { largest: weights, mean: weights, participation });
  return tiles;
}

function dot(a: readonly number[], from: number, b: readonly number[], start: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[from + k]! * b[start + k]!;
  return sum;
}
