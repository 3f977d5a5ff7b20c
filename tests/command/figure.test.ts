import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { succeed, temporaryFolder } from './command.ts';
import {
  type Curve,
  type Metric,
  type Prediction,
  type Result,
  estimateOf,
  fitOf,
  hardmax,
  metricIds,
  quick,
  readResult,
} from './result.ts';
import {
  assertSamePlace,
  axisOf,
  dashes,
  frameOf,
  linesOfTheory,
  number,
  ofClass,
  panelOf,
  textsOf,
  trendPanelOf,
} from './svg.ts';
import { type Element, descendants, parseXml, textOf } from './xml.ts';

function draw(t: TestContext, args: string[]): { result: Result; svg: Element } {
  const folder = temporaryFolder(t);
  succeed(['run', ...args, '--output', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  return {
    result: readResult(join(folder, 'r.json')),
    svg: parseXml(readFileSync(join(folder, 'r.svg'), 'utf8')),
  };
}

/** What is drawn of a metric: its reciprocal, where that says more. */
function shown(metric: Metric, point: Curve['points'][number]): { mean: number; standardError: number } {
  const { reciprocal, mean, standard_error } = estimateOf(point, metric.id);
  return metric.reciprocal === null
    ? { mean, standardError: standard_error }
    : { mean: reciprocal!.mean, standardError: reciprocal!.standard_error };
}

/** A line on the figure as constant and slope of a power law; what is drawn is its reciprocal or itself. */
function shownLaw(metric: Metric, constant: number, slope: number): (n: number) => number {
  return (n) => (constant * n ** slope) ** (metric.reciprocal === null ? 1 : -1);
}

const manyScales = ['--set', 'attention.scales={"from":0.1,"to":60,"count":9}'];
const fourTemperatures = ['--set', 'temperatures=[0,0.05,0.25,2]'];

for (const [what, args] of [
  ['few curves', quick],
  ['many curves', [...quick, ...manyScales]],
  ['metrics whose reciprocal is shown', [...hardmax, ...fourTemperatures]],
] as const) {
  test(`${what}: points, error bars and fits stand where the axes say`, (t) => {
    const { result, svg } = draw(t, [...args]);
    let bars = 0;
    for (const metric of result.metrics) {
      const panel = panelOf(svg, metric.id);
      const n = axisOf(panel, 'x', 'logarithmic');
      const error = axisOf(panel, 'y', 'logarithmic');
      const { bottom } = frameOf(panel);
      // Zero has no place on a logarithmic axis.
      const curves = result.curves.filter(({ points }) =>
        points.some((point) => estimateOf(point, metric.id).mean > 0),
      );
      const drawnCurves = ofClass(panel, 'curve');
      assert.equal(drawnCurves.length, curves.length);
      drawnCurves.forEach((drawn, c) => {
        const curve = curves[c]!;
        const points = ofClass(drawn, 'point');
        assert.equal(points.length, curve.points.length);
        points.forEach((circle, k) => {
          const { mean, standardError } = shown(metric, curve.points[k]!);
          assert.equal(circle.name, 'circle');
          assertSamePlace(n(number(circle, 'cx')), curve.points[k]!.n, 'n');
          assertSamePlace(error(number(circle, 'cy')), mean, metric.id);
          const bar = descendants(drawn).find(
            ({ name, attributes }) =>
              name === 'line' &&
              attributes['x1'] === circle.attributes['cx'] &&
              attributes['x2'] === circle.attributes['cx'],
          );
          // A bar that its own mark would hide is left out.
          if (bar === undefined) return;
          ++bars;
          const places = ['y1', 'y2'].map((end) => number(bar, end)).sort((a, b) => b - a);
          assertSamePlace(error(places[1]!), mean + standardError, 'upper end of a bar');
          // One that reaches further down than the axis does is cut there.
          if (places[0]! < bottom) assertSamePlace(error(places[0]!), mean - standardError, 'lower end');
          else assert.ok(mean - standardError <= error(bottom) * 1.002);
        });
        if (curve.fits[metric.id] === null) return;
        const fit = descendants(drawn).find(
          ({ name, attributes }) => name === 'line' && attributes['stroke-width'] === '2',
        )!;
        const { slope, intercept } = fitOf(curve, metric.id);
        const law = shownLaw(metric, Math.exp(intercept), slope);
        for (const end of ['1', '2'])
          assertSamePlace(error(number(fit, `y${end}`)), law(n(number(fit, `x${end}`))), 'the fitted line');
      });
    }
    assert.ok(bars > 10);
  });
}

/** The line of a prediction: through its constant where there is one, else from where the fit begins. */
function predictedLaw(metric: Metric, curve: Curve, prediction: Prediction): (n: number) => number {
  const { quantity, value, status } = prediction;
  if (quantity === 'limit') return shownLaw(metric, value, 0);
  const constant = curve.predictions.find(
    (other) =>
      other.metric === metric.id &&
      other.quantity === 'constant' &&
      other.status === status &&
      other.exponent === value,
  );
  if (constant !== undefined) return shownLaw(metric, constant.value, value);
  const { slope, intercept } = fitOf(curve, metric.id);
  const first = curve.points[0]!.n;
  return shownLaw(metric, Math.exp(intercept) * first ** (slope - value), value);
}

for (const [what, args] of [
  ['moments', quick],
  ['hardmax', [...hardmax, ...fourTemperatures]],
  ['map', ['map', '--set', 'tokens=[100,300,1000]', '--set', 'replicates=10']],
] as const) {
  test(`${what}: lines of theory stand where the predictions say, dashed by their status`, (t) => {
    const { result, svg } = draw(t, [...args]);
    let lines = 0;
    for (const metric of result.metrics) {
      const panel = panelOf(svg, metric.id);
      const n = axisOf(panel, 'x', 'logarithmic');
      const error = axisOf(panel, 'y', 'logarithmic');
      const { top, bottom, right } = frameOf(panel);
      const curves = result.curves.filter(({ points }) =>
        points.some((point) => estimateOf(point, metric.id).mean > 0),
      );
      ofClass(panel, 'curve').forEach((drawn, c) => {
        const curve = curves[c]!;
        const expected = curve.predictions
          .filter((prediction) => prediction.metric === metric.id && prediction.quantity !== 'constant')
          .map((prediction) => ({
            dash: dashes[prediction.status],
            law: predictedLaw(metric, curve, prediction),
          }))
          // What lies outside of the frame everywhere is not drawn.
          .filter(({ law }) => {
            const ends = [law(curve.points[0]!.n), law(n(right))];
            return Math.max(...ends) > error(bottom) && Math.min(...ends) < error(top);
          });
        const found = linesOfTheory(drawn);
        assert.deepEqual(
          found.map(({ attributes }) => attributes['stroke-dasharray']),
          expected.map(({ dash }) => dash),
          `${metric.id} of curve ${c}`,
        );
        found.forEach((line, k) => {
          ++lines;
          for (const end of ['1', '2'])
            assertSamePlace(
              error(number(line, `y${end}`)),
              expected[k]!.law(n(number(line, `x${end}`))),
              `a line of theory for ${metric.id}`,
            );
        });
      });
    }
    assert.ok(lines >= 4);
  });
}

test('the figure names what it shows: title, axes, slopes, predictions with their status', (t) => {
  const { result, svg } = draw(t, quick);
  const texts = textsOf(svg);
  assert.ok(texts.includes('moments: gaussian tokens, d = 3, 6 replicates, seed 42'), texts.join('\n'));
  for (const text of ['number of tokens n', 'error of the mean', 'error of the covariance'])
    assert.ok(texts.includes(text), text);
  assert.ok(texts.includes('reference rate (paper)'));
  assert.equal(
    texts.filter((text) => /^slope \u22120\.\d+ ± 0\.\d+$/.test(text)).length,
    2 * result.curves.length,
  );
  assert.equal(
    texts.filter((text) => /^reference rate \u22120\.\d{3}$/.test(text)).length,
    2 * result.curves.length,
  );
  // Each curve has a dashed line for the paper's rate.
  const dashed = ofClass(svg, 'convergence')
    .flatMap(descendants)
    .filter(({ name, attributes }) => name === 'line' && attributes['stroke-dasharray'] === '7 4');
  assert.equal(dashed.length, 2 * result.curves.length);
});

for (const [trendId, args, [xTitle, yTitle]] of [
  ['slopes', [...quick, ...manyScales], ['horizon H', '−slope of the fit']],
  [
    'constants',
    [
      'support',
      ...[
        '--set',
        'attention.supports=[0.5,1,2,4]',
        '--set',
        'tokens=[100,200,400]',
        '--set',
        'replicates=6',
      ],
    ],
    ['size of the support R', '√n × error of the mean, largest n'],
  ],
  [
    'sharpness',
    [...hardmax, ...fourTemperatures],
    ['inverse temperature λ', 'effective number of tokens, largest n'],
  ],
  [
    'constants',
    ['map', '--set', 'tokens=[100,300,1000]', '--set', 'replicates=10'],
    ['radius R', '√n × error, largest n'],
  ],
] as const) {
  test(`${args[0]}: the ${trendId} are drawn against a parameter, with lines of theory`, (t) => {
    const { result, svg } = draw(t, [...args]);
    const trend = result.trends.find(({ id }) => id === trendId)!;
    assert.equal(ofClass(svg, 'trend').length, trend.metrics.length);
    let bars = 0;
    for (const metric of trend.metrics) {
      const panel = trendPanelOf(svg, trendId, metric);
      const texts = textsOf(panel);
      assert.ok(texts.includes(xTitle), `${xTitle} in ${texts.join('; ')}`);
      if (metric === trend.metrics[0]) assert.ok(texts.includes(yTitle), `${yTitle} in ${texts.join('; ')}`);
      const x = axisOf(panel, 'x', trend.x.scale);
      const y = axisOf(panel, 'y', trend.y_scale);
      const points = trend.points.filter((point) => point.metric === metric);
      const marks = ofClass(panel, 'trend-point');
      assert.equal(marks.length, points.length);
      assert.ok(points.length >= 3);
      const frame = frameOf(panel);
      /** Within a tenth of a pixel. */
      const assertAt = (axis: typeof x, place: number, expected: number, what: string) => {
        const [low, high] = [axis(place - 0.1), axis(place + 0.1)].sort((a, b) => a - b);
        assert.ok(low! <= expected && expected <= high!, `${what}: ${axis(place)} is drawn, not ${expected}`);
      };
      marks.forEach((mark, k) => {
        const point = points[k]!;
        assertAt(x, number(mark, 'cx'), point.x, trend.parameter);
        assertAt(y, number(mark, 'cy'), point.y, metric);
        const bar = descendants(panel)
          .filter(({ name, attributes }) => name === 'g' && attributes['stroke-width'] === '1')
          .flatMap(descendants)
          .find(
            ({ attributes }) =>
              attributes['x1'] === mark.attributes['cx'] && attributes['x2'] === mark.attributes['cx'],
          );
        if (bar === undefined) return;
        ++bars;
        const [low, high] = ['y1', 'y2'].map((end) => number(bar, end)).sort((a, b) => b - a);
        if (high! > frame.top) assertAt(y, high!, point.y + point.standard_error!, 'upper end of a bar');
        if (low! < frame.bottom) assertAt(y, low!, point.y - point.standard_error!, 'lower end of a bar');
      });
      // Beside the axes only; those of the legend are straight lines.
      const drawn = descendants(panel).filter(({ name }) => name === 'polyline');
      const isInside = ([place, height]: [number, number]) =>
        place >= x(frame.left) * 0.999999 &&
        place <= x(frame.right) * 1.000001 &&
        height >= y(frame.bottom) - 1e-9 &&
        height <= y(frame.top) + 1e-9;
      const lines = trend.lines
        .map((line) => ({ ...line, points: line.points.filter(isInside) }))
        .filter((line) => line.points.length > 0);
      assert.equal(drawn.length, lines.length);
      drawn.forEach((polyline, k) => {
        const line = lines[k]!;
        assert.equal(polyline.attributes['stroke-dasharray'], dashes[line.status as keyof typeof dashes]);
        const places = polyline.attributes['points']!.trim().split(' ');
        assert.equal(places.length, line.points.length);
        places.forEach((pair, i) => {
          const [left, top] = pair.split(',').map(Number);
          assertAt(x, left!, line.points[i]![0], `x of ${line.title}`);
          assertAt(y, top!, line.points[i]![1], `y of ${line.title}`);
        });
        assert.ok(texts.includes(`${line.title} (${line.status})`), line.title);
      });
    }
    // Of many tokens the effective number is known so well that marks hide the bars.
    assert.equal(bars > 0, trendId !== 'sharpness');
  });
}

test('one n, one replicate: points without bars and fits', (t) => {
  const { result, svg } = draw(t, [...quick, '--set', 'tokens=100', '--set', 'replicates=1']);
  for (const curve of result.curves) {
    assert.deepEqual(curve.fits, { mean: null, covariance: null });
    assert.equal(estimateOf(curve.points[0]!, 'mean').standard_deviation, 0);
  }
  assert.equal(ofClass(svg, 'point').length, 6);
  assert.equal(descendants(svg).filter(({ attributes }) => attributes['stroke-width'] === '2').length, 1 + 6);
});

test('the experiment map is drawn too', (t) => {
  const { result, svg } = draw(t, ['map', '--set', 'tokens=[100,300,1000]', '--set', 'replicates=10']);
  assert.equal(ofClass(panelOf(svg, 'error'), 'point').length, 3 * result.curves.length);
});

test('hardmax: panels two in a row, curves told apart by temperature, predicted limits level', (t) => {
  const { result, svg } = draw(t, hardmax);
  const texts = textsOf(svg);
  // Of participation, its reciprocal is what is shown.
  for (const title of [
    ...['error', 'distance to hardmax', 'effective number of tokens', 'gap below the largest logit'],
  ])
    assert.ok(texts.includes(title), title);
  assert.ok(texts.includes('T = 0.25'));
  assert.ok(texts.includes('softmax gap (derived)'));
  const frames = metricIds(result).map((metric) => {
    const { left, top } = frameOf(panelOf(svg, metric));
    return [left, top] as const;
  });
  const [left, top] = frames[0]!;
  const right = frames[1]![0];
  const below = frames[2]![1];
  assert.deepEqual(frames, [
    [left, top],
    [right, top],
    [left, below],
    [right, below],
  ]);
  assert.ok(right! > left && below! > top);
  const { value } = result.curves[1]!.predictions.find(
    ({ metric, quantity }) => metric === 'gap' && quantity === 'limit',
  )!;
  const panel = panelOf(svg, 'gap');
  const gap = axisOf(panel, 'y', 'logarithmic');
  const level = descendants(ofClass(panel, 'curve')[1]!).find(
    ({ name, attributes }) => name === 'line' && attributes['stroke-dasharray'] === '1.5 3',
  )!;
  assert.equal(level.attributes['y1'], level.attributes['y2']);
  assertSamePlace(gap(number(level, 'y1')), value, 'the limit');
});

test('names are escaped', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...quick, '--output', 'r.json'], { cwd: folder });
  const file = join(folder, 'r.json');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('reference rate', `<b> & 'c' \\"d\\"`));
  succeed(['show', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  const texts = descendants(parseXml(readFileSync(join(folder, 'r.svg'), 'utf8'))).map(textOf);
  assert.ok(texts.includes(`<b> & 'c' "d" (paper)`));
});
