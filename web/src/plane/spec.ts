import type { Spec } from '../core.ts';
import type { PlaneLaw, PlaneView } from './view.ts';

const laws: Record<PlaneLaw, { law: unknown; extent: number }> = {
  gaussian: { law: { type: 'gaussian', dimension: 2, covariance: 1 }, extent: 3 },
  clusters: {
    law: {
      type: 'gaussian_mixture',
      dimension: 2,
      components: [
        { weight: 2, mean: [-1.2, -0.6], covariance: 0.12 },
        { weight: 1, mean: [1.4, -0.2], covariance: 0.08 },
        { weight: 1, mean: [0.2, 1.4], covariance: 0.12 },
      ],
    },
    extent: 2.4,
  },
  circle: { law: { type: 'sphere', dimension: 2, radius: 1 }, extent: 1.1 },
  square: { law: { type: 'box', dimension: 2, half_widths: 1 }, extent: 1.1 },
};

/** How far from the origin the tokens of a law are looked for. */
export function extentOf(law: PlaneLaw): number {
  return laws[law].extent;
}

/** What the plane shows of one sample, measured over many: the error at this query against n. */
export function planeSpec({ law, tokens, query, seed }: PlaneView): Spec {
  return {
    schema: 1,
    experiment: 'map',
    seed,
    deterministic: false,
    law: laws[law].law,
    attention: { matrix: 1, value: 1 },
    queries: { points: [[...query]] },
    tokens: { from: 10, to: tokens, count: tokens > 10 ? 8 : 1 },
    replicates: 200,
  };
}
