import type { Tokens } from '../base/core.ts';

/** How far from the origin nearly all tokens of the plane lie, in either coordinate. */
export function boundOf({ values }: Pick<Tokens, 'values'>): number {
  const sizes = Float32Array.from(values, Math.abs).sort();
  return Number(sizes[Math.floor(0.997 * (sizes.length - 1))]!.toPrecision(2));
}
