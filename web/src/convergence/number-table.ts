import type { Result } from '../core.ts';
import { html } from '../dom.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { measure, whole } from '../format.ts';
import { seriesOf, type PlotPoint } from './model.ts';

/** Every point as a number; filled only while it is open. */
export class NumberTable {
  readonly element: HTMLDetailsElement;
  readonly #experiment: Experiment;
  readonly #body = html('tbody');
  #result: Result | null = null;

  constructor(experiment: Experiment) {
    this.#experiment = experiment;
    const { sweep, panels } = experiment;
    const heads = [sweep.symbol, 'n', 'replicates', ...panels.map(({ noun }) => noun)];
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
    const { panels, sweep } = this.#experiment;
    const columns = panels.map((panel) => seriesOf(result, panel, this.#experiment));
    const rows = result.curves.flatMap((curve, index) =>
      curve.points.flatMap(({ n }) => {
        const points = columns.map((series) => series[index]?.points.find((point) => point.n === n));
        const first = points.find((point) => point !== undefined);
        if (!first) return [];
        const estimates = points.map((point) => (point ? estimate(point) : '–'));
        return [[sweep.valueOf(curve), whole(n), whole(first.count), ...estimates]];
      }),
    );
    this.#body.replaceChildren(
      ...rows.map((cells) => html('tr', {}, ...cells.map((cell) => html('td', {}, String(cell))))),
    );
  }
}

export function estimate({ mean, se }: PlotPoint): string {
  return se === null ? measure(mean) : `${measure(mean)} ± ${measure(se)}`;
}
