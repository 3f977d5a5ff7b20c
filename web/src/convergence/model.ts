import type { Estimate, Point, PowerLawFit, Prediction, Result, Status } from '../core.ts';
import { roundToTick } from '../scale.ts';
import type { Settings } from '../settings.ts';

export interface PlotPoint {
  n: number;
  mean: number;
  /** null with one replicate, which has no spread. */
  se: number | null;
  count: number;
}

export interface Reference {
  name: string;
  status: Status;
  slope: number;
}

/** One curve of one metric, as drawn. */
export interface Series {
  curve: number;
  horizon: number;
  points: PlotPoint[];
  fit: PowerLawFit | null;
  references: Reference[];
}

/** A point of a curve, pointed at in either panel. */
export interface Focus {
  curve: number;
  n: number;
}

export function seriesOf(result: Result, metric: string): Series[] {
  return result.curves.map((curve, index) => ({
    curve: index,
    horizon: curve.horizon,
    points: curve.points.flatMap((point) => plotPoint(point, metric)),
    fit: curve.fit[metric] ?? null,
    references: curve.predicted
      .filter((prediction) => prediction.metric === metric && prediction.quantity === 'slope')
      .map(({ name, status, value }) => ({ name, status, slope: value })),
  }));
}

function plotPoint(point: Point, metric: string): PlotPoint[] {
  const estimate = point[metric];
  if (!isEstimate(estimate) || !(estimate.mean > 0)) return [];
  const { mean, standard_deviation, count } = estimate;
  return [{ n: point.n, mean, se: count > 1 ? standard_deviation / Math.sqrt(count) : null, count }];
}

function isEstimate(value: number | Estimate | null | undefined): value is Estimate {
  return typeof value === 'object' && value !== null;
}

/** The bootstrap's standard error of a slope, or before a run is complete the fit's. */
export function slopeError(fit: PowerLawFit): number {
  return fit.bootstrap?.standard_error ?? fit.slope_se;
}

/** A kind of predicted slope; the same name may be derived for one horizon and heuristic for another. */
export interface ReferenceKind {
  name: string;
  statuses: Status[];
}

/** What is expected before the first result, so that nothing moves when it comes. */
const usual: Record<Settings['law'], ReferenceKind[]> = {
  gaussian: [
    { name: 'guaranteed rate', statuses: ['paper'] },
    { name: 'Gaussian rate', statuses: ['derived', 'heuristic'] },
  ],
  sphere: [
    { name: 'guaranteed rate', statuses: ['paper'] },
    { name: 'compact-support rate', statuses: ['derived'] },
  ],
};

/** In order of first appearance: each kind has one line style. */
export function referenceKinds(result: Result | null, law: Settings['law']): ReferenceKind[] {
  if (!result) return usual[law];
  const kinds = new Map<string, Set<Status>>();
  for (const { name, status } of result.curves.flatMap(({ predicted }) => predicted.filter(isSlope))) {
    kinds.set(name, (kinds.get(name) ?? new Set()).add(status));
  }
  return [...kinds].map(([name, statuses]) => ({ name, statuses: [...statuses] }));
}

function isSlope(prediction: Prediction): boolean {
  return prediction.quantity === 'slope';
}

/**
 * The decades that all points and their bars need, in round numbers. While a run goes on they only grow, so that the
 * axes stay calm; what is known of a complete one fits exactly.
 */
export function fitDomain(
  before: readonly [number, number] | null,
  all: readonly Series[],
  complete: boolean,
): [number, number] | null {
  const values = all.flatMap(({ points }) => points.flatMap(reach));
  if (values.length === 0) return before ? [...before] : null;
  const low = roundToTick(Math.min(...values), false);
  const high = roundToTick(Math.max(...values), true);
  const needed: [number, number] = [low, high === low ? 10 * low : high];
  return before && !complete ? [Math.min(low, before[0]), Math.max(high, before[1])] : needed;
}

/** From this many replicates on a bar says more than the luck of the first ones. */
const settled = 8;

function reach({ mean, se, count }: PlotPoint): number[] {
  if (se === null || count < settled) return [mean];
  // A bar down to zero has no end on a log axis; it is cut at half the mean.
  return [Math.max(mean - se, mean / 2), mean + se];
}
