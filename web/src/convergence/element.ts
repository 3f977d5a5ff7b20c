import { html, say, set, sheet } from '../dom.ts';
import { whole, slopeWithError } from '../format.ts';
import { Runner } from '../runner.ts';
import { defaultSettings, specOf, type Settings } from '../settings.ts';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { Controls } from './controls.ts';
import style from './convergence.css?inline';
import { Legend } from './legend.ts';
import { fitDomain, referenceKinds, seriesOf, slopeError, type Focus, type Series } from './model.ts';
import { estimate, NumberTable } from './number-table.ts';
import { describe, Panel } from './panel.ts';
import { RunBar } from './run-bar.ts';
import { SlopeTable } from './slope-table.ts';

const sheets = [theme, figureStyle, style].map(sheet);

const titles: Record<string, string> = { mean: 'Error of the mean', covariance: 'Error of the covariance' };

/**
 * `<asymptoken-convergence>`: the error of the transformed law's mean and covariance against n, measured live.
 * Runs when it is connected and whenever its settings change; `settingschange` says that the reader changed them.
 */
export class ConvergenceFigure extends HTMLElement {
  readonly runner = new Runner(() => this.#scheduleDraw());
  #settings: Settings = { ...defaultSettings };
  #domains: ([number, number] | null)[] = [null, null];
  #focus: Focus | null = null;
  #starting = false;
  #scheduled = false;
  #announced = '';

  readonly #controls = new Controls(
    this.#settings,
    (settings) => {
      this.settings = settings;
      this.dispatchEvent(new CustomEvent<Settings>('settingschange', { detail: settings }));
    },
    (problem) => this.runner.refuse(problem),
  );
  readonly #runBar = new RunBar(this.runner, () => this.#start());
  readonly #panels = [
    new Panel('mean', titles['mean'] ?? '', '2-norm', (focus) => this.#focusOn(focus)),
    new Panel('covariance', titles['covariance'] ?? '', 'Frobenius norm', (focus) => this.#focusOn(focus)),
  ];
  readonly #legend = new Legend();
  readonly #readout = html('p', { class: 'readout' });
  readonly #slopes = new SlopeTable();
  readonly #numbers = new NumberTable();
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const panels = html('div', { class: 'panels' }, ...this.#panels.map(({ element }) => element));
    const charts = html('div', { class: 'charts' }, panels, this.#legend.element, this.#readout);
    const results = html('div', { class: 'results' }, this.#slopes.element, this.#numbers.element);
    root.append(
      html('div', { class: 'figure' }, this.#runBar.element, charts, results, this.#controls.element),
      this.#announcement,
    );
    this.#draw();
  }

  connectedCallback(): void {
    this.#start();
  }

  disconnectedCallback(): void {
    this.runner.cancel();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    this.#controls.show(settings);
    if (this.isConnected) this.#start();
  }

  /** Once for all that changes in one go, so that being connected and being given settings is one run. */
  #start(): void {
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      if (!this.isConnected) return;
      this.#domains = [null, null];
      this.#focus = null;
      void this.runner.start(specOf(this.#settings));
    });
  }

  #focusOn(focus: Focus | null): void {
    if (focus?.curve === this.#focus?.curve && focus?.n === this.#focus?.n) return;
    this.#focus = focus;
    // At once: the next key goes on from here.
    this.#draw();
  }

  /** At most once a frame. That it has ended, and how, is said when it is drawn; every other state at once. */
  #scheduleDraw(): void {
    const { state } = this.runner;
    if (state !== 'done' && state !== 'error') set(this, { 'data-state': state });
    set(this, { 'data-cancel-ms': this.runner.cancelMilliseconds });
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #draw(): void {
    const { result } = this.runner;
    const all = this.#panels.map(({ metric }) => (result ? seriesOf(result, metric) : []));
    const complete = result?.complete ?? false;
    this.#domains = all.map((series, index) => fitDomain(this.#domains[index] ?? null, series, complete));
    const { from, to, law } = this.#settings;
    const kinds = referenceKinds(result, law);
    const names = kinds.map(({ name }) => name);
    this.#panels.forEach((panel, index) => {
      const series = all[index] ?? [];
      panel.draw({
        series,
        referenceNames: names,
        x: from < to ? [from, to] : [from, from * 10],
        y: this.#domains[index] ?? [0.01, 1],
        focus: this.#focus,
        description: describe(titles[panel.metric] ?? '', series),
      });
    });
    this.#legend.draw(kinds);
    this.#slopes.draw(this.#settings.horizons, names, result);
    this.#numbers.draw(result);
    this.#runBar.draw();
    this.#controls.showProblem(this.runner.problem);
    say(this.#readout, this.#pointedAt(all));
    if (
      result &&
      !this.hasAttribute('data-first-points-ms') &&
      all.flat().some(({ points }) => points.length > 0)
    ) {
      set(this, { 'data-first-points-ms': Math.round(performance.now()) });
    }
    this.#announce(all);
    if (this.isConnected) set(this, { 'data-state': this.runner.state });
  }

  #pointedAt(all: readonly Series[][]): string {
    const focus = this.#focus;
    if (!focus) return 'Point at a mark, or use the arrow keys, to read it off.';
    const [mean, covariance] = all.map((series) =>
      series[focus.curve]?.points.find(({ n }) => n === focus.n),
    );
    if (!mean || !covariance) return '';
    const horizon = all[0]?.[focus.curve]?.horizon;
    return (
      `H = ${horizon}, n = ${whole(focus.n)}: error of the mean ${estimate(mean)}, of the covariance ` +
      `${estimate(covariance)}, over ${whole(mean.count)} replicates`
    );
  }

  /** Tells a screen reader when something begins or ends, not at every step. */
  #announce(all: readonly Series[][]): void {
    const { state } = this.runner;
    if (state === this.#announced || (state === 'running' && this.#announced === '')) return;
    this.#announced = state;
    say(this.#announcement, state === 'done' ? `Run finished. ${this.#slopesInWords(all)}` : `Run ${state}.`);
  }

  #slopesInWords(all: readonly Series[][]): string {
    return this.#panels
      .map(({ metric }, index) => {
        const parts = (all[index] ?? []).flatMap(({ horizon, fit }) =>
          fit ? [`${slopeWithError(fit.slope, slopeError(fit))} at horizon ${horizon}`] : [],
        );
        return parts.length > 0 ? `${titles[metric]}: slope ${parts.join(', ')}.` : '';
      })
      .join(' ');
  }
}
