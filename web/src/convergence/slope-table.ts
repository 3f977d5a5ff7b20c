import type { PowerLawFit, Prediction, Result } from '../core.ts';
import { html, keep, say, svg } from '../dom.ts';
import { slope } from '../format.ts';
import { marker } from './marks.ts';
import { slopeError } from './model.ts';

/** Measured and predicted slopes, a row for every horizon. */
export class SlopeTable {
  readonly element = html('table', { class: 'slopes' });
  readonly #head = html('tr');
  readonly #body = html('tbody');

  constructor() {
    const caption = html('caption', {}, 'Slopes, measured and predicted');
    this.element.append(caption, html('thead', {}, this.#head), this.#body);
  }

  draw(horizons: readonly number[], names: readonly string[], result: Result | null): void {
    const heads = ['Horizon', 'Mean', 'Covariance', ...names];
    const makeHead = () => html('th', { scope: 'col' });
    keep(this.#head, heads, String, makeHead, (cell, words) => say(cell, words));
    const rows = result ? result.curves.map((curve) => curve.horizon) : horizons;
    const make = () => html('tr');
    keep(
      this.#body,
      rows,
      (_, index) => String(index),
      make,
      (row, horizon, index) => {
        const curve = result?.curves[index];
        row.replaceChildren(
          rowHead(horizon, index),
          measured(index, 'mean', curve?.fit['mean'] ?? null),
          measured(index, 'covariance', curve?.fit['covariance'] ?? null),
          ...names.map((name) => predicted(curve?.predicted ?? [], name)),
        );
      },
    );
  }
}

function rowHead(horizon: number, curve: number): HTMLTableCellElement {
  const mark = svg('path', { class: 'mark', d: marker(curve, 4.5), transform: 'translate(8,8)' });
  const swatch = svg('svg', { viewBox: '0 0 16 16', class: `curve-${curve}`, 'aria-hidden': 'true' }, mark);
  return html('th', { scope: 'row' }, swatch, `${horizon}`);
}

function measured(curve: number, metric: string, fit: PowerLawFit | null): HTMLTableCellElement {
  if (!fit) return html('td', { class: 'pending' }, '–');
  return html(
    'td',
    { 'data-curve': curve, 'data-metric': metric, 'data-slope': fit.slope, 'data-se': slopeError(fit) },
    html('b', {}, slope(fit.slope)),
    ' ',
    html('span', { class: 'error' }, `±\u2009${slopeError(fit).toFixed(3)}`),
  );
}

/** Slopes that differ between the metrics are all listed. */
function predicted(predictions: readonly Prediction[], name: string): HTMLTableCellElement {
  const mine = predictions.filter((one) => one.name === name && one.quantity === 'slope');
  const values = [...new Set(mine.map(({ value }) => slope(value)))];
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
