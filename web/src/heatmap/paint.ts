import { packedColours } from './colour-map.ts';
import type { WeightScale } from './colour-scale.ts';
import { forRows } from './weights.ts';

/** One pixel for every weight, queries down and keys across; shown at once when all are there. */
export async function paint(
  canvas: HTMLCanvasElement,
  weights: Float32Array,
  n: number,
  scale: WeightScale,
  signal: AbortSignal,
): Promise<void> {
  const image = new ImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer);
  await forRows(n, signal, (row) => {
    for (let i = row * n; i < (row + 1) * n; i++) pixels[i] = packedColours[scale.colour(weights[i]!)]!;
  });
  canvas.width = canvas.height = n;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
