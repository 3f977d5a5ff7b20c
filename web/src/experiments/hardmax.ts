import type { Curve, Estimate, Result } from '../core.ts';
import { numbersFromZero } from '../fields.ts';
import { lawOf, units } from './settings.ts';
import { predictedLines, type Experiment, type OverviewPoint } from './experiment.ts';

/** What becomes of attention at one query as its temperature falls to 0. */
export const hardmax: Experiment = {
  name: 'hardmax',
  laws: ['sphere', 'ball', 'gaussian'],
  units,
  sweep: {
    name: 'temperatures',
    title: 'Temperatures',
    symbol: 'T',
    field: numbersFromZero('list of temperatures', 16, 1000),
    valueOf: temperatureOf,
  },
  defaults: {
    law: 'sphere',
    dimension: 3,
    sweep: [0, 0.001, 0.01, 0.1, 1],
    from: 100,
    to: 30000,
    points: 8,
    replicates: 100,
    precision: 0,
    seed: 42,
    unit: 'fixed',
  },
  specOf: ({ law, dimension, sweep, from, to, points, replicates, seed, unit }) => ({
    schema: 1,
    experiment: 'hardmax',
    seed,
    deterministic: false,
    law: lawOf(law, dimension),
    attention: { matrix: 1, value: 1 },
    query: { radius: 1 },
    temperatures: sweep,
    temperature_unit: unit,
    tokens: { from, to, count: points },
    replicates,
  }),
  panels: [
    {
      metric: 'participation',
      title: 'Effective number of tokens',
      remark: '1 / Σ p²',
      noun: 'effective number of tokens',
      reciprocal: true,
    },
    {
      metric: 'gap',
      title: 'Gap below the largest logit',
      remark: '1 at the mean',
      noun: 'gap',
    },
  ],
  overview: {
    title: 'Effective number of tokens against sharpness',
    remark: 'at the largest n',
    xTitle: 'inverse temperature ',
    xSymbol: 'λ',
    points: (result) => result.curves.flatMap(effectiveTokensOf),
    lines: (result) =>
      predictedLines(
        result,
        ({ metric, quantity }) => metric === 'participation' && quantity === 'constant',
        (curve, { value }) => ({ x: 1 / temperatureOf(curve), y: (curve.points.at(-1)?.n ?? NaN) / value }),
      ),
  },
  expectedRates: (law) =>
    law === 'gaussian'
      ? [{ name: 'averaging', statuses: ['derived'] }]
      : [
          { name: 'largest cosine', statuses: ['derived'] },
          { name: 'averaging', statuses: ['derived'] },
        ],
};

function temperatureOf(curve: Curve): number {
  return curve.parameters['temperature'] ?? NaN;
}

/** At T = 0 the inverse temperature is infinite, which no axis holds. */
function effectiveTokensOf(curve: Result['curves'][number], index: number): OverviewPoint[] {
  const temperature = temperatureOf(curve);
  const estimate = curve.points.at(-1)?.['participation'] as Estimate | null | undefined;
  if (!estimate || !(temperature > 0)) return [];
  const { mean, standard_deviation, count } = estimate;
  const se = count > 1 ? standard_deviation / Math.sqrt(count) / mean ** 2 : null;
  return [{ curve: index, metric: 'participation', x: 1 / temperature, y: 1 / mean, se }];
}
