import type { PowerLawFit, Prediction, Result } from '../core.ts';
import { html, keep, say, svg } from '../dom.ts';
import { slopeError, type Experiment, type PanelKind } from '../experiments/experiment.ts';
import { slope } from '../format.ts';
import { curveClass, marker } from './marks.ts';

/** Measured and predicted slopes, a row for every curve. */
export class SlopeTable {
  readonly element = html('table', { class: 'slopes' });
  readonly #head = html('tr');
  readonly #body = html('tbody');

  readonly #experiment: Experiment;

  constructor(experiment: Experiment) {
    this.#experiment = experiment;
    const caption = html('caption', {}, 'Slopes, measured and predicted');
    this.element.append(caption, html('thead', {}, this.#head), this.#body);
  }

  draw(swept: readonly number[], names: readonly string[], result: Result | null): void {
    const { sweep, panels } = this.#experiment;
    const heads = [sweep.symbol, ...panels.map(({ title }) => title), ...names];
    const makeHead = () => html('th', { scope: 'col' });
    keep(this.#head, heads, String, makeHead, (cell, words) => say(cell, words));
    const rows = result ? result.curves.map(sweep.valueOf) : swept;
    const make = () => html('tr');
    keep(
      this.#body,
      rows,
      (_, index) => String(index),
      make,
      (row, value, index) => {
        const curve = result?.curves[index];
        fill(row, [
          rowHead(value, index),
          ...panels.map((panel) => measured(index, panel, curve?.fit[panel.metric] ?? null)),
          ...names.map((name) => predicted(curve?.predicted ?? [], name, panels)),
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

function rowHead(value: number, curve: number): HTMLTableCellElement {
  const mark = svg('path', { class: 'mark', d: marker(curve, 4.5), transform: 'translate(8,8)' });
  const swatch = svg('svg', { viewBox: '0 0 16 16', class: curveClass(curve), 'aria-hidden': 'true' }, mark);
  return html('th', { scope: 'row' }, swatch, `${value}`);
}

function measured(curve: number, panel: PanelKind, fit: PowerLawFit | null): HTMLTableCellElement {
  if (!fit) return html('td', { class: 'pending' }, '–');
  const { metric } = panel;
  const value = signOf(panel) * fit.slope;
  return html(
    'td',
    { 'data-curve': curve, 'data-metric': metric, 'data-slope': value, 'data-se': slopeError(fit) },
    html('b', {}, slope(value)),
    ' ',
    html('span', { class: 'error' }, `±\u2009${slopeError(fit).toFixed(3)}`),
  );
}

/** Slopes that differ between the metrics are all listed. */
function predicted(
  predictions: readonly Prediction[],
  name: string,
  panels: readonly PanelKind[],
): HTMLTableCellElement {
  const mine = predictions.filter((one) => one.name === name && one.quantity === 'slope');
  const signs = new Map(panels.map((panel) => [panel.metric, signOf(panel)]));
  const values = [...new Set(mine.map(({ metric, value }) => slope((signs.get(metric) ?? 1) * value)))];
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
function signOf({ reciprocal }: PanelKind): number {
  return reciprocal ? -1 : 1;
}
