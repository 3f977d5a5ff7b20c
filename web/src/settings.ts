import type { Spec } from './core.ts';
import { oneOf, positiveNumbers, wholeNumber } from './fields.ts';

export const laws = ['gaussian', 'sphere'] as const;

/** What the convergence figure runs. */
export interface Settings {
  law: (typeof laws)[number];
  dimension: number;
  horizons: number[];
  from: number;
  to: number;
  points: number;
  replicates: number;
  seed: number;
}

/** A few seconds of work for two cores. Part of version 1 of the address: changing it changes what old links show. */
export const defaultSettings: Readonly<Settings> = {
  law: 'gaussian',
  dimension: 5,
  horizons: [0.5, 1, 2],
  from: 100,
  to: 3000,
  points: 8,
  replicates: 100,
  seed: 42,
};

export const settingFields = {
  law: oneOf('token law', laws),
  dimension: wholeNumber('dimension', 1, 1024),
  horizons: positiveNumbers('list of horizons', 6, 1000),
  from: wholeNumber('smallest n', 1, 1000000),
  to: wholeNumber('largest n', 1, 1000000),
  points: wholeNumber('number of points', 1, 40),
  replicates: wholeNumber('number of replicates', 1, 1000000),
  seed: wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER),
};

/** Fixed with the page, so that the seed alone decides the tokens. */
const weightsSeed = 7;

export function specOf(settings: Settings): Spec {
  const { dimension, from, to, points } = settings;
  return {
    schema: 1,
    experiment: 'moments',
    seed: settings.seed,
    deterministic: false,
    law:
      settings.law === 'gaussian'
        ? { type: 'gaussian', dimension, covariance: 1 }
        : { type: 'sphere', dimension, radius: 1 },
    attention: { weights: 'random', seed: weightsSeed, horizons: settings.horizons },
    tokens: { from, to, count: points },
    replicates: settings.replicates,
  };
}
