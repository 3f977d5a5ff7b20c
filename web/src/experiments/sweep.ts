import type { Experiment } from './experiment.ts';
import { moments } from './moments.ts';

/** The same experiment over many horizons. */
export const sweep: Experiment = {
  ...moments,
  name: 'sweep',
  defaults: {
    ...moments.defaults,
    dimension: 3,
    sweep: [0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.6, 2, 2.5, 3],
    points: 6,
    replicates: 60,
  },
  overview: { ...moments.overview, leads: true },
};
