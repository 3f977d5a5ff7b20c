import { packedColours } from '../chart/colour-map.ts';
import type { ColourScale } from '../chart/colour-scale.ts';
import { forRows } from './weights.ts';

/** Shows pooled weights, `width` a row, at once when all are coloured; what is not known yet stays clear. */
export async function paint(
  canvas: HTMLCanvasElement,
  weights: Float32Array,
  width: number,
  scale: ColourScale,
): Promise<void> {
  const height = weights.length / width;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  await forRows(height, (row) => {
    for (let i = row * width; i < (row + 1) * width; i++) {
      const weight = weights[i]!;
      pixels[i] = Number.isNaN(weight) ? 0 : packedColours[scale.colour(weight)]!;
    }
  });
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

export function clear(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}
