import type { Result, Spec } from '../core.ts';

/** What the core found when the site was built, for a spec of `specs/`. */
export interface FirstResult {
  spec: Spec;
  result: Result;
}

/** The first result, if it is one of exactly this spec. */
export function firstResultFor(spec: Spec, first: FirstResult | null): Result | null {
  return first && JSON.stringify(spec) === JSON.stringify(first.spec) ? first.result : null;
}
