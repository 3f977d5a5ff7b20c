import type { Curve, PowerLawFit, Prediction, Result, Spec } from '../core.ts';
import type { Field } from '../fields.ts';
import type { Law, Settings, Unit } from './settings.ts';

/** An experiment as a figure shows it: what can be set, which spec that makes, and which pictures its result has. */
export interface Experiment {
  /** Of the figure, and in file names. */
  name: string;
  laws: readonly Law[];
  /** Of temperatures, where there are any. */
  units?: readonly Unit[];
  sweep: Sweep;
  defaults: Readonly<Settings>;
  specOf(settings: Settings): Spec;
  panels: readonly PanelKind[];
  overview: OverviewKind;
  /** Kinds of predicted slope known before the first result, so that nothing moves when it comes. */
  expectedRates(law: Law): ReferenceKind[];
}

/** The parameter that tells the curves apart. */
export interface Sweep {
  name: 'horizons' | 'radii' | 'temperatures';
  title: string;
  symbol: string;
  field: Field<number[]>;
  valueOf(curve: Curve): number;
}

/** One metric against n. */
export interface PanelKind {
  metric: string;
  title: string;
  /** In small print beside the title. */
  remark: string;
  /** In a sentence: "error of the mean". */
  noun: string;
  /** The metric's reciprocal is drawn. */
  reciprocal?: boolean;
}

/** One number of every curve against the swept parameter. */
export interface OverviewKind {
  title: string;
  remark: string;
  xTitle: string;
  xSymbol: string;
  points(result: Result): OverviewPoint[];
  lines(result: Result): OverviewLine[];
  /** It stands above the other panels. */
  leads?: boolean;
}

export interface OverviewPoint {
  curve: number;
  metric: string;
  x: number;
  y: number;
  /** null where it cannot be known. */
  se: number | null;
}

export interface OverviewLine {
  name: string;
  status: Prediction['status'];
  /** The core's predictions. */
  points: { x: number; y: number }[];
  /** The formula, where a line between the predictions would not do. */
  between?: (x: number) => number;
}

/** A kind of predicted slope; the same name may be derived for one curve and heuristic for another. */
export interface ReferenceKind {
  name: string;
  statuses: Prediction['status'][];
}

/** The predictions that `keep`, a line for every name, in order of first appearance. */
export function predictedLines(
  result: Result,
  keep: (prediction: Prediction) => boolean,
  at: (curve: Curve, prediction: Prediction) => { x: number; y: number },
): OverviewLine[] {
  const lines = new Map<string, OverviewLine>();
  for (const curve of result.curves) {
    for (const prediction of curve.predicted.filter(keep)) {
      const { name, status } = prediction;
      const line = lines.get(name) ?? { name, status, points: [] };
      lines.set(name, line);
      const point = at(curve, prediction);
      // The same prediction of two metrics is one line.
      if (point.y > 0 && !line.points.some(({ x }) => x === point.x)) line.points.push(point);
    }
  }
  for (const line of lines.values()) line.points.sort((a, b) => a.x - b.x);
  return [...lines.values()];
}

/** The bootstrap's standard error of a slope, or before a run is complete the fit's. */
export function slopeError(fit: PowerLawFit): number {
  return fit.bootstrap?.standard_error ?? fit.slope_se;
}
