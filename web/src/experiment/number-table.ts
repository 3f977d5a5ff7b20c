import type { Result } from '../base/core.ts';
import { html } from '../base/dom.ts';
import { measure, whole } from '../base/format.ts';
import { curveNames, drawnMetrics, seriesOf, type PlotPoint } from '../chart/model.ts';

/** Every point as a number; filled only while it is open. */
export class NumberTable {
  readonly element: HTMLDetailsElement;
  readonly #table = html('table');
  #result: Result | null = null;

  constructor() {
    const attributes = { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'All points' };
    this.element = html(
      'details',
      { class: 'numbers' },
      html('summary', {}, 'All points as numbers'),
      html('div', attributes, this.#table),
    );
    this.element.addEventListener('toggle', () => this.draw(this.#result));
  }

  draw(result: Result | null): void {
    this.#result = result;
    if (!this.element.open || !result) return;
    const metrics = drawnMetrics(result, undefined);
    const heads = ['curve', 'n', 'replicates', ...metrics.map(({ title }) => title)];
    const columns = metrics.map((metric) => seriesOf(result, metric));
    const names = curveNames(result);
    const rows = result.curves.flatMap((curve, index) =>
      curve.points.flatMap(({ n }) => {
        const points = columns.map((series) => series[index]?.points.find((point) => point.n === n));
        const first = points.find((point) => point !== undefined);
        if (!first) return [];
        const estimates = points.map((point) => (point ? estimate(point) : '–'));
        return [[names[index]!, whole(n), whole(first.count), ...estimates]];
      }),
    );
    const head = html('tr', {}, ...heads.map((words) => html('th', { scope: 'col' }, words)));
    const body = rows.map((cells) => html('tr', {}, ...cells.map((cell) => html('td', {}, cell))));
    this.#table.replaceChildren(html('thead', {}, head), html('tbody', {}, ...body));
  }
}

export function estimate({ mean, error }: PlotPoint): string {
  return error === null ? measure(mean) : `${measure(mean)} ± ${measure(error)}`;
}
