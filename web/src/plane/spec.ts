import laws from 'core:laws';
import builtin from 'core:spec/plane';
import type { Spec } from '../base/core.ts';
import { lawOf } from '../experiment/settings.ts';

/** What the plane opens with. */
export const opening = builtin.spec as Spec & {
  queries: { points: [[number, number]] };
  tokens: { from: number; to: number; count: number };
};

/** The law of the opening, which is no example of the core's. */
const clusters = 'clusters';

/** What a reader chooses from, and what it is called. */
export const planeLaws: Readonly<Record<string, string>> = {
  [clusters]: 'three clusters',
  ...Object.fromEntries(
    laws.filter(({ name }) => builtin.laws.includes(name)).map(({ name, title }) => [name, title]),
  ),
};

/** How far from the origin the tokens of a law are looked for. */
export function extentOf(law: string): number {
  return laws.find(({ name }) => name === law)?.bound ?? 2.4;
}

/** What a reader sets of it. */
export interface PlaneSample {
  law: string;
  /** How many tokens there are. */
  tokens: number;
  query: readonly [number, number];
  seed: number;
}

/** What the plane shows of one sample, measured over many: the error at this query against n. */
export function planeSpec({ law, tokens, query, seed }: PlaneSample): Spec {
  const spec = structuredClone(opening);
  if (law !== clusters) spec.law = lawOf(law, 2);
  spec.seed = seed;
  spec.queries.points = [[...query]];
  Object.assign(spec.tokens, { to: tokens, count: tokens > spec.tokens.from ? spec.tokens.count : 1 });
  return spec;
}
