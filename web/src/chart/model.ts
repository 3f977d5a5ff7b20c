import type {
  Curve,
  Estimate,
  Label,
  Metric,
  PowerLawFit,
  Prediction,
  Result,
  Scale,
  Status,
} from '../base/core.ts';
import { parameterValue } from '../base/format.ts';
import { linearStep, roundToTick } from './scale.ts';

/** A metric as it is drawn. */
export interface DrawnMetric extends Label {
  id: string;
  scale: Scale;
  /** 1/metric is drawn. */
  reciprocal: boolean;
}

export interface PlotPoint {
  n: number;
  mean: number;
  /** null with one replicate, which has no spread. */
  error: number | null;
  count: number;
}

export interface Reference {
  id: string;
  title: string;
  status: Status;
  slope: number;
}

/** A straight line on log axes. */
export interface Line {
  slope: number;
  error: number;
  intercept: number;
}

/** One curve of one metric, as drawn. */
export interface Series {
  curve: number;
  /** What tells it apart: "H = 0.5". */
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

/** A kind of predicted slope; the same may be derived for one curve and heuristic for another. */
export interface ReferenceKind {
  id: string;
  title: string;
  statuses: Status[];
}

/** Those that have a picture: of these ids, in their order, or all where they are not measured. */
export function drawnMetrics({ metrics }: Result, ids: readonly string[] | undefined): DrawnMetric[] {
  const wanted = (ids ?? []).flatMap((id) => metrics.filter((metric) => metric.id === id));
  return (wanted.length > 0 ? wanted : metrics.filter(({ diagnostic }) => !diagnostic)).map(drawn);
}

function drawn({ id, title, symbol, remark, scale, reciprocal }: Metric): DrawnMetric {
  return { id, title, symbol, remark, scale, ...reciprocal, reciprocal: reciprocal !== null };
}

/** Of all curves, in their order: by what they differ in. */
export function curveNames({ parameters, curves }: Result): string[] {
  const different = parameters.filter(
    ({ id, swept }) => swept && new Set(curves.map((curve) => curve.parameters[id])).size > 1,
  );
  const shown = different.length > 0 ? different : parameters.slice(0, 1);
  return curves.map((curve) =>
    shown
      .map(({ id, symbol }) => {
        const value = parameterValue(curve.parameters[id] ?? null);
        return symbol === '' ? value : `${symbol} = ${value}`;
      })
      .join(', '),
  );
}

export function seriesOf(result: Result, metric: DrawnMetric): Series[] {
  const sign = metric.reciprocal ? -1 : 1;
  const names = curveNames(result);
  return result.curves.map((curve, index) => ({
    curve: index,
    name: names[index]!,
    points: plotPoints(curve, metric),
    fit: lineOf(curve.fits[metric.id] ?? null, sign),
    references: curve.predictions
      .filter((prediction) => prediction.metric === metric.id && isSlope(prediction))
      .map(({ id, title, status, value }) => ({ id, title, status, slope: sign * value! })),
  }));
}

function plotPoints({ points }: Curve, { id, reciprocal, scale }: DrawnMetric): PlotPoint[] {
  return points.flatMap(({ n, metrics }) => {
    const estimate = metrics[id];
    if (!estimate) return [];
    const { mean, standard_error } = (reciprocal && estimate.reciprocal) || estimate;
    if (mean === null || (scale === 'logarithmic' && mean <= 0)) return [];
    const { count } = estimate;
    return [{ n, mean, error: count > 1 ? standard_error : null, count }];
  });
}

function lineOf(fit: PowerLawFit | null, sign: number): Line | null {
  const error = fit && slopeError(fit);
  if (!fit || fit.slope === null || fit.intercept === null || error === null) return null;
  return { slope: sign * fit.slope, error, intercept: sign * fit.intercept };
}

/** The bootstrap's standard error of a slope, or before a run is complete the fit's. */
export function slopeError(fit: PowerLawFit): number | null {
  return fit.interval ? fit.interval.standard_error : fit.slope_standard_error;
}

/** In order of first appearance: each kind has one line style. */
export function referenceKinds(result: Result, metrics: readonly DrawnMetric[]): ReferenceKind[] {
  const shown = metrics.map(({ id }) => id);
  const kinds = new Map<string, { title: string; statuses: Set<Status> }>();
  for (const prediction of result.curves.flatMap(({ predictions }) => predictions)) {
    if (!isSlope(prediction) || !shown.includes(prediction.metric)) continue;
    const { id, title, status } = prediction;
    const kind = kinds.get(id) ?? { title, statuses: new Set() };
    kinds.set(id, kind);
    kind.statuses.add(status);
  }
  return [...kinds].map(([id, { title, statuses }]) => ({ id, title, statuses: [...statuses] }));
}

export function isSlope({ quantity, value }: Prediction): boolean {
  return quantity === 'slope' && value !== null;
}

export type Domain = readonly [number, number];
type Level = Pick<PlotPoint, 'mean' | 'error'> & { count?: number };

/**
 * What all points and their bars need, in round numbers. While a run goes on it only grows, so that the axes stay calm;
 * what is known of a complete one fits exactly.
 */
export function domainOf(
  scale: Scale,
  before: Domain | null,
  points: readonly Level[],
  complete: boolean,
): Domain | null {
  const values = points.flatMap(reach);
  if (values.length === 0) return before;
  const needed = roundDomain(scale, Math.min(...values), Math.max(...values));
  if (!before || complete) return needed;
  return [Math.min(needed[0], before[0]), Math.max(needed[1], before[1])];
}

/** A linear one starts at 0, where nothing is below. */
export function roundDomain(scale: Scale, least: number, most: number): Domain {
  if (scale === 'linear') {
    const low = Math.min(0, least);
    const length = most - low || 1;
    const step = linearStep(length, 5);
    return [step * Math.floor(low / step), step * Math.ceil((most + 0.001 * length) / step)];
  }
  // A mark on the edge would be cut in half.
  const low = roundToTick(0.97 * least, false);
  const high = roundToTick(1.03 * most, true);
  return [low, high === low ? 10 * low : high];
}

/** From this many replicates on a bar says more than the luck of the first ones. */
const settled = 8;

function reach({ mean, error, count = settled }: Level): number[] {
  if (error === null || count < settled) return [mean];
  // A bar down to zero has no end on a log axis; it is cut at half the mean.
  return [mean > 0 ? Math.max(mean - error, mean / 2) : mean - error, mean + error];
}

/** The smallest and largest n of a result; of the settings, before there is one. */
export function rangeOf(result: Result | null, { from, to }: { from: number; to: number }): Domain {
  const sizes = result?.curves.flatMap(({ points }) => points.map(({ n }) => n)) ?? [];
  const [low, high] = sizes.length > 0 ? [Math.min(...sizes), Math.max(...sizes)] : [from, to];
  return low < high ? [low, high] : [low, low * 10];
}

/** Whether every estimate of a result has a standard error within this fraction of its mean. */
export function isWithin({ curves }: Result, precision: number): boolean {
  const estimates = curves.flatMap(({ points }) => points.flatMap(({ metrics }) => Object.values(metrics)));
  return estimates.every((estimate) => estimate !== null && isPrecise(estimate, precision));
}

function isPrecise({ mean, standard_error, count }: Estimate, precision: number): boolean {
  // Fewer replicates do not know their own spread.
  if (count < settled || mean === null || standard_error === null) return false;
  return standard_error <= precision * Math.abs(mean);
}
