import type { Curve, Estimate, Result } from '../core.ts';
import { positiveNumbers } from '../fields.ts';
import { predictedLines, type Experiment, type OverviewPoint } from './experiment.ts';
import { lawOf } from './settings.ts';

/** How fast the attention map converges uniformly over the queries of a ball. */
export const uniform: Experiment = {
  name: 'uniform',
  laws: ['gaussian', 'sphere', 'ball'],
  sweep: {
    name: 'radii',
    title: 'Radii',
    symbol: 'R',
    field: positiveNumbers('list of radii', 16, 100),
    valueOf: radiusOf,
  },
  defaults: {
    law: 'gaussian',
    dimension: 2,
    sweep: [0.5, 1, 1.5, 2],
    from: 200,
    to: 6000,
    points: 6,
    replicates: 30,
    precision: 0,
    seed: 42,
    unit: 'fixed',
  },
  specOf: ({ law, dimension, sweep, from, to, points, replicates, seed }) => ({
    schema: 1,
    experiment: 'uniform',
    seed,
    deterministic: false,
    law: lawOf(law, dimension),
    attention: { matrix: 1, value: 1 },
    ball: { radii: sweep },
    tokens: { from, to, count: points },
    replicates,
  }),
  panels: [
    {
      metric: 'supremum',
      title: 'Largest error over the ball',
      remark: 'supremum of |Γₙ(x) − Γ(x)|',
      noun: 'largest error',
    },
  ],
  overview: {
    title: 'The constant C(R)',
    remark: '√n × largest error, at the largest n',
    xTitle: 'radius ',
    xSymbol: 'R',
    points: (result) => result.curves.flatMap(constantOf),
    lines: (result) =>
      predictedLines(
        result,
        ({ quantity }) => quantity === 'constant',
        (curve, { value }) => ({ x: radiusOf(curve), y: value }),
      ),
  },
  expectedRates: () => [{ name: 'uniform convergence', statuses: ['paper'] }],
};

function radiusOf(curve: Curve): number {
  return curve.parameters['radius'] ?? NaN;
}

function constantOf(curve: Result['curves'][number], index: number): OverviewPoint[] {
  const last = curve.points.at(-1);
  const estimate = last?.['supremum'] as Estimate | null | undefined;
  if (!last || !estimate) return [];
  const { mean, standard_deviation, count } = estimate;
  const root = Math.sqrt(last.n);
  const se = count > 1 ? (root * standard_deviation) / Math.sqrt(count) : null;
  return [{ curve: index, metric: 'supremum', x: radiusOf(curve), y: root * mean, se }];
}
