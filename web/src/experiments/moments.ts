import type { Curve, Result } from '../core.ts';
import { positiveNumbers } from '../fields.ts';
import { predictedLines, slopeError, type Experiment, type OverviewPoint } from './experiment.ts';
import { lawOf } from './settings.ts';

/** Fixed with the page, so that the seed alone decides the tokens. */
const weightsSeed = 7;

const rates: Record<string, (horizon: number) => number> = {
  'guaranteed rate': (horizon) => 1 / (2 * (1 + horizon ** 2)),
  'Gaussian rate': (horizon) => Math.min(1 / 2, 1 / (1 + horizon ** 2)),
};

/** How fast mean and covariance of the transformed law converge. */
export const moments: Experiment = {
  name: 'moments',
  laws: ['gaussian', 'sphere'],
  sweep: {
    name: 'horizons',
    title: 'Horizons',
    symbol: 'H',
    field: positiveNumbers('list of horizons', 16, 1000),
    valueOf: ({ horizon }) => horizon,
  },
  // A few seconds of work for two cores. Part of version 1 of the address: changing it changes what old links show.
  defaults: {
    law: 'gaussian',
    dimension: 5,
    sweep: [0.5, 1, 2],
    from: 100,
    to: 3000,
    points: 8,
    replicates: 100,
    precision: 0,
    seed: 42,
    unit: 'fixed',
  },
  specOf: ({ law, dimension, sweep, from, to, points, replicates, seed }) => ({
    schema: 1,
    experiment: 'moments',
    seed,
    deterministic: false,
    law: lawOf(law, dimension),
    attention: { weights: 'random', seed: weightsSeed, horizons: sweep },
    tokens: { from, to, count: points },
    replicates,
  }),
  panels: [
    { metric: 'mean', title: 'Error of the mean', remark: '2-norm', noun: 'error of the mean' },
    {
      metric: 'covariance',
      title: 'Error of the covariance',
      remark: 'Frobenius norm',
      noun: 'error of the covariance',
    },
  ],
  overview: {
    title: 'Slope against horizon',
    remark: 'how fast, of which head',
    xTitle: 'horizon ',
    xSymbol: 'H',
    points: (result) => result.curves.flatMap((curve, index) => slopesOf(result, curve, index)),
    lines: (result) =>
      predictedLines(
        result,
        ({ quantity }) => quantity === 'slope',
        ({ horizon }, { value }) => ({ x: horizon, y: -value }),
      ).map((line) => ({ ...line, ...(rates[line.name] && { between: rates[line.name] }) })),
  },
  expectedRates: (law) => [
    { name: 'guaranteed rate', statuses: ['paper'] },
    law === 'gaussian'
      ? { name: 'Gaussian rate', statuses: ['derived', 'heuristic'] }
      : { name: 'compact-support rate', statuses: ['derived'] },
  ],
};

function slopesOf(result: Result, curve: Curve, index: number): OverviewPoint[] {
  return result.metrics.flatMap((metric) => {
    const fit = curve.fit[metric];
    if (!fit || fit.slope >= 0) return [];
    return [{ curve: index, metric, x: curve.horizon, y: -fit.slope, se: slopeError(fit) }];
  });
}
