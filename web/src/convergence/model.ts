import type { Estimate, Point, PowerLawFit, Prediction, Result, Status } from '../core.ts';
import {
  slopeError,
  type Experiment,
  type PanelKind,
  type ReferenceKind,
} from '../experiments/experiment.ts';
import { roundToTick } from '../scale.ts';

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

/** A straight line on log axes. */
export type Line = Pick<PowerLawFit, 'slope' | 'intercept'> & { se: number };

/** One curve of one metric, as drawn. */
export interface Series {
  curve: number;
  /** The swept parameter: "H = 0.5". */
  name: string;
  points: PlotPoint[];
  fit: Line | null;
  references: Reference[];
}

/** A curve, and if `n` is not null one of its points, pointed at in any panel. */
export interface Focus {
  curve: number;
  n: number | null;
}

export function seriesOf(result: Result, panel: PanelKind, { sweep }: Experiment): Series[] {
  const sign = panel.reciprocal ? -1 : 1;
  return result.curves.map((curve, index) => ({
    curve: index,
    name: `${sweep.symbol} = ${sweep.valueOf(curve)}`,
    points: curve.points.flatMap((point) => plotPoint(point, panel)),
    fit: lineOf(curve.fit[panel.metric] ?? null, sign),
    references: curve.predicted
      .filter((prediction) => prediction.metric === panel.metric && isSlope(prediction))
      .map(({ name, status, value }) => ({ name, status, slope: sign * value })),
  }));
}

function plotPoint(point: Point, { metric, reciprocal }: PanelKind): PlotPoint[] {
  const estimate = point[metric];
  if (!isEstimate(estimate) || !(estimate.mean > 0)) return [];
  const { mean, standard_deviation, count } = estimate;
  const se = count > 1 ? standard_deviation / Math.sqrt(count) : null;
  if (!reciprocal) return [{ n: point.n, mean, se, count }];
  return [{ n: point.n, mean: 1 / mean, se: se === null ? null : se / mean ** 2, count }];
}

function lineOf(fit: PowerLawFit | null, sign: number): Line | null {
  return fit && { slope: sign * fit.slope, intercept: sign * fit.intercept, se: slopeError(fit) };
}

function isEstimate(value: number | Estimate | null | undefined): value is Estimate {
  return typeof value === 'object' && value !== null;
}

/** In order of first appearance: each kind has one line style. */
export function referenceKinds(result: Result | null, { panels }: Experiment): ReferenceKind[] {
  const drawn = panels.map(({ metric }) => metric);
  const kinds = new Map<string, Set<Status>>();
  for (const prediction of result?.curves.flatMap(({ predicted }) => predicted) ?? []) {
    if (!isSlope(prediction) || !drawn.includes(prediction.metric)) continue;
    const { name, status } = prediction;
    kinds.set(name, (kinds.get(name) ?? new Set()).add(status));
  }
  return [...kinds].map(([name, statuses]) => ({ name, statuses: [...statuses] }));
}

function isSlope({ quantity }: Prediction): boolean {
  return quantity === 'slope';
}

/**
 * The decades that all points and their bars need, in round numbers. While a run goes on they only grow, so that the
 * axes stay calm; what is known of a complete one fits exactly.
 */
export function fitDomain(
  before: readonly [number, number] | null,
  points: readonly { mean: number; se: number | null; count?: number }[],
  complete: boolean,
): [number, number] | null {
  const values = points.flatMap(reach);
  if (values.length === 0) return before ? [...before] : null;
  // A mark on the edge would be cut in half.
  const low = roundToTick(0.97 * Math.min(...values), false);
  const high = roundToTick(1.03 * Math.max(...values), true);
  const needed: [number, number] = [low, high === low ? 10 * low : high];
  return before && !complete ? [Math.min(low, before[0]), Math.max(high, before[1])] : needed;
}

/** From this many replicates on a bar says more than the luck of the first ones. */
const settled = 8;

function reach({ mean, se, count = settled }: { mean: number; se: number | null; count?: number }): number[] {
  if (se === null || count < settled) return [mean];
  // A bar down to zero has no end on a log axis; it is cut at half the mean.
  return [Math.max(mean - se, mean / 2), mean + se];
}

/** The smallest and largest n of a result; of the settings, before there is one. */
export function rangeOf(result: Result | null, { from, to }: { from: number; to: number }): [number, number] {
  const sizes = result?.curves.flatMap(({ points }) => points.map(({ n }) => n)) ?? [];
  const [low, high] = sizes.length > 0 ? [Math.min(...sizes), Math.max(...sizes)] : [from, to];
  return low < high ? [low, high] : [low, low * 10];
}
