import { linearTicks, LogScale } from './scale.ts';

export const colourScales = ['linear', 'log'] as const;
export type ColourScaleKind = (typeof colourScales)[number];

/** Decades below the largest weight that a log scale still tells apart. */
const deepest = 1e-6;

/** Which weight has which of the 256 colours. */
export class ColourScale {
  readonly kind: ColourScaleKind;
  /** The weights of the first and the last colour. */
  readonly low: number;
  readonly high: number;

  constructor(kind: ColourScaleKind, { least, largest }: { least: number; largest: number }) {
    this.kind = kind;
    this.high = largest;
    this.low = kind === 'linear' ? 0 : Math.min(Math.max(least, largest * deepest), largest / 2);
  }

  /** From 0 to 1. */
  at(weight: number): number {
    const place =
      this.kind === 'linear'
        ? weight / this.high
        : Math.log(weight / this.low) / Math.log(this.high / this.low);
    return place > 0 ? Math.min(place, 1) : 0;
  }

  colour(weight: number): number {
    return Math.round(255 * this.at(weight));
  }

  /** Round weights for `width` pixels of colour bar. */
  ticks(width: number, room: number): number[] {
    if (this.kind === 'linear') return linearTicks(0, this.high, Math.max(1, Math.floor(width / room)));
    const scale = new LogScale([this.low, this.high], [0, width]);
    return scale
      .ticks(room)
      .filter(({ labelled }) => labelled)
      .map(({ value }) => value);
  }
}
