import { oneOf, wholeNumber, type Field } from '../base/fields.ts';
import { opening, planeLaws, type PlaneSample } from './spec.ts';

/** What the plane shows. */
export interface PlaneView extends PlaneSample {
  /** Of the ball that the query stays in. */
  radius: number;
}

export const defaultPlane: Readonly<PlaneView> = {
  law: 'clusters',
  tokens: opening.tokens.to,
  radius: 2.5,
  query: opening.queries.points[0],
  seed: opening.seed!,
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

const lawNames = oneOf('token law of the plane', Object.keys(planeLaws));

/** What older links call them. */
const formerNames: Readonly<Record<string, string>> = { circle: 'sphere', square: 'box' };

export const planeFields = {
  law: { ...lawNames, parse: (text: string) => lawNames.parse(formerNames[text] ?? text) },
  tokens: wholeNumber('number of tokens of the plane', 10, mostPlaneTokens),
  radius,
  query: point,
  seed: wholeNumber('seed of the plane', 0, Number.MAX_SAFE_INTEGER),
};
