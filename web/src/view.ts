import { oneOf, wholeNumber } from './fields.ts';

export const colourScales = ['linear', 'log'] as const;
export type ColourScale = (typeof colourScales)[number];

/** What the heatmap shows of the tokens that the settings describe. */
export interface View {
  tokens: number;
  /** Index into the horizons. */
  head: number;
  colour: ColourScale;
}

export const defaultView: Readonly<View> = { tokens: 128, head: 2, colour: 'log' };

export const mostTokens = 2048;

export const viewFields = {
  tokens: wholeNumber('number of tokens of the heatmap', 2, mostTokens),
  head: wholeNumber("heatmap's horizon", 0, 5),
  colour: oneOf('colour scale', colourScales),
};
