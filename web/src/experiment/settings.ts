import laws from 'core:laws';
import type { Spec } from '../base/core.ts';
import { oneOf, wholeNumber, type Field } from '../base/fields.ts';

/** A law that the core has, and an example of it for any dimension. */
export interface Law {
  name: string;
  title: string;
  example: object;
  /** How far from the origin the example's tokens of the plane are looked for. */
  bound: number;
}

/** What a reader sets of an experiment. */
export interface Settings {
  law: string;
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
  /** What only this experiment has, by the option's name. */
  options: Readonly<Record<string, string | number>>;
}

/** How each setting that all experiments have is written. */
export const settingFields = {
  dimension: wholeNumber('dimension', 1, 1024),
  from: wholeNumber('smallest n', 1, 1000000),
  to: wholeNumber('largest n', 1, 1000000),
  points: wholeNumber('number of points', 1, 40),
  replicates: wholeNumber('number of replicates', 1, 1000000),
  precision: wholeNumber('standard error to stop at, in percent,', 0, 100),
  seed: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
};

export function lawField(names: readonly string[]): Field<string> {
  return oneOf('token law', names);
}

export function lawNamed(name: string): Law {
  return laws.find((law) => law.name === name)!;
}

/** A law as a spec has it: the spec's own where that is of this type, else the core's example. */
export function lawOf(name: string, dimension: number, own?: Spec['law']): Spec['law'] {
  if (own?.type === name) return { ...own, dimension };
  return { type: name, dimension, ...lawNamed(name).example } as Spec['law'];
}
