import type { Spec } from '../../wasm/src/api.ts';

/** What a link says, and the spec that the page is to make of it. Written down here on its own, so that a change of either is noticed. */
export interface Link {
  law: 'gaussian' | 'sphere';
  d: number;
  H: number[];
  n: [number, number, number];
  r: number;
  s: number;
  m: number;
  h: number;
  c: 'linear' | 'log';
}

export const defaults: Link = {
  law: 'gaussian',
  d: 5,
  H: [0.5, 1, 2],
  n: [100, 3000, 8],
  r: 100,
  s: 42,
  m: 128,
  h: 2,
  c: 'log',
};

/** A run of well under a second. */
export const quick: Link = { ...defaults, n: [50, 400, 5], r: 12 };

/** A run that no test waits for. */
export const endless: Link = { ...defaults, n: [100, 4000, 8], r: 100000 };

export function hashOf({ law, d, H, n: [from, to, points], r, s, m, h, c }: Link): string {
  return `#v=1&law=${law}&d=${d}&H=${H.join(',')}&n=${from}-${to}x${points}&r=${r}&s=${s}&m=${m}&h=${h}&c=${c}`;
}

export function specOf({ law, d, H, n: [from, to, count], r, s }: Link): Spec {
  return {
    schema: 1,
    experiment: 'moments',
    seed: s,
    deterministic: false,
    law:
      law === 'gaussian'
        ? ({ type: 'gaussian', dimension: d, covariance: 1 } as const)
        : ({ type: 'sphere', dimension: d, radius: 1 } as const),
    attention: { weights: 'random', seed: 7, horizons: H },
    tokens: { from, to, count },
    replicates: r,
  };
}
