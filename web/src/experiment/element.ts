import companionStyle from './companion.css?inline';
import { core, type Inputs, type Result, type Spec } from '../base/core.ts';
import { html, say, set } from '../base/dom.ts';
import { slopeWithError, titled, whole } from '../base/format.ts';
import type { Work } from '../base/frames.ts';
import chartStyle from '../chart/chart.css?inline';
import colourBarStyle from '../chart/colour-bar.css?inline';
import { CurvesPanel, describe } from '../chart/curves-panel.ts';
import { Legend } from '../chart/legend.ts';
import {
  domainOf,
  drawnMetrics,
  rangeOf,
  referenceKinds,
  seriesOf,
  type Domain,
  type DrawnMetric,
  type Focus,
  type Series,
} from '../chart/model.ts';
import { TrendPanel } from '../chart/trend-panel.ts';
import { Figure } from '../figure/figure.ts';
import type { NamedArray } from '../figure/files.ts';
import { late } from '../figure/late.ts';
import type { Picture } from '../figure/picture.ts';
import runBarStyle from '../figure/run-bar.css?inline';
import { RunBar } from '../figure/run-bar.ts';
import type { RunState } from '../figure/run.ts';
import { Tools } from '../figure/tools.ts';
import type { Companion } from './companion.ts';
import { Controls } from './controls.ts';
import style from './experiment.css?inline';
import { defaultSettings, firstResultFor, specOf, type ExperimentKind } from './kind.ts';
import { estimate, NumberTable } from './number-table.ts';
import { Runner } from './runner.ts';
import type { Settings } from './settings.ts';
import { SlopeTable } from './slope-table.ts';

/**
 * An experiment's metrics against n, measured live; what they are and how they are drawn is in the result. Shows what
 * the core found when the site was built until its own run has something; runs once it is on the screen and whenever
 * its settings change, and waits while it is off. `settingschange` says that the reader changed the settings.
 */
export abstract class ExperimentFigure extends Figure {
  readonly runner = new Runner(() => this.#runChanged());
  readonly #kind: ExperimentKind;
  readonly #first: Result;
  readonly #companion: Companion | null;
  /** What the companion shows, as JSON. */
  #companionSpec = '';
  #settings: Settings;
  /** Tokens of the reader's own, which take the place of a law. */
  #own: NamedArray | null = null;
  /** What is shown, or was before: it says what is measured where nothing has been yet. */
  #known: Result;
  readonly #domains = new Map<string, Domain | null>();
  #focus: Focus | null = null;
  /** A curve that stays in focus while nothing else is pointed at. */
  #pinned: number | null = null;
  #due = true;
  #starting = false;
  /** When what is drawn began to be. */
  #drawnState: RunState = 'idle';
  #announced = '';

  readonly #controls: Controls;
  readonly #runBar: RunBar;
  /** By metric, and by trend. */
  #curves = new Map<string, CurvesPanel>();
  #trends = new Map<string, TrendPanel>();
  readonly #panels = html('div', { class: 'panels' });
  readonly #legend = new Legend();
  readonly #readout = html('p', { class: 'readout' });
  readonly #slopes = new SlopeTable();
  readonly #numbers = new NumberTable();
  readonly #tools: Tools;
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });

  constructor(kind: ExperimentKind, first: Result, companion: Companion | null) {
    super([runBarStyle, chartStyle, colourBarStyle, companionStyle, style]);
    this.#kind = kind;
    this.#first = first;
    this.#known = first;
    this.#companion = companion;
    this.#settings = defaultSettings(kind);
    this.#controls = new Controls(
      kind,
      (settings) => {
        this.settings = settings;
        this.dispatchEvent(new CustomEvent<Settings>('settingschange', { detail: settings }));
      },
      (problem) => this.runner.refuse(problem),
      () => this.#takeTokens(null),
    );
    this.#runBar = new RunBar(this.runner, {
      start: () => this.#start(),
      step: () => this.#step(),
      reset: () => this.#reset(),
    });
    this.#tools = new Tools(this, {
      name: `asymptoken-${kind.name}`,
      spec: () => this.#shown?.spec ?? this.#spec,
      input: () => this.#own && { name: 'tokens', file: this.#own.name },
      csv: () => this.#csv(),
      pictures: () => this.#pictures(),
      result: () => this.#shown,
      openers: [
        { what: 'result', ending: '.json', open: ([file]) => this.#openResult(file!) },
        { what: 'array', ending: '.npy', open: (files) => this.#openArray(files) },
      ],
    });
    const charts = html('div', { class: 'charts' }, this.#panels, this.#legend.element, this.#readout);
    const results = html(
      'div',
      { class: 'results' },
      this.#slopes.element,
      this.#numbers.element,
      this.#tools.element,
    );
    this.root.append(this.#announcement);
    if (companion) charts.append(companion.element);
    this.#arrange();
    this.layOut([this.#runBar.element, charts], [results], [this.#controls.element]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#companion) this.#companion.held = false;
    set(this, { 'data-state': this.runner.state });
  }

  protected override left(): void {
    if (this.#companion) this.#companion.held = true;
    if (this.runner.state === 'running') this.#due = true;
    this.runner.cancel();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    this.#settings = settings;
    this.#renew();
  }

  get #spec(): Spec {
    const spec = specOf(this.#kind, this.#settings);
    if (this.#own) spec.law = { type: 'points', points: { input: 'tokens' } };
    return spec;
  }

  get #inputs(): Inputs {
    return this.#own ? { tokens: this.#own.array } : {};
  }

  /** What is measured is another thing. */
  #renew(): void {
    const own = this.#own;
    this.#controls.show(this.#settings, own && `${own.name}, ${own.array.shape.map(whole).join(' × ')}`);
    if (this.visible) this.#start();
    else this.#due = true;
    this.draw();
  }

  protected override shown(visible: boolean): void {
    this.runner.held = !visible;
    if (visible && this.#due) this.#start();
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
      const precision = this.#settings.precision / 100;
      void this.runner.start(this.#spec, { precision, step, inputs: this.#inputs });
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
    this.#domains.clear();
    this.#focus = null;
    this.#pinned = null;
  }

  async #openResult(file: File): Promise<void> {
    const { readResult } = await late(import('../figure/files.ts'));
    const result = await readResult(file);
    const [of, here] = [result.spec.experiment, this.#kind.builtin.spec.experiment];
    if (of !== here) throw new Error(`${file.name} is a result of “${of}”; this figure shows “${here}”.`);
    this.#due = false;
    this.#forget();
    this.runner.show(result);
  }

  async #openArray(files: readonly File[]): Promise<void> {
    if (files.length > 1) throw new Error(`${files.length} arrays are too many; expected one of tokens.`);
    const { readArray } = await late(import('../figure/files.ts'));
    this.#takeTokens(await readArray(files[0]!));
  }

  #takeTokens(own: NamedArray | null): void {
    this.#own = own;
    this.#renew();
  }

  /** What is on the screen: the live result, or before it has a number the one from when the site was built. */
  get #shown(): Result | null {
    const { result } = this.runner;
    if (result && hasNumbers(result)) return result;
    return this.#own ? result : (firstResultFor(this.#spec, this.#kind, this.#first) ?? result);
  }

  get #metrics(): DrawnMetric[] {
    return drawnMetrics(this.#known, this.#kind.metrics);
  }

  #csv(): Promise<string> | null {
    const result = this.#shown;
    return result && core().then(({ asymptoken }) => asymptoken.csv(result));
  }

  #pictures(): Picture[] {
    const curves = this.#metrics.map(({ id, title }) => ({
      title: titled(title),
      picture: this.#curves.get(id)!.svg,
    }));
    const trends = this.#known.trends.map(({ id, title }) => ({
      title: titled(title),
      picture: this.#trends.get(id)!.svg,
    }));
    return [...curves, ...trends, ...(this.#companion ? [this.#companion.picture()] : [])];
  }

  #focusOn(focus: Focus | null): void {
    if (focus?.curve === this.#focus?.curve && focus?.n === this.#focus?.n) return;
    this.#focus = focus;
    this.drawNow();
  }

  #pin(curve: number | null): void {
    this.#pinned = curve;
    this.drawNow();
  }

  /** That a run goes on is said at once, what became of it when it is drawn. */
  #runChanged(): void {
    if (this.runner.state === 'running') set(this, { 'data-state': 'running' });
    else this.#showCompanion();
    this.draw();
  }

  /** Once the figure has its own numbers; it shows tokens of a law in the plane. */
  #showCompanion(): void {
    const [companion, spec] = [this.#companion, JSON.stringify(this.#spec)];
    if (!companion || !this.visible) return;
    set(companion.element, { hidden: this.#own !== null });
    if (this.#own || spec === this.#companionSpec) return;
    this.#companionSpec = spec;
    companion.show(this.#spec);
  }

  /** A panel for each metric and trend. */
  #arrange(): void {
    const focusOn = (focus: Focus | null) => this.#focusOn(focus);
    this.#curves = new Map(this.#metrics.map((one) => [one.id, new CurvesPanel(one, focusOn)]));
    this.#trends = new Map(
      this.#known.trends.map((trend) => [
        trend.id,
        new TrendPanel(trend, focusOn, (curve) => this.#pin(curve)),
      ]),
    );
    const panels = [...this.#curves.values(), ...this.#trends.values()].map(({ element }) => element);
    if (this.#kind.trendsLead) panels.unshift(...panels.splice(this.#curves.size));
    set(this.#panels, { class: `panels of-${panels.length}` });
    this.#panels.replaceChildren(...panels);
  }

  #know(result: Result): void {
    const idsOf = ({ metrics, trends }: Result) => JSON.stringify([metrics, trends.map(({ id }) => id)]);
    const other = idsOf(result) !== idsOf(this.#known);
    this.#known = result;
    if (other) this.#arrange();
  }

  protected override picture(): Work[] {
    const result = this.#shown;
    this.#drawnState = this.runner.state;
    if (result) this.#know(result);
    const references = referenceKinds(this.#known, this.#metrics).map(({ id }) => id);
    const focus = this.#focusShown;
    const curves = this.#drawnSeries(result).map(({ metric, series }) => () => {
      const points = series.flatMap((one) => one.points);
      const before = this.#domains.get(metric.id) ?? null;
      const y = domainOf(metric.scale, before, points, result?.complete ?? false);
      this.#domains.set(metric.id, y);
      this.#curves.get(metric.id)!.draw({
        metric,
        series,
        references,
        x: rangeOf(result, this.#settings),
        y: y ?? (metric.scale === 'linear' ? [0, 1] : [0.01, 1]),
        focus,
        description: describe(metric, series),
      });
    });
    const trends = this.#known.trends.map((trend) => () => {
      const shown = result ? trend : { ...trend, lines: [], points: [] };
      this.#trends.get(trend.id)!.draw(shown, references, focus);
    });
    return [...curves, ...trends];
  }

  get #focusShown(): Focus | null {
    return this.#focus ?? (this.#pinned === null ? null : { curve: this.#pinned, n: null });
  }

  #drawnSeries(result: Result | null): { metric: DrawnMetric; series: Series[] }[] {
    return this.#metrics.map((metric) => ({
      metric,
      series: result ? seriesOf(result, metric) : [],
    }));
  }

  protected override words(): void {
    const result = this.#shown;
    const kinds = referenceKinds(this.#known, this.#metrics);
    this.#legend.draw(kinds);
    this.#slopes.draw(result, this.#metrics, kinds);
    this.#numbers.draw(result);
    this.#tools.draw();
    const nothing = `nothing measured yet at these ${this.#kind.sweep.name}`;
    this.#runBar.draw(this.#isEarly ? 'computed when this page was built' : nothing);
    this.#controls.showProblem(this.runner.problem);
    say(this.#readout, this.#pointedAt(result, this.#focusShown));
  }

  get #isEarly(): boolean {
    return this.#shown !== null && this.#shown !== this.runner.result;
  }

  protected override drawn(): void {
    if (!this.isConnected) return;
    const result = this.#shown;
    if (result && hasNumbers(result)) this.hasPoints();
    const { state, held, cancelMilliseconds } = this.runner;
    this.#announce(this.#drawnState, result);
    set(this, {
      ...(state === this.#drawnState && { 'data-state': state }),
      'data-shown': this.#isEarly ? 'first' : 'live',
      'data-held': held,
      'data-pinned': this.#pinned,
      'data-cancel-ms': cancelMilliseconds,
    });
  }

  #pointedAt(result: Result | null, focus: Focus | null): string {
    if (!focus) return 'Point at a mark, or use the arrow keys, to read it off.';
    const all = this.#drawnSeries(result);
    const curve = all[0]?.series[focus.curve];
    if (!curve) return '';
    if (focus.n === null) {
      const { fit } = curve;
      return `${curve.name}${fit ? `: slope ${slopeWithError(fit.slope, fit.error)}` : ''}`;
    }
    const points = all.flatMap(({ metric, series }) => {
      const point = series[focus.curve]?.points.find(({ n }) => n === focus.n);
      return point ? [{ metric, point }] : [];
    });
    const parts = points.map(({ metric, point }) => `${metric.title} ${estimate(point)}`);
    const count = points[0]?.point.count ?? 0;
    return `${curve.name}, n = ${whole(focus.n)}: ${parts.join(', ')}, over ${whole(count)} replicates`;
  }

  /** Tells a screen reader when something begins or ends, not at every step. */
  #announce(state: RunState, result: Result | null): void {
    if (state === this.#announced || (state !== 'done' && this.#announced === '')) return;
    this.#announced = state;
    const words = state === 'done' ? `Run finished. ${this.#slopesInWords(result)}` : `Run ${state}.`;
    say(this.#announcement, words);
  }

  #slopesInWords(result: Result | null): string {
    return this.#drawnSeries(result)
      .map(({ metric, series }) => {
        const parts = series.flatMap(({ name, fit }) =>
          fit ? [`${slopeWithError(fit.slope, fit.error)} at ${name}`] : [],
        );
        return parts.length > 0 ? `${titled(metric.title)}: slope ${parts.join(', ')}.` : '';
      })
      .join(' ');
  }
}

function hasNumbers({ curves }: Result): boolean {
  return curves.some(({ points }) => points.some(({ metrics }) => Object.values(metrics).some(Boolean)));
}
