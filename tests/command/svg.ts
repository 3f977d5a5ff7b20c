import assert from 'node:assert/strict';
import { type Element, descendants, textOf } from './xml.ts';

// Reading our figures as a reader does: numbers beside axes, marks and lines between them.

export const ofClass = (element: Element, name: string): Element[] =>
  descendants(element).filter(({ attributes }) => attributes['class'] === name);

export const number = (element: Element, attribute: string): number => Number(element.attributes[attribute]);

export const textsOf = (element: Element): string[] =>
  descendants(element)
    .filter(({ name }) => name === 'text')
    .map(textOf);

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

export type Scale = 'linear' | 'logarithmic';

/** Reads an axis off its numbers: the value at a place. */
export function axisOf(panel: Element, coordinate: 'x' | 'y', scale: Scale): (place: number) => number {
  const labels = descendants(panel).filter(
    ({ name, attributes }) =>
      name === 'text' &&
      attributes['text-anchor'] === (coordinate === 'x' ? 'middle' : 'end') &&
      attributes['font-size'] === undefined,
  );
  assert.ok(labels.length >= 2, 'an axis has two numbers at least');
  const [to, from] = scale === 'linear' ? [Number, Number] : [Math.log, Math.exp];
  const places = labels.map((label) => number(label, coordinate) - (coordinate === 'y' ? 4 : 0));
  const values = labels.map((label) => to(valueOf(label)));
  const rate = (values.at(-1)! - values[0]!) / (places.at(-1)! - places[0]!);
  const at = (place: number) => from(values[0]! + rate * (place - places[0]!));
  // All numbers are on one straight line.
  places.forEach((place, k) => assert.ok(Math.abs(to(at(place)) - values[k]!) < 2e-3 * Math.abs(rate) * 100));
  return at;
}

export function panelOf(svg: Element, metric: string): Element {
  const panel = ofClass(svg, 'convergence').find(({ attributes }) => attributes['data-metric'] === metric);
  assert.ok(panel, `a panel for ${metric}`);
  return panel;
}

export function trendPanelOf(svg: Element, trend: string, metric: string): Element {
  const panel = ofClass(svg, 'trend').find(
    ({ attributes }) => attributes['data-trend'] === trend && attributes['data-metric'] === metric,
  );
  assert.ok(panel, `a panel for ${trend} of ${metric}`);
  return panel;
}

/** How lines of theory are dashed. */
export const dashes = { paper: '7 4', derived: '1.5 3', heuristic: '7 3 1.5 3' };

/** Lines of theory that stand in a panel, not those of its legends. */
export function linesOfTheory(panel: Element): Element[] {
  return descendants(panel).filter(
    ({ name, attributes }) =>
      (name === 'line' || name === 'polyline') &&
      Object.values(dashes).includes(attributes['stroke-dasharray'] ?? ''),
  );
}

/** The frame of a panel, from left and top to right and bottom. */
export function frameOf(panel: Element): { left: number; top: number; right: number; bottom: number } {
  const frame = descendants(panel).find(({ name }) => name === 'rect')!;
  const [left, top] = [number(frame, 'x'), number(frame, 'y')];
  return { left, top, right: left + number(frame, 'width'), bottom: top + number(frame, 'height') };
}

// Coordinates are written to a hundredth of a pixel, and an axis is some 300 pixels long.
export function assertSamePlace(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(Math.log(actual / expected)) < 2e-3,
    `${what}: ${actual} is drawn, ${expected} was measured`,
  );
}
