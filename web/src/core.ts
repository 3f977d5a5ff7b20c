import { load, type Asymptoken } from '@asymptoken/core';

export type {
  Asymptoken,
  Curve,
  Estimate,
  Heatmap,
  PauseSignal,
  Point,
  PowerLawFit,
  Prediction,
  Progress,
  Result,
  Spec,
  Status,
} from '@asymptoken/core';

let loading: Promise<Asymptoken> | undefined;

/** The one core, and pool of workers, that all figures of a page share; a failed load is tried again. */
export function core(): Promise<Asymptoken> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw new Error(`The computing core did not load (${sentence(error)}). Reload the page to try again.`);
  });
  return loading;
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
