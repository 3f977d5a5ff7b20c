import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { validate } from './schema.ts';

// What the command writes: everything that a test reads of it goes through here, and so through the schema.

export interface Label {
  title: string;
  symbol: string;
  remark: string;
}

export interface Metric extends Label {
  id: string;
  scale: 'linear' | 'logarithmic';
  reciprocal: Label | null;
  diagnostic: boolean;
}

export interface Parameter extends Label {
  id: string;
  scale: 'linear' | 'logarithmic';
  swept: boolean;
}

export interface Estimate {
  mean: number;
  standard_deviation: number;
  standard_error: number;
  count: number;
  reciprocal?: { mean: number; standard_error: number };
}

export interface Fit {
  slope: number;
  slope_standard_error: number;
  intercept: number;
  intercept_standard_error: number;
  points: number;
  interval: { low: number; high: number; standard_error: number } | null;
}

export interface Prediction {
  id: string;
  metric: string;
  quantity: 'slope' | 'constant' | 'limit';
  title: string;
  value: number;
  exponent?: number;
  status: 'paper' | 'derived' | 'heuristic';
  formula: string;
  excess?: number | null;
}

export interface Curve {
  parameters: Record<string, number | string | null>;
  points: { n: number; metrics: Record<string, Estimate | null> }[];
  fits: Record<string, Fit | null>;
  predictions: Prediction[];
}

export interface Trend extends Label {
  id: string;
  kind: 'slope' | 'constant' | 'value';
  metrics: string[];
  parameter: string;
  x: Label & { scale: 'linear' | 'logarithmic'; reciprocal: boolean };
  y_scale: 'linear' | 'logarithmic';
  lines: { prediction: string; title: string; status: string; formula: string; points: [number, number][] }[];
  points: { curve: number; metric: string; x: number; y: number; standard_error: number | null }[];
}

export interface Result {
  schema: number;
  title: string;
  spec: Record<string, unknown>;
  inputs: Record<string, { layout: string; fingerprint: string }>;
  complete: boolean;
  items: { done: number; total: number };
  points_share_tokens: boolean;
  fit_weights: string;
  metrics: Metric[];
  parameters: Parameter[];
  curves: Curve[];
  trends: Trend[];
  provenance: { version: string; target: string; simd: string; wall_seconds: number };
}

export interface Limit<Curve = Record<string, unknown>> {
  schema: number;
  spec: Record<string, unknown>;
  curves: { parameters: Record<string, number | string | null>; limit: Curve; predictions: Prediction[] }[];
}

export function parseSpec(text: string): Record<string, any> {
  const spec = JSON.parse(text) as Record<string, any>;
  validate(spec);
  assert.equal(spec['schema'], 1);
  return spec;
}

export function parseLimit<Curve = Record<string, unknown>>(text: string): Limit<Curve> {
  const limit = JSON.parse(text) as Limit<Curve>;
  validate(limit);
  assert.equal(limit.schema, 2);
  for (const { predictions } of limit.curves) checkPredictions(predictions);
  return limit;
}

export function parseResult(text: string): Result {
  const result = JSON.parse(text) as Result;
  validate(result);
  assert.equal(result.schema, 2);
  checkNames(result);
  checkNumbers(result);
  return result;
}

export function readResult(file: string): Result {
  return parseResult(readFileSync(file, 'utf8'));
}

export function metricIds(result: Result): string[] {
  return result.metrics.map(({ id }) => id);
}

/** What was measured, where something was. */
export function estimateOf(point: Curve['points'][number], metric: string): Estimate {
  const estimate = point.metrics[metric];
  assert.ok(estimate, `${metric} at n = ${point.n}`);
  return estimate;
}

export function fitOf(curve: Curve, metric: string): Fit {
  const fit = curve.fits[metric];
  assert.ok(fit, `a fit of ${metric}`);
  return fit;
}

/** The standard error of a slope that everything else is made of: of the bootstrap, where there is one. */
export function slopeError(fit: Fit): number {
  return fit.interval?.standard_error ?? fit.slope_standard_error;
}

// ---- What the schema cannot say -----------------------------------------------------------------------------------------

const sorted = (names: string[]) => [...names].sort();

/** An id names one thing, and what is said of it is said under that id. */
function checkNames(result: Result): void {
  for (const things of [result.metrics, result.parameters, result.trends])
    assert.equal(new Set(things.map(({ id }) => id)).size, things.length);
  const metrics = sorted(metricIds(result));
  const parameters = sorted(result.parameters.map(({ id }) => id));
  for (const curve of result.curves) {
    assert.deepEqual(sorted(Object.keys(curve.parameters)), parameters);
    assert.deepEqual(sorted(Object.keys(curve.fits)), metrics);
    for (const point of curve.points) assert.deepEqual(sorted(Object.keys(point.metrics)), metrics);
    checkPredictions(curve.predictions);
    for (const { metric } of curve.predictions) assert.ok(metrics.includes(metric), metric);
    assert.deepEqual(
      curve.points.map(({ n }) => n),
      result.curves[0]!.points.map(({ n }) => n),
    );
  }
  for (const trend of result.trends) {
    assert.ok(parameters.includes(trend.parameter), trend.parameter);
    for (const metric of trend.metrics) assert.ok(metrics.includes(metric), metric);
    for (const { metric, curve } of trend.points)
      assert.ok(trend.metrics.includes(metric) && curve >= 0 && curve < result.curves.length);
    for (const { prediction } of trend.lines)
      assert.ok(
        result.curves.some(({ predictions }) => predictions.some(({ id }) => id === prediction)),
        `a line of ${prediction}`,
      );
  }
}

function checkPredictions(predictions: Prediction[]): void {
  const keys = predictions.map(({ id, metric, quantity }) => `${id} ${metric} ${quantity}`);
  assert.equal(new Set(keys).size, keys.length);
  for (const { id, quantity, exponent } of predictions) {
    assert.match(id, /^[a-z][a-z0-9_]*$/);
    assert.equal(exponent !== undefined, quantity === 'constant', id);
  }
}

function assertSame(actual: number | null | undefined, expected: number, what: string): void {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= 1e-12 * Math.abs(expected),
    `${what} is ${actual}; ${expected} by the other numbers`,
  );
}

/** Numbers that follow from others do. */
function checkNumbers(result: Result): void {
  assert.equal(result.complete, result.items.done === result.items.total);
  for (const curve of result.curves) {
    for (const { n, metrics } of curve.points)
      for (const { id, reciprocal } of result.metrics) {
        const estimate = metrics[id];
        if (!estimate || estimate.mean === null) continue;
        const { mean, standard_deviation, standard_error, count } = estimate;
        assertSame(standard_error, standard_deviation / Math.sqrt(count), `error of ${id} at ${n}`);
        assert.equal(estimate.reciprocal !== undefined, reciprocal !== null);
        if (!estimate.reciprocal || mean === 0) continue;
        assertSame(estimate.reciprocal.mean, 1 / mean, `1/${id} at ${n}`);
        assertSame(
          estimate.reciprocal.standard_error,
          standard_error / mean / mean,
          `error of 1/${id} at ${n}`,
        );
      }
    for (const { id, metric, quantity, value, excess } of curve.predictions) {
      const fit = curve.fits[metric];
      if (quantity !== 'slope' || !fit || !(slopeError(fit) > 0)) assert.equal(excess, null, id);
      // A difference of nearly equal numbers keeps few digits.
      else
        assert.ok(
          Math.abs(excess! - (fit.slope - value) / slopeError(fit)) <= 1e-12 / slopeError(fit) + 1e-12,
          `${id} of ${metric} is off by ${excess} standard errors`,
        );
    }
  }
  for (const trend of result.trends) checkTrend(result, trend);
}

function checkTrend(result: Result, trend: Trend): void {
  for (const { curve: index, metric, x, y, standard_error } of trend.points) {
    const curve = result.curves[index]!;
    const parameter = curve.parameters[trend.parameter] as number;
    assertSame(x, trend.x.reciprocal ? 1 / parameter : parameter, trend.parameter);
    const { n, metrics } = curve.points.at(-1)!;
    const isReciprocal = result.metrics.find(({ id }) => id === metric)!.reciprocal !== null;
    if (trend.kind === 'slope') {
      const fit = fitOf(curve, metric);
      assertSame(y, isReciprocal ? fit.slope : -fit.slope, `slope of ${metric}`);
      assertSame(standard_error, slopeError(fit), `error of the slope of ${metric}`);
    } else {
      const last = metrics[metric]!;
      const shown = isReciprocal ? last.reciprocal! : last;
      const factor = trend.kind === 'constant' ? Math.sqrt(n) : 1;
      assertSame(y, factor * shown.mean, `${trend.id} of ${metric}`);
      if (last.count > 1) assertSame(standard_error, factor * shown.standard_error, `error of ${trend.id}`);
      else assert.equal(standard_error, null);
    }
  }
}

// ---- Comparing and running ----------------------------------------------------------------------------------------------

/** The text of a result without what differs from run to run: who computed it and how long that took. */
export function withoutProvenance(file: string): string {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf('"provenance"');
  if (start < 0) throw new Error(`${file} has no provenance`);
  parseResult(text);
  return text.slice(0, start);
}

/** A moments experiment that takes a fraction of a second. */
export const quick = [
  'moments',
  ...['--set', 'law.dimension=3'],
  ...['--set', 'attention.scales=[1,4,9]'],
  ...['--set', 'tokens=[50,100,200,400]'],
  ...['--set', 'replicates=6'],
];

/** The same, where all n share their tokens. */
export const nested = [...quick, '--set', 'tokens={"list": [50, 100, 200, 400], "nested": true}'];

/** A hardmax experiment that takes a fraction of a second, at temperature 0 and above. */
export const hardmax = [
  'hardmax',
  ...['--set', 'temperatures=[0,0.25]'],
  ...['--set', 'tokens=[100,300,1000,3000]'],
  ...['--set', 'replicates=60'],
];
