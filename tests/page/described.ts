import type {
  Curve,
  Estimate,
  Metric,
  Parameter,
  PowerLawFit,
  Prediction,
  Result,
} from '../../wasm/src/api.ts';

// Results written down by hand: what is drawn of them can be said beforehand.

export const horizon: Parameter = {
  id: 'horizon',
  title: 'horizon',
  symbol: 'H',
  remark: '',
  scale: 'logarithmic',
  swept: true,
};

export function metricOf(id: string, more: Partial<Metric> = {}): Metric {
  const title = `the ${id}`;
  return {
    id,
    title,
    symbol: '',
    remark: '',
    scale: 'logarithmic',
    reciprocal: null,
    diagnostic: false,
    ...more,
  };
}

export function estimateOf(mean: number | null, error: number | null, count = 10): Estimate {
  const deviation = error === null ? null : error * Math.sqrt(count);
  return { mean, standard_deviation: deviation, standard_error: error, count };
}

export function fitOf(slope: number, error: number, intercept: number): PowerLawFit {
  return {
    slope,
    slope_standard_error: error,
    intercept,
    intercept_standard_error: 1,
    points: 5,
    interval: null,
  };
}

export function predictionOf(metric: string, more: Partial<Prediction> = {}): Prediction {
  return {
    id: 'central_limit',
    metric,
    quantity: 'slope',
    title: 'central limit',
    value: -0.5,
    status: 'derived',
    formula: '-1/2',
    ...more,
  };
}

/** One metric `error` at n = 10 and 100, for a horizon. */
export function curveOf(value: number, more: Partial<Curve> = {}): Curve {
  return {
    parameters: { horizon: value },
    points: [
      { n: 10, metrics: { error: estimateOf(0.5, 0.05) } },
      { n: 100, metrics: { error: estimateOf(0.2, 0.02) } },
    ],
    fits: { error: null },
    predictions: [],
    ...more,
  };
}

export function resultOf(more: Partial<Result>): Result {
  return {
    schema: 2,
    title: 'by hand',
    spec: {} as Result['spec'],
    inputs: {},
    complete: true,
    items: { done: 10, total: 10 },
    points_share_tokens: false,
    fit_weights: 'inverse_variance',
    metrics: [metricOf('error')],
    parameters: [horizon],
    curves: [curveOf(1)],
    trends: [],
    provenance: { version: '1', target: 'hand', simd: 'none', wall_seconds: 2 },
    ...more,
  };
}
