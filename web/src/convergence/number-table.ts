import type { Result } from '../core.ts';
import { html } from '../dom.ts';
import { measure, whole } from '../format.ts';
import { seriesOf, type PlotPoint } from './model.ts';

/** Every point as a number; filled only while it is open. */
export class NumberTable {
  readonly element: HTMLDetailsElement;
  readonly #body = html('tbody');
  #result: Result | null = null;

  constructor() {
    const heads = ['H', 'n', 'replicates', 'error of the mean', 'error of the covariance'];
    const row = html('tr', {}, ...heads.map((head) => html('th', { scope: 'col' }, head)));
    const table = html('table', {}, html('thead', {}, row), this.#body);
    const scroller = html(
      'div',
      { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'All points' },
      table,
    );
    this.element = html(
      'details',
      { class: 'numbers' },
      html('summary', {}, 'All points as numbers'),
      scroller,
    );
    this.element.addEventListener('toggle', () => this.draw(this.#result));
  }

  draw(result: Result | null): void {
    this.#result = result;
    if (!this.element.open || !result) return;
    const means = seriesOf(result, 'mean');
    const covariances = seriesOf(result, 'covariance');
    this.#body.replaceChildren(
      ...means.flatMap(({ curve, horizon, points }) =>
        points.map((point) => {
          const other = covariances[curve]?.points.find(({ n }) => n === point.n);
          const cells = [
            horizon,
            whole(point.n),
            whole(point.count),
            estimate(point),
            other ? estimate(other) : '–',
          ];
          return html('tr', {}, ...cells.map((cell) => html('td', {}, String(cell))));
        }),
      ),
    );
  }
}

export function estimate({ mean, se }: PlotPoint): string {
  return se === null ? measure(mean) : `${measure(mean)} ± ${measure(se)}`;
}
