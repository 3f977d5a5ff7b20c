import type { Experiment } from './experiment.ts';
import { hardmax } from './hardmax.ts';
import { moments } from './moments.ts';
import type { Settings } from './settings.ts';
import { sweep } from './sweep.ts';
import { uniform } from './uniform.ts';

/** Every experiment of the page. */
export const experiments = { moments, uniform, hardmax, sweep } satisfies Record<string, Experiment>;

export type ExperimentName = keyof typeof experiments;

export const experimentNames = Object.keys(experiments) as ExperimentName[];

export function defaultSettings(name: ExperimentName): Settings {
  const { defaults } = experiments[name];
  return { ...defaults, sweep: [...defaults.sweep] };
}
