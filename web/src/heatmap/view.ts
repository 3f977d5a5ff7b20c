import { oneOf, wholeNumber, type Field } from '../base/fields.ts';
import { colourScales, type ColourScaleKind } from '../chart/colour-scale.ts';

/** How one pixel stands for many weights. */
export const poolings = ['largest', 'mean'] as const;
export type Pooling = (typeof poolings)[number];

/** A square part of the matrix: its first row and column, and how many of each. */
export interface Part {
  row: number;
  column: number;
  size: number;
}

/** What the heatmap shows of the tokens that the settings describe. */
export interface View {
  tokens: number;
  /** Index into the horizons. */
  head: number;
  colour: ColourScaleKind;
  pooling: Pooling;
  /** null: the whole matrix. */
  window: Part | null;
}

export const defaultView: Readonly<View> = {
  tokens: 128,
  head: 2,
  colour: 'log',
  pooling: 'largest',
  window: null,
};

export const mostTokens = 16384;

/** `ROW,COLUMN,SIZE`, counted from 0; empty for the whole matrix. */
const part: Field<Part | null> = {
  name: 'part of the heatmap',
  expected: 'ROW,COLUMN,SIZE, such as 100,200,64',
  parse(text) {
    const [, row = '', column = '', size = ''] = /^(\d{1,5}),(\d{1,5}),(\d{1,5})$/.exec(text) ?? [];
    return Number(size) >= 1 ? { row: Number(row), column: Number(column), size: Number(size) } : null;
  },
  format: (value) => (value ? `${value.row},${value.column},${value.size}` : ''),
};

export const viewFields = {
  tokens: wholeNumber('number of tokens of the heatmap', 2, mostTokens),
  head: wholeNumber("heatmap's horizon", 0, 15),
  colour: oneOf('colour scale', colourScales),
  pooling: oneOf('pooling', poolings),
  window: part,
};
