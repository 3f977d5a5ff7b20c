import { oneOf, wholeNumber } from '../fields.ts';

/** What a reader sets of an experiment. */
export interface Settings {
  law: Law;
  dimension: number;
  /** The swept parameter: horizons, radii or temperatures. */
  sweep: number[];
  from: number;
  to: number;
  points: number;
  replicates: number;
  /** A run stops early once every standard error is within so many percent of its mean; 0: it never does. */
  precision: number;
  seed: number;
  /** What temperatures are counted in, where there are any. */
  unit: Unit;
}

export const laws = ['gaussian', 'sphere', 'ball'] as const;
export type Law = (typeof laws)[number];

/** As a spec has it: tokens of variance 1 in every direction, or of norm 1 at most. */
export function lawOf(law: Law, dimension: number): object {
  return law === 'gaussian' ? { type: law, dimension, covariance: 1 } : { type: law, dimension, radius: 1 };
}

export const units = ['fixed', 'logarithmic', 'critical'] as const;
export type Unit = (typeof units)[number];

/** How each setting but the swept parameter is written, whatever the experiment. */
export const settingFields = {
  law: oneOf('token law', laws),
  dimension: wholeNumber('dimension', 1, 1024),
  from: wholeNumber('smallest n', 1, 1000000),
  to: wholeNumber('largest n', 1, 1000000),
  points: wholeNumber('number of points', 1, 40),
  replicates: wholeNumber('number of replicates', 1, 1000000),
  precision: wholeNumber('standard error to stop at, in percent,', 0, 100),
  seed: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
  unit: oneOf('unit of temperature', units),
};
