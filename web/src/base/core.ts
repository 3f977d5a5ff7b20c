import type { Asymptoken, PauseController } from '@asymptoken/core';

export type {
  Asymptoken,
  Curve,
  Estimate,
  Heatmap,
  Inputs,
  Label,
  Limit,
  MapLimit,
  Metric,
  NumberArray,
  Parameter,
  ParameterValue,
  PauseController,
  PooledHeatmap,
  PowerLawFit,
  Prediction,
  Progress,
  QueriesAndKeys,
  Result,
  Scale,
  Spec,
  Status,
  Tokens,
  Trend,
} from '@asymptoken/core';

export interface Core {
  asymptoken: Asymptoken;
  newPause(): PauseController;
}

let loading: Promise<Core> | undefined;

/** The one core, and pool of workers, that all figures of a page share; a failed load is tried again. */
export function core(): Promise<Core> {
  loading ??= start().catch((error: unknown) => {
    loading = undefined;
    throw new Error(`The computing core did not load: ${sentence(error)}`);
  });
  return loading;
}

/** Imported late, so that the article and its controls stand even where the core's files are missing. */
async function start(): Promise<Core> {
  const { load, PauseController } = await import('@asymptoken/core');
  return { asymptoken: await load({ workers: workers() }), newPause: () => new PauseController() };
}

/** One of the machine's cores is the page's: with all of them at work, every frame would take three times as long. */
function workers(): number {
  return Math.max(1, Math.min(8, navigator.hardwareConcurrency - 1));
}

let keepers = 0;

/**
 * For figures that come and go in another's page: the workers end when the last one lets go of them. The article's
 * own never keep them, and have them as long as the page.
 */
export function keepCore(): { release(): void } {
  keepers++;
  return {
    release() {
      keepers--;
      // A figure that only moves leaves and comes back in one go.
      setTimeout(() => {
        if (keepers === 0) end();
      });
    },
  };
}

function end(): void {
  const ending = loading;
  loading = undefined;
  void ending?.then(
    ({ asymptoken }) => asymptoken.close(),
    () => undefined,
  );
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
