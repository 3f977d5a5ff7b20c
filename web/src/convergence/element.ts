import type { Companion } from '../companions/companion.ts';
import companionStyle from '../companions/companion.css?inline';
import type { Result } from '../core.ts';
import colourBarStyle from '../heatmap/colour-bar.css?inline';
import { html, say, set, sheet } from '../dom.ts';
import type { Experiment, ReferenceKind } from '../experiments/experiment.ts';
import type { Settings } from '../experiments/settings.ts';
import { csvOf } from '../figure/csv.ts';
import { firstResultFor, type FirstResult } from '../figure/first-result.ts';
import { late } from '../figure/late.ts';
import type { Picture } from '../figure/picture.ts';
import { RunBar } from '../figure/run-bar.ts';
import type { RunState } from '../figure/run.ts';
import { Runner } from '../figure/runner.ts';
import { Tools } from '../figure/tools.ts';
import { Visibility } from '../figure/visibility.ts';
import { Drawing, type Work } from '../frames.ts';
import { slopeWithError, whole } from '../format.ts';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { Controls } from './controls.ts';
import runBarStyle from '../figure/run-bar.css?inline';
import chartStyle from './chart.css?inline';
import style from './convergence.css?inline';
import { Legend } from './legend.ts';
import { fitDomain, rangeOf, referenceKinds, seriesOf, type Focus, type Series } from './model.ts';
import { estimate, NumberTable } from './number-table.ts';
import { Overview } from './overview.ts';
import { describe, Panel } from './panel.ts';
import { SlopeTable } from './slope-table.ts';

const sheets = [theme, figureStyle, runBarStyle, chartStyle, colourBarStyle, companionStyle, style].map(
  sheet,
);

/**
 * An experiment's errors against n, measured live. Shows what the core found when the site was built until its own
 * run has something; runs once it is on the screen and whenever its settings change, and waits while it is off.
 * `settingschange` says that the reader changed the settings.
 */
export abstract class ExperimentFigure extends HTMLElement {
  readonly runner = new Runner(() => this.#scheduleDraw());
  readonly #experiment: Experiment;
  readonly #first: FirstResult | null;
  readonly #companion: Companion | null;
  #settings: Settings;
  #domains: ([number, number] | null)[] = [];
  #focus: Focus | null = null;
  /** A curve that stays in focus while nothing else is pointed at. */
  #pinned: number | null = null;
  #visible = false;
  #due = true;
  #starting = false;
  /** What is not in the figure yet. */
  readonly #toLayOut: (() => void)[];
  #announced = '';

  readonly #controls: Controls;
  readonly #runBar: RunBar;
  readonly #panels: Panel[];
  readonly #overview: Overview;
  readonly #legend = new Legend();
  readonly #readout = html('p', { class: 'readout' });
  readonly #slopes: SlopeTable;
  readonly #numbers: NumberTable;
  readonly #tools: Tools;
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });
  readonly #visibility = new Visibility(this, (visible) => this.#show(visible));
  readonly #drawing = new Drawing(() => this.#partsToDraw());

  constructor(experiment: Experiment, first: FirstResult | null, companion: Companion | null = null) {
    super();
    this.#experiment = experiment;
    this.#first = first;
    this.#companion = companion;
    this.#settings = { ...experiment.defaults };
    this.#controls = new Controls(
      experiment,
      (settings) => {
        this.settings = settings;
        this.dispatchEvent(new CustomEvent<Settings>('settingschange', { detail: settings }));
      },
      (problem) => this.runner.refuse(problem),
    );
    this.#runBar = new RunBar(this.runner, {
      start: () => this.#start(),
      step: () => this.#step(),
      reset: () => this.#reset(),
    });
    const focusOn = (focus: Focus | null) => this.#focusOn(focus);
    this.#panels = experiment.panels.map((kind) => new Panel(kind, focusOn));
    const metrics = experiment.panels.map(({ metric }) => metric);
    this.#overview = new Overview(experiment.overview, metrics, focusOn, (curve) => this.#pin(curve));
    this.#slopes = new SlopeTable(experiment);
    this.#numbers = new NumberTable(experiment);
    this.#tools = new Tools({
      name: `asymptoken-${experiment.name}`,
      spec: () => this.#shown()?.spec ?? experiment.specOf(this.#settings),
      csv: () => {
        const result = this.#shown();
        return result && csvOf(result);
      },
      pictures: () => this.#pictures(),
      results: { current: () => this.#shown(), open: (file) => this.#open(file) },
    });
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const pictures = [...this.#panels, this.#overview].map(({ element }) => element);
    if (experiment.overview.leads) pictures.unshift(...pictures.splice(-1));
    const panels = html('div', { class: `panels of-${pictures.length}` }, ...pictures);
    const charts = html('div', { class: 'charts' }, panels, this.#legend.element, this.#readout);
    const results = html(
      'div',
      { class: 'results' },
      this.#slopes.element,
      this.#numbers.element,
      this.#tools.element,
    );
    const figure = html('div', { class: 'figure' });
    root.append(figure, this.#announcement);
    this.#toLayOut = [
      () => figure.append(this.#runBar.element, charts),
      ...(companion ? [() => charts.append(companion.element)] : []),
      () => figure.append(results),
      () => figure.append(this.#controls.element),
    ];
  }

  connectedCallback(): void {
    this.#visibility.observe();
    if (this.#companion) this.#companion.held = false;
    set(this, { 'data-state': this.runner.state });
    this.#scheduleDraw();
  }

  disconnectedCallback(): void {
    this.#visibility.disconnect();
    this.#visible = false;
    if (this.#companion) this.#companion.held = true;
    // Put back, it starts again.
    if (this.runner.state === 'running') this.#due = true;
    this.runner.cancel();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    this.#controls.show(settings);
    if (this.#visible) {
      this.#start();
      this.#companion?.show(settings);
    } else this.#due = true;
    this.#scheduleDraw();
  }

  #show(visible: boolean): void {
    this.#visible = visible;
    this.runner.held = !visible;
    if (!visible || !this.#due) return;
    this.#start();
    this.#companion?.show(this.#settings);
  }

  /** Once for all that changes in one go, so that being connected and being given settings is one run. */
  #start(step = false): void {
    this.#due = false;
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      if (!this.isConnected) return;
      this.#forget();
      const { precision } = this.#settings;
      const spec = this.#experiment.specOf(this.#settings);
      void this.runner.start(spec, { precision: precision / 100, step });
    });
  }

  #step(): void {
    const { state } = this.runner;
    if (state === 'running') this.runner.pause();
    else if (state === 'paused') this.runner.step();
    else this.#start(true);
  }

  #reset(): void {
    this.#due = false;
    this.#forget();
    this.runner.reset();
  }

  #forget(): void {
    this.#domains = [];
    this.#focus = null;
    this.#pinned = null;
  }

  async #open(file: File): Promise<void> {
    const { experiment } = this.#experiment.specOf(this.#settings);
    const { readResult } = await late(import('../figure/result-file.ts'));
    const result = await readResult(file, experiment);
    this.#due = false;
    this.#forget();
    this.runner.show(result);
  }

  /** What is on the screen: the live result, or before it has a number the one from when the site was built. */
  #shown(): Result | null {
    const { result } = this.runner;
    if (result && this.#panels.some(({ kind }) => hasPoints(seriesOf(result, kind, this.#experiment)))) {
      return result;
    }
    return firstResultFor(this.#experiment.specOf(this.#settings), this.#first) ?? result;
  }

  #pictures(): Picture[] {
    return [
      ...this.#panels.map(({ kind, svg }) => ({ title: kind.title, picture: svg })),
      { title: this.#experiment.overview.title, picture: this.#overview.svg },
      ...(this.#companion ? [this.#companion.picture()] : []),
    ];
  }

  #focusOn(focus: Focus | null): void {
    if (focus?.curve === this.#focus?.curve && focus?.n === this.#focus?.n) return;
    this.#focus = focus;
    // At once: the next key goes on from here.
    this.#drawing.now();
  }

  #pin(curve: number | null): void {
    this.#pinned = curve;
    this.#drawing.now();
  }

  /** That a run goes on is said at once, what became of it when it is drawn. */
  #scheduleDraw(): void {
    if (this.runner.state === 'running') set(this, { 'data-state': 'running' });
    this.#drawing.ask();
  }

  #partsToDraw(): Work[] {
    const result = this.#shown();
    const { sweep, laws, expectedRates } = this.#experiment;
    const all = this.#panels.map(({ kind }) => (result ? seriesOf(result, kind, this.#experiment) : []));
    const complete = result?.complete ?? false;
    this.#domains = all.map((series, index) =>
      fitDomain(
        this.#domains[index] ?? null,
        series.flatMap(({ points }) => points),
        complete,
      ),
    );
    const found = referenceKinds(result, this.#experiment);
    const kinds: ReferenceKind[] = result ? found : expectedRates(this.#settings.law ?? laws[0]);
    const names = kinds.map(({ name }) => name);
    const pinned = this.#pinned === null ? null : { curve: this.#pinned, n: null };
    const focus = this.#focus ?? pinned;
    const panels = this.#panels.map((panel, index) => () => {
      const series = all[index] ?? [];
      panel.draw({
        series,
        referenceNames: names,
        x: rangeOf(result, this.#settings),
        y: this.#domains[index] ?? [0.01, 1],
        focus,
        description: describe(panel.kind.title, series),
      });
    });
    const charts = [...panels, () => this.#overview.draw(result, names, focus)];
    const tables = () => {
      this.#legend.draw(kinds);
      this.#slopes.draw(this.#settings.sweep, names, result);
      this.#numbers.draw(result);
      this.#tools.draw();
    };
    const early = result !== null && this.runner.result !== result;
    const idle = early ? 'computed when this page was built' : `nothing measured yet at these ${sweep.name}`;
    const { state } = this.runner;
    const words = () => {
      this.#runBar.draw(idle);
      this.#controls.showProblem(this.runner.problem);
      say(this.#readout, this.#pointedAt(all, focus));
    };
    const attributes = () => {
      if (!this.isConnected) return;
      if (!this.hasAttribute('data-first-points-ms') && all.some(hasPoints)) {
        set(this, { 'data-first-points-ms': Math.round(performance.now()) });
      }
      this.#announce(state, all);
      if (state === this.runner.state) set(this, { 'data-state': state });
      set(this, { 'data-shown': early ? 'first' : 'live' });
      set(this, { 'data-held': this.runner.held, 'data-pinned': this.#pinned });
      set(this, { 'data-cancel-ms': this.runner.cancelMilliseconds });
    };
    // Words are there before they are laid out, so that nothing moves.
    const [first, ...others] = this.#toLayOut.map(() => () => {
      this.#toLayOut.shift()?.();
      return true;
    });
    if (first) return [tables, words, first, ...charts, ...others, attributes];
    return [...charts, tables, words, attributes];
  }

  #pointedAt(all: readonly Series[][], focus: Focus | null): string {
    if (!focus) return 'Point at a mark, or use the arrow keys, to read it off.';
    const [first] = all;
    const curve = first?.[focus.curve];
    if (!curve) return '';
    if (focus.n === null) {
      const { fit } = curve;
      return `${curve.name}${fit ? `: slope ${slopeWithError(fit.slope, fit.se)}` : ''}`;
    }
    const points = all.map((series) => series[focus.curve]?.points.find(({ n }) => n === focus.n));
    const parts = points.flatMap((point, index) =>
      point ? [`${this.#panels[index]?.kind.noun} ${estimate(point)}`] : [],
    );
    const count = points.find((point) => point !== undefined)?.count ?? 0;
    return `${curve.name}, n = ${whole(focus.n)}: ${parts.join(', ')}, over ${whole(count)} replicates`;
  }

  /** Tells a screen reader when something begins or ends, not at every step. */
  #announce(state: RunState, all: readonly Series[][]): void {
    if (state === this.#announced || (state !== 'done' && this.#announced === '')) return;
    this.#announced = state;
    say(this.#announcement, state === 'done' ? `Run finished. ${this.#slopesInWords(all)}` : `Run ${state}.`);
  }

  #slopesInWords(all: readonly Series[][]): string {
    return this.#panels
      .map(({ kind }, index) => {
        const parts = (all[index] ?? []).flatMap(({ name, fit }) =>
          fit ? [`${slopeWithError(fit.slope, fit.se)} at ${name}`] : [],
        );
        return parts.length > 0 ? `${kind.title}: slope ${parts.join(', ')}.` : '';
      })
      .join(' ');
  }
}

function hasPoints(series: readonly Series[]): boolean {
  return series.some(({ points }) => points.length > 0);
}
