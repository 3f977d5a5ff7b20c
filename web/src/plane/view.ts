import { oneOf, wholeNumber, type Field } from '../fields.ts';

export const planeLaws = ['gaussian', 'clusters', 'circle', 'square'] as const;
export type PlaneLaw = (typeof planeLaws)[number];

/** What the plane shows. */
export interface PlaneView {
  law: PlaneLaw;
  /** How many tokens there are. */
  tokens: number;
  /** Of the ball that the query stays in. */
  radius: number;
  query: readonly [number, number];
  seed: number;
}

export const defaultPlane: Readonly<PlaneView> = {
  law: 'clusters',
  tokens: 1000,
  radius: 2.5,
  query: [1.6, 0.8],
  seed: 42,
};

export const mostPlaneTokens = 20000;
export const largestRadius = 10;

/** Two numbers, `1.6,0.8`. */
const point: Field<readonly [number, number]> = {
  name: 'query of the plane',
  expected: `two numbers of at most ${largestRadius}, such as 1.6,0.8`,
  parse(text) {
    const [, x = '', y = ''] = /^(-?\d{1,2}(?:\.\d{1,3})?),(-?\d{1,2}(?:\.\d{1,3})?)$/.exec(text) ?? [];
    if (x === '' || Math.hypot(Number(x), Number(y)) > largestRadius) return null;
    return [Number(x), Number(y)];
  },
  format: (value) => value.map((coordinate) => Number(coordinate.toFixed(2))).join(','),
};

const radius: Field<number> = {
  name: 'radius R of the plane',
  expected: `a number from 0.1 to ${largestRadius}`,
  parse(text) {
    const value = /^\s*\d{1,2}(\.\d{1,3})?\s*$/.test(text) ? Number(text) : NaN;
    return value >= 0.1 && value <= largestRadius ? value : null;
  },
  format: (value) => String(Number(value.toFixed(2))),
};

export const planeFields = {
  law: oneOf('token law of the plane', planeLaws),
  tokens: wholeNumber('number of tokens of the plane', 10, mostPlaneTokens),
  radius,
  query: point,
  seed: wholeNumber('seed of the plane', 0, Number.MAX_SAFE_INTEGER),
};
