import type { Curve, PowerLawFit, Prediction, Result } from '../base/core.ts';
import { html, keep, say, svg } from '../base/dom.ts';
import { slope } from '../base/format.ts';
import { curveClass, marker } from '../chart/marks.ts';
import { curveNames, isSlope, slopeError, type DrawnMetric, type ReferenceKind } from '../chart/model.ts';

/** Measured and predicted slopes, a row for every curve. */
export class SlopeTable {
  readonly element = html('table', { class: 'slopes' });
  readonly #head = html('tr');
  readonly #body = html('tbody');

  constructor() {
    const caption = html('caption', {}, 'Slopes, measured and predicted');
    this.element.append(caption, html('thead', {}, this.#head), this.#body);
  }

  /** `result`: null where nothing has been measured. */
  draw(result: Result | null, drawn: readonly DrawnMetric[], kinds: readonly ReferenceKind[]): void {
    const metrics = drawn.filter(({ scale }) => scale === 'logarithmic');
    const heads = ['Curve', ...metrics.map(({ title }) => title), ...kinds.map(({ title }) => title)];
    const makeHead = () => html('th', { scope: 'col' });
    keep(
      this.#head,
      heads,
      (words, index) => `${index}/${words}`,
      makeHead,
      (cell, words) => say(cell, words),
    );
    const names = result ? curveNames(result) : [];
    const keyOf = (_: string, index: number) => String(index);
    keep(
      this.#body,
      names,
      keyOf,
      () => html('tr'),
      (row, name, index) => {
        const curve = result!.curves[index]!;
        fill(row, [
          rowHead(name, index),
          ...metrics.map((metric) => measured(index, metric, curve)),
          ...kinds.map(({ id }) => predicted(curve.predictions, id, metrics)),
        ]);
      },
    );
  }
}

/** Leaves the cells that stay the same: a table is laid out anew for each that is put into it. */
function fill(row: HTMLTableRowElement, cells: readonly HTMLTableCellElement[]): void {
  cells.forEach((cell, column) => {
    const before = row.cells[column];
    if (!before) row.append(cell);
    else if (!before.isEqualNode(cell)) before.replaceWith(cell);
  });
  while (row.cells.length > cells.length) row.lastElementChild!.remove();
}

function rowHead(name: string, curve: number): HTMLTableCellElement {
  const mark = svg('path', { class: 'mark', d: marker(curve, 4.5), transform: 'translate(8,8)' });
  const swatch = svg('svg', { viewBox: '0 0 16 16', class: curveClass(curve), 'aria-hidden': 'true' }, mark);
  return html('th', { scope: 'row' }, swatch, name);
}

function measured(index: number, metric: DrawnMetric, { fits }: Curve): HTMLTableCellElement {
  const fit: PowerLawFit | null = fits[metric.id] ?? null;
  const error = fit && slopeError(fit);
  if (fit?.slope == null || error === null) return html('td', { class: 'pending' }, '–');
  const value = signOf(metric) * fit.slope;
  return html(
    'td',
    { 'data-curve': index, 'data-metric': metric.id, 'data-slope': value, 'data-se': error },
    html('b', {}, slope(value)),
    ' ',
    html('span', { class: 'error' }, `±\u2009${error.toFixed(3)}`),
  );
}

/** Slopes that differ between the metrics are all listed. */
function predicted(
  predictions: readonly Prediction[],
  id: string,
  metrics: readonly DrawnMetric[],
): HTMLTableCellElement {
  const mine = predictions.filter((one) => one.id === id && isSlope(one));
  const signs = new Map(metrics.map((metric) => [metric.id, signOf(metric)]));
  const values = [...new Set(mine.map(({ metric, value }) => slope((signs.get(metric) ?? 1) * value!)))];
  const [first] = mine;
  if (!first) return html('td', { class: 'pending' }, '–');
  return html(
    'td',
    { title: first.formula },
    values.join(', '),
    ' ',
    html('span', { class: 'status' }, first.status),
  );
}

/** The reciprocal of a power law has the opposite slope. */
function signOf({ reciprocal }: DrawnMetric): number {
  return reciprocal ? -1 : 1;
}
