import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe as describePanel } from '../../web/src/chart/curves-panel.ts';
import {
  curveNames,
  domainOf,
  drawnMetrics,
  isWithin,
  rangeOf,
  referenceKinds,
  roundDomain,
  seriesOf,
  slopeError,
} from '../../web/src/chart/model.ts';
import { estimate } from '../../web/src/experiment/number-table.ts';
import { curveOf, estimateOf, fitOf, horizon, metricOf, predictionOf, resultOf } from './described.ts';

const ids = (metrics: { id: string }[]) => metrics.map(({ id }) => id);

// ---- Metrics --------------------------------------------------------------------------------------------------------------

test('all metrics are drawn but diagnostics, or those that the figure names', () => {
  const result = resultOf({
    metrics: [metricOf('mean'), metricOf('agreement', { diagnostic: true }), metricOf('covariance')],
  });
  assert.deepEqual(ids(drawnMetrics(result, undefined)), ['mean', 'covariance']);
  assert.deepEqual(ids(drawnMetrics(result, ['covariance', 'gap'])), ['covariance']);
  assert.deepEqual(ids(drawnMetrics(result, ['agreement'])), ['agreement']);
  assert.deepEqual(ids(drawnMetrics(result, ['covariance', 'mean'])), ['covariance', 'mean']);
  // A result of another kind of the same experiment.
  assert.deepEqual(ids(drawnMetrics(result, ['gap'])), ['mean', 'covariance']);
});

test('a metric whose reciprocal is drawn is called what its reciprocal is called', () => {
  const reciprocal = { title: 'effective number', symbol: '1 / Σ p²', remark: 'at this n' };
  const [drawn] = drawnMetrics(resultOf({ metrics: [metricOf('participation', { reciprocal })] }), undefined);
  assert.deepEqual(drawn, { id: 'participation', ...reciprocal, scale: 'logarithmic', reciprocal: true });
});

// ---- Names ----------------------------------------------------------------------------------------------------------------

test('a curve is called by what tells it from the others', () => {
  const keys = { ...horizon, id: 'keys', symbol: '' };
  const known = { ...horizon, id: 'temperature', symbol: 'T', swept: false };
  const curves = [
    curveOf(1, { parameters: { horizon: 0.5, keys: 'window', temperature: 1 } }),
    curveOf(1, { parameters: { horizon: 0.5, keys: 'independent draws', temperature: 2 } }),
    curveOf(1, { parameters: { horizon: 0.0015625, keys: 'window', temperature: 3 } }),
  ];
  assert.deepEqual(curveNames(resultOf({ parameters: [known, horizon, keys], curves })), [
    'H = 0.5, window',
    'H = 0.5, independent draws',
    'H = 0.001563, window',
  ]);
  // What all have in common says nothing.
  assert.deepEqual(curveNames(resultOf({ parameters: [horizon, keys], curves: curves.slice(0, 2) })), [
    'window',
    'independent draws',
  ]);
});

test('a curve that is alone has the name of its first parameter', () => {
  assert.deepEqual(curveNames(resultOf({ curves: [curveOf(0.5)] })), ['H = 0.5']);
  assert.deepEqual(curveNames(resultOf({ curves: [curveOf(1, { parameters: { horizon: null } })] })), [
    'H = ∞',
  ]);
  assert.deepEqual(curveNames(resultOf({ curves: [] })), []);
});

// ---- Series ---------------------------------------------------------------------------------------------------------------

const [errorMetric] = drawnMetrics(resultOf({}), undefined);

test('a series has the points, the fit and the predicted slopes of its metric', () => {
  const curve = curveOf(0.5, {
    fits: { error: fitOf(-0.4, 0.01, 0.25) },
    predictions: [
      predictionOf('error'),
      predictionOf('error', { id: 'asymptotic_constant', quantity: 'constant', value: 2 }),
      predictionOf('error', { id: 'unknown', value: null }),
      predictionOf('other', { id: 'foreign' }),
    ],
  });
  assert.deepEqual(seriesOf(resultOf({ curves: [curveOf(1), curve] }), errorMetric!)[1], {
    curve: 1,
    name: 'H = 0.5',
    points: [
      { n: 10, mean: 0.5, error: 0.05, count: 10 },
      { n: 100, mean: 0.2, error: 0.02, count: 10 },
    ],
    fit: { slope: -0.4, error: 0.01, intercept: 0.25 },
    references: [{ id: 'central_limit', title: 'central limit', status: 'derived', slope: -0.5 }],
  });
});

test('what has not been measured, or has no place on a logarithmic axis, is no point', () => {
  const means = [null, estimateOf(null, null), estimateOf(0, 0), estimateOf(-1, 0.1), estimateOf(0.5, 0, 1)];
  const points = means.map((error, i) => ({ n: i + 1, metrics: { error } }));
  const result = resultOf({ curves: [curveOf(1, { points })] });
  // One replicate has no spread.
  const single = { n: 5, mean: 0.5, error: null, count: 1 };
  assert.deepEqual(seriesOf(result, errorMetric!)[0]!.points, [single]);
  assert.deepEqual(
    seriesOf(result, { ...errorMetric!, scale: 'linear' })[0]!.points.map(({ mean }) => mean),
    [0, -1, 0.5],
  );
});

test('the reciprocal of a power law has the opposite slope and intercept', () => {
  const metric = metricOf('participation', { reciprocal: { title: 'number', symbol: '', remark: '' } });
  const participation = { ...estimateOf(0.25, 0.01), reciprocal: { mean: 4, standard_error: 0.16 } };
  const result = resultOf({
    metrics: [metric],
    curves: [
      curveOf(1, {
        points: [{ n: 10, metrics: { participation } }],
        fits: { participation: fitOf(-1, 0.1, 0.5) },
        predictions: [predictionOf('participation', { value: -0.75 })],
      }),
    ],
  });
  const [series] = seriesOf(result, drawnMetrics(result, undefined)[0]!);
  assert.deepEqual(series!.points, [{ n: 10, mean: 4, error: 0.16, count: 10 }]);
  assert.deepEqual(series!.fit, { slope: 1, error: 0.1, intercept: -0.5 });
  assert.equal(series!.references[0]!.slope, 0.75);
});

test("a slope's error is the bootstrap's, where there is one", () => {
  const fit = fitOf(-0.5, 0.1, 0);
  assert.equal(slopeError(fit), 0.1);
  assert.equal(
    slopeError({ ...fit, interval: { low: -1, high: 0, standard_error: 0.2, resamples: 1000 } }),
    0.2,
  );
  // A line with a part that is no number is not drawn.
  for (const part of [{ slope: null }, { intercept: null }, { slope_standard_error: null }]) {
    const result = resultOf({ curves: [curveOf(1, { fits: { error: { ...fit, ...part } } })] });
    assert.equal(seriesOf(result, errorMetric!)[0]!.fit, null);
  }
});

test('each kind of predicted slope is listed once, in order, with all that it rests on', () => {
  const result = resultOf({
    metrics: [metricOf('error'), metricOf('hidden', { diagnostic: true })],
    curves: [
      curveOf(1, {
        predictions: [
          predictionOf('hidden', { id: 'of what is not drawn' }),
          predictionOf('error', { id: 'reference_rate', title: 'reference rate', status: 'paper' }),
          predictionOf('error'),
          predictionOf('error', { id: 'constant', quantity: 'constant' }),
        ],
      }),
      curveOf(2, { predictions: [predictionOf('error', { status: 'heuristic' }), predictionOf('error')] }),
    ],
  });
  assert.deepEqual(referenceKinds(result, drawnMetrics(result, undefined)), [
    { id: 'reference_rate', title: 'reference rate', statuses: ['paper'] },
    { id: 'central_limit', title: 'central limit', statuses: ['derived', 'heuristic'] },
  ]);
});

// ---- Axes -----------------------------------------------------------------------------------------------------------------

test('axes are as wide as what is on them, in round numbers', () => {
  assert.deepEqual(roundDomain('logarithmic', 0.03, 0.7), [0.02, 1]);
  // A mark on the edge would be cut in half.
  assert.deepEqual(roundDomain('logarithmic', 0.02, 0.5), [0.01, 1]);
  assert.deepEqual(roundDomain('logarithmic', 3, 3), [2, 5]);
  assert.deepEqual(roundDomain('linear', 0.2, 0.9), [0, 1]);
  const [low, high] = roundDomain('linear', -0.3, 0.9);
  assert.ok(Math.abs(low + 0.5) < 1e-12 && Math.abs(high - 1) < 1e-12, `${low} to ${high}`);
});

test('a linear axis of nothing but zeros has a length, and one of negative numbers ends at most at 0', () => {
  const [low, high] = roundDomain('linear', 0, 0);
  assert.ok(low === 0 && high > 0);
  assert.deepEqual(roundDomain('linear', -1, -0.5), [-1, -0.4]);
});

test('axes hold the bars too, but of those that say something', () => {
  const at = (mean: number, error: number | null, count?: number) => [
    { mean, error, ...(count !== undefined && { count }) },
  ];
  assert.deepEqual(domainOf('logarithmic', null, at(0.4, 0.15), true), [0.2, 1]);
  assert.deepEqual(domainOf('logarithmic', null, at(0.4, 0.15, 7), true), [0.2, 0.5]);
  assert.deepEqual(domainOf('logarithmic', null, at(0.4, null), true), [0.2, 0.5]);
  // A bar down to zero has no end there.
  assert.deepEqual(domainOf('logarithmic', null, at(0.44, 5), true), [0.2, 10]);
});

test('while a run goes on its axis only grows; what is known of a complete one fits', () => {
  const before = [0.01, 1] as const;
  const points = [{ mean: 0.3, error: null }];
  assert.deepEqual(domainOf('logarithmic', before, points, false), [0.01, 1]);
  assert.deepEqual(domainOf('logarithmic', before, [{ mean: 3, error: null }], false), [0.01, 5]);
  assert.deepEqual(domainOf('logarithmic', before, points, true), [0.2, 0.5]);
  assert.equal(domainOf('logarithmic', before, [], false), before);
  assert.equal(domainOf('logarithmic', null, [], true), null);
});

test('n goes over what was measured, or before that over what is asked for', () => {
  assert.deepEqual(rangeOf(null, { from: 100, to: 3000 }), [100, 3000]);
  assert.deepEqual(rangeOf(resultOf({}), { from: 1, to: 2 }), [10, 100]);
  assert.deepEqual(rangeOf(resultOf({ curves: [] }), { from: 100, to: 3000 }), [100, 3000]);
  // One n has no width.
  assert.deepEqual(rangeOf(null, { from: 50, to: 50 }), [50, 500]);
});

// ---- Precision ------------------------------------------------------------------------------------------------------------

test('a result is precise where every estimate of every curve is', () => {
  const within = (...estimates: (ReturnType<typeof estimateOf> | null)[]) => {
    const points = estimates.map((error, i) => ({ n: i + 1, metrics: { error } }));
    return isWithin(resultOf({ curves: [curveOf(1, { points })] }), 0.1);
  };
  assert.equal(within(estimateOf(0.5, 0.05), estimateOf(-2, 0.2)), true);
  assert.equal(within(estimateOf(0.5, 0.05), estimateOf(0.5, 0.051)), false);
  assert.equal(within(estimateOf(0.5, 0.05), null), false);
  // Fewer than eight replicates do not know their own spread.
  assert.equal(within(estimateOf(0.5, 0.001, 7)), false);
  assert.equal(within(estimateOf(0.5, 0.001, 8)), true);
  assert.equal(within({ ...estimateOf(0.5, 0.001), mean: null, standard_error: null }), false);
  // What is exactly 0 every time is known.
  assert.equal(within(estimateOf(0, 0)), true);
});

// ---- Words ----------------------------------------------------------------------------------------------------------------

test('a panel in words', () => {
  const result = resultOf({
    curves: [
      curveOf(0.5, { fits: { error: fitOf(-0.5064, 0.0081, 0) } }),
      curveOf(1),
      curveOf(2, { points: [{ n: 10, metrics: { error: null } }] }),
    ],
  });
  assert.equal(
    describePanel(errorMetric!, seriesOf(result, errorMetric!)),
    'The error against the number of tokens n, both axes logarithmic. ' +
      'H = 0.5: slope \u22120.506 plus or minus 0.008; H = 1: 2 points, no fit yet; H = 2: no points yet. ' +
      'Arrow keys read off points.',
  );
  assert.match(describePanel({ ...errorMetric!, scale: 'linear' }, []), /n, n on a logarithmic axis\./);
});

test('a point in words', () => {
  assert.equal(estimate({ n: 10, mean: 0.5, error: 0.0123456, count: 5 }), '0.5 ± 0.0123');
  assert.equal(estimate({ n: 10, mean: 0.5, error: null, count: 1 }), '0.5');
});
