import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { succeed, temporaryFolder } from './command.ts';
import { type Result, hardmax, quick, readResult } from './result.ts';
import { type Element, descendants, parseXml, textOf } from './xml.ts';

function draw(t: TestContext, args: string[]): { result: Result; svg: Element } {
  const folder = temporaryFolder(t);
  succeed(['run', ...args, '--output', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  return {
    result: readResult(join(folder, 'r.json')),
    svg: parseXml(readFileSync(join(folder, 'r.svg'), 'utf8')),
  };
}

const ofClass = (element: Element, name: string) =>
  descendants(element).filter(({ attributes }) => attributes['class'] === name);

const number = (element: Element, attribute: string) => Number(element.attributes[attribute]);

/** The value that is written beside a tick, such as `0.05`, `10 000` or `2×10−7`. */
function valueOf(label: Element): number {
  const power = label.children.find((child) => typeof child !== 'string');
  const text = textOf({ ...label, children: label.children.filter((child) => child !== power) });
  if (power === undefined) return Number(text.replaceAll('\u2009', ''));
  const exponent = Number(textOf(power as Element).replace('\u2212', '-'));
  const [mantissa, ten] = text.includes('\u00d7') ? text.split('\u00d7') : ['1', text];
  assert.equal(ten, '10');
  return Number(mantissa) * 10 ** exponent;
}

/** Reads an axis as a reader does, off its numbers: the value at a place, for a logarithmic axis. */
function axisOf(panel: Element, anchor: 'middle' | 'end', coordinate: 'x' | 'y'): (place: number) => number {
  const labels = descendants(panel).filter(
    ({ name, attributes }) =>
      name === 'text' && attributes['text-anchor'] === anchor && attributes['font-size'] === undefined,
  );
  assert.ok(labels.length >= 2, 'an axis has two numbers at least');
  const places = labels.map((label) => number(label, coordinate) - (coordinate === 'y' ? 4 : 0));
  const logs = labels.map((label) => Math.log(valueOf(label)));
  const rate = (logs.at(-1)! - logs[0]!) / (places.at(-1)! - places[0]!);
  const at = (place: number) => Math.exp(logs[0]! + rate * (place - places[0]!));
  places.forEach((place, k) =>
    assert.ok(Math.abs(Math.log(at(place)) - logs[k]!) < 2e-3 * Math.abs(rate) * 100),
  );
  return at;
}

function panelOf(svg: Element, metric: string): Element {
  const panel = ofClass(svg, 'convergence').find(({ attributes }) => attributes['data-metric'] === metric);
  assert.ok(panel, `a panel for ${metric}`);
  return panel;
}

// Coordinates are written to a hundredth of a pixel, and an axis is some 300 pixels long.
function assertSamePlace(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(Math.log(actual / expected)) < 2e-3,
    `${what}: ${actual} is drawn, ${expected} was measured`,
  );
}

for (const [what, args] of [
  ['few curves', quick],
  ['many curves', [...quick, '--set', 'attention.scales={"from":0.1,"to":60,"count":9}']],
] as const) {
  test(`${what}: points, error bars and fits stand where the axes say`, (t) => {
    const { result, svg } = draw(t, [...args]);
    for (const metric of result.metrics) {
      const panel = panelOf(svg, metric);
      const n = axisOf(panel, 'middle', 'x');
      const error = axisOf(panel, 'end', 'y');
      const curves = ofClass(panel, 'curve');
      assert.equal(curves.length, result.curves.length);
      curves.forEach((drawn, c) => {
        const curve = result.curves[c]!;
        const points = ofClass(drawn, 'point');
        assert.equal(points.length, curve.points.length);
        points.forEach((circle, k) => {
          const { mean, standard_deviation, count } = curve.points[k]![metric]!;
          assert.equal(circle.name, 'circle');
          assertSamePlace(n(number(circle, 'cx')), curve.points[k]!.n, 'n');
          assertSamePlace(error(number(circle, 'cy')), mean, metric);
          const bars = descendants(drawn).filter(
            ({ name, attributes }) =>
              name === 'line' &&
              attributes['x1'] === circle.attributes['cx'] &&
              attributes['x2'] === circle.attributes['cx'],
          );
          // A bar that its own mark would hide is left out.
          if (bars.length === 0) return;
          const ends = ['y1', 'y2'].map((end) => error(number(bars[0]!, end))).sort((a, b) => a - b);
          const standardError = standard_deviation / Math.sqrt(count);
          assertSamePlace(ends[1]!, mean + standardError, 'upper end of a bar');
          if (mean > standardError) assertSamePlace(ends[0]!, mean - standardError, 'lower end of a bar');
        });
        const fit = descendants(drawn).find(({ name }) => name === 'line')!;
        for (const end of ['1', '2']) {
          const { slope, intercept } = curve.fit[metric]!;
          const expected = Math.exp(intercept + slope * Math.log(n(number(fit, `x${end}`))));
          assertSamePlace(error(number(fit, `y${end}`)), expected, 'the fitted line');
        }
      });
    }
  });
}

test('the figure names what it shows: title, axes, slopes, predictions with their status', (t) => {
  const { result, svg } = draw(t, quick);
  const texts = descendants(svg)
    .filter(({ name }) => name === 'text')
    .map(textOf);
  assert.ok(texts.includes('moments: gaussian tokens, d = 3, 6 replicates, seed 42'), texts.join('\n'));
  for (const text of ['number of tokens n', 'mean error', 'covariance error'])
    assert.ok(texts.includes(text), text);
  assert.ok(texts.includes('guaranteed rate (paper)'));
  assert.equal(
    texts.filter((text) => /^slope \u22120\.\d+ ± 0\.\d+$/.test(text)).length,
    2 * result.curves.length,
  );
  assert.equal(
    texts.filter((text) => /^guaranteed rate \u22120\.\d{3}$/.test(text)).length,
    2 * result.curves.length,
  );
  // Each curve has a dashed line for the paper's rate.
  const dashed = ofClass(svg, 'convergence')
    .flatMap(descendants)
    .filter(({ name, attributes }) => name === 'line' && attributes['stroke-dasharray'] === '7 4');
  assert.equal(dashed.length, 2 * result.curves.length);
});

test('with many curves the slopes are drawn against the horizon', (t) => {
  const { result, svg } = draw(t, [...quick, '--set', 'attention.scales={"from":0.1,"to":60,"count":9}']);
  const panels = ofClass(svg, 'slopes');
  assert.deepEqual(
    panels.map(({ attributes }) => attributes['data-metric']),
    result.metrics,
  );
  panels.forEach((panel, m) => {
    const marks = ofClass(panel, 'slope');
    const labels = descendants(panel).filter(({ attributes }) => attributes['text-anchor'] === 'end');
    const [first, last] = [labels[0]!, labels.at(-1)!];
    const rate = (Number(textOf(last)) - Number(textOf(first))) / (number(last, 'y') - number(first, 'y'));
    marks.forEach((mark, c) => {
      const drawn = Number(textOf(first)) + rate * (number(mark, 'cy') - number(first, 'y') + 4);
      assert.ok(Math.abs(drawn + result.curves[c]!.fit[result.metrics[m]!]!.slope) < 1e-3);
    });
    assert.equal(marks.length, result.curves.length);
  });
});

test('one n, one replicate: points without bars and fits', (t) => {
  const { svg } = draw(t, [...quick, '--set', 'tokens=100', '--set', 'replicates=1']);
  assert.equal(ofClass(svg, 'point').length, 6);
  assert.equal(descendants(svg).filter(({ attributes }) => attributes['stroke-width'] === '2').length, 1 + 6);
});

test('the experiment map is drawn too', (t) => {
  const { result, svg } = draw(t, ['map', '--set', 'tokens=[100,300,1000]', '--set', 'replicates=10']);
  assert.equal(ofClass(panelOf(svg, 'error'), 'point').length, 3 * result.curves.length);
});

test('hardmax: panels two in a row, curves told apart by temperature, predicted limits level', (t) => {
  const { result, svg } = draw(t, hardmax);
  const texts = descendants(svg)
    .filter(({ name }) => name === 'text')
    .map(textOf);
  for (const title of ['error', 'distance to hardmax', 'participation', 'gap'])
    assert.ok(texts.includes(title), title);
  assert.ok(texts.includes('T = 0.25'));
  assert.ok(texts.includes('softmax gap (derived)'));
  const frames = result.metrics.map((metric) => {
    const frame = descendants(panelOf(svg, metric)).find(({ name }) => name === 'rect')!;
    return [number(frame, 'x'), number(frame, 'y')] as const;
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
  const { value } = result.curves[1]!.predicted.find(
    ({ metric, quantity }) => metric === 'gap' && quantity === 'limit',
  )!;
  const panel = panelOf(svg, 'gap');
  const gap = axisOf(panel, 'end', 'y');
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
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('guaranteed rate', `<b> & 'c' \\"d\\"`));
  succeed(['show', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  const texts = descendants(parseXml(readFileSync(join(folder, 'r.svg'), 'utf8'))).map(textOf);
  assert.ok(texts.includes(`<b> & 'c' "d" (paper)`));
});
