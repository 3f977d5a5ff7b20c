import { core, type Spec } from '../core.ts';
import { Latest } from '../latest.ts';
import { html, say, set, sheet } from '../dom.ts';
import { moments } from '../experiments/moments.ts';
import type { Settings } from '../experiments/settings.ts';
import { readSpec } from '../figure/spec-file.ts';
import { RunBar } from '../figure/run-bar.ts';
import type { RunState } from '../figure/run.ts';
import { Tools } from '../figure/tools.ts';
import { Visibility } from '../figure/visibility.ts';
import { measure, whole } from '../format.ts';
import { inFrame } from '../frames.ts';
import runBarStyle from '../figure/run-bar.css?inline';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { defaultView, type Part, type View } from '../view.ts';
import { ColourBar } from './colour-bar.ts';
import { WeightScale } from './colour-scale.ts';
import { csvOf } from './csv.ts';
import { firstTiles } from './first-weights.ts';
import { Grid, type Cell } from './grid.ts';
import colourBarStyle from './colour-bar.css?inline';
import style from './heatmap.css?inline';
import { clear, paint } from './paint.ts';
import { TileRun, type Source } from './tile-run.ts';
import { Tiles, type PixelRange } from './tiles.ts';
import { ViewControls } from './view-controls.ts';
import { coveredBy, isSamePart, moved, partOf, pixelsOf, windowOf, type Point } from './viewport.ts';
import { summarise } from './weights.ts';
import { describe } from './words.ts';

const sheets = [theme, figureStyle, runBarStyle, colourBarStyle, style].map(sheet);

/** A spec of the reader's own, in place of the settings. */
interface Opened {
  name: string;
  spec: Spec;
  /** Of its heads. */
  horizons: number[];
}

/** While tiles arrive, the picture is painted anew every so many milliseconds. */
const repaint = 150;

/**
 * `<asymptoken-heatmap>`: the softmax weights between the first tokens of the settings' law. Opens with what the core
 * found when the site was built; computes the tiles that are visible and not known, at the resolution of the screen,
 * while it is on the screen. `settingschange` and `viewchange` say that the reader changed something.
 */
export class HeatmapFigure extends HTMLElement {
  #settings: Settings = { ...moments.defaults };
  #view: View = { ...defaultView };
  #opened: Opened | null = null;
  /** Those that come with the page. */
  #first: Tiles | null = firstTiles(this.#source);
  #tiles = this.#first ?? new Tiles(this.#view.tokens);
  /** Pooled weights on the screen, and where they lie. */
  #drawn: { weights: Float32Array; range: PixelRange } | null = null;
  #scale: WeightScale | null = null;
  #cell: Cell | null = null;
  /** What pointers have made of the part shown, before it is rounded to whole tokens. */
  #between: Part | null = null;
  #reading = new AbortController();
  #visible = false;
  /** What is to be shown has not been asked for yet. */
  #due = true;
  #announced: RunState = 'idle';
  readonly #latest = new Latest();
  /** In a frame of its own: it needs the page laid out, which takes as long as setting up the figure. */
  readonly #redrawLater = () => this.#redraw();
  #asked = 0;
  #paintedAt = -Infinity;

  readonly #run = new TileRun(() => this.#ran());
  readonly #runBar = new RunBar(this.#run, {
    start: () => this.#startByHand(),
    step: () => this.#step(),
    reset: () => this.#renew(),
  });
  readonly #controls = new ViewControls({
    view: (view) => this.#change(view),
    seed: (seed) => this.#reseed(seed),
    zoom: (factor) => this.#zoom(factor),
    refuse: (problem) => this.#run.refuse(problem),
  });
  readonly #bar = new ColourBar('Softmax weight', 'weight');
  readonly #grid = new Grid({
    pointTo: (cell, byKey) => this.#pointTo(cell, byKey),
    move: (from, to, factor) => this.#move(from, to, factor),
    zoom: (factor) => this.#zoom(factor),
    resized: () => this.#show(),
  });
  readonly #readout = html('p', { class: 'readout' });
  readonly #words = html('p', { class: 'summary', id: 'summary' });
  readonly #close = html('button', { type: 'button', 'data-action': 'close-spec', hidden: true });
  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });
  readonly #tools = new Tools({
    name: 'asymptoken-weights',
    spec: () => this.#source.spec,
    command: () => this.#command(),
    openSpec: (file) => this.#openSpec(file),
    csv: () => this.#csv(),
    pictures: () => [{ title: 'Softmax weights', picture: this.#grid.svg, image: this.#grid.canvas }],
    results: null,
  });
  readonly #visibility = new Visibility(this, (visible) => {
    this.#visible = visible;
    this.#run.held = !visible;
    if (visible && this.#due) this.#show();
  });

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const side = html(
      'div',
      { class: 'side' },
      this.#runBar.element,
      this.#controls.element,
      this.#close,
      this.#problem,
      this.#words,
    );
    const main = html(
      'div',
      { class: 'main' },
      this.#bar.element,
      this.#grid.element,
      this.#readout,
      this.#tools.element,
    );
    root.append(html('div', { class: 'figure' }, main, side), this.#announcement);
    this.#close.addEventListener('click', () => this.#take(null));
    this.#drawControls();
  }

  connectedCallback(): void {
    this.#visibility.observe();
    inFrame(this.#redrawLater);
  }

  disconnectedCallback(): void {
    this.#visibility.disconnect();
    this.#visible = false;
    // Put back, it starts again.
    if (this.#run.state === 'running') this.#due = true;
    this.#run.cancel();
  }

  get settings(): Settings {
    return this.#settings;
  }

  set settings(settings: Settings) {
    const before = this.#settings;
    this.#settings = settings;
    const same = (['law', 'dimension', 'seed'] as const).every((key) => settings[key] === before[key]);
    if (!same || String(settings.sweep) !== String(before.sweep)) this.#take(null);
  }

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    const before = this.#view;
    const part = partOf(view);
    this.#view = { ...view, window: windowOf(part, view.tokens) };
    this.#drawControls();
    const renewed = view.tokens !== before.tokens || view.head !== before.head;
    if (renewed) this.#renew();
    // Other colours need no weight that is not there.
    if (renewed || this.#due || !isSamePart(part, partOf(before))) this.#show();
    else this.#redraw();
  }

  /** The sweep of n plays no part in the matrix; one valid point keeps its errors out of this figure. */
  get #source(): Source {
    const { tokens: n, head } = this.#view;
    const spec = this.#opened
      ? { ...this.#opened.spec, tokens: { from: n, to: n, count: 1 } }
      : moments.specOf({ ...this.#settings, from: n, to: n, points: 1, replicates: 1 });
    return { spec, n, head: Math.min(head, this.#horizons.length - 1) };
  }

  get #horizons(): readonly number[] {
    return this.#opened?.horizons ?? this.#settings.sweep;
  }

  get #range(): PixelRange {
    return pixelsOf(partOf(this.#view), this.#grid.room);
  }

  async #openSpec(file: File): Promise<void> {
    const { asymptoken } = await core();
    const spec = await asymptoken.complete(await readSpec(file));
    const heads = await asymptoken.heads(spec);
    this.#take({ name: file.name, spec, horizons: heads.map(({ horizon }) => horizon) });
  }

  /** null: what the settings say. */
  #take(opened: Opened | null): void {
    this.#opened = opened;
    this.#drawControls();
    this.#renew();
    this.#show();
  }

  #reseed(seed: number): void {
    if (this.#opened) return this.#take({ ...this.#opened, spec: { ...this.#opened.spec, seed } });
    this.settings = { ...this.#settings, seed };
    this.dispatchEvent(new CustomEvent<Settings>('settingschange', { detail: this.#settings }));
  }

  #drawControls(): void {
    const seed = Number(this.#opened?.spec['seed'] ?? this.#settings.seed);
    this.#controls.show(this.#view, this.#horizons, seed);
    set(this.#close, { hidden: this.#opened === null });
    say(this.#close, `Close ${this.#opened?.name ?? ''}`);
  }

  #change(view: View): void {
    this.view = view;
    this.dispatchEvent(new CustomEvent<View>('viewchange', { detail: this.#view }));
  }

  #showPart(part: Part): void {
    this.#change({ ...this.#view, window: windowOf(part, this.#view.tokens) });
  }

  #move(from: Point, to: Point, factor: number): void {
    const shown = partOf(this.#view);
    const { tokens } = this.#view;
    const goesOn = isSamePart(partOf({ tokens, window: this.#between }), shown);
    this.#between = moved((goesOn && this.#between) || shown, from, to, factor, tokens);
    this.#showPart(this.#between);
  }

  /** About the cell pointed at, or the middle. 0 shows the whole matrix. */
  #zoom(factor: number): void {
    const part = partOf(this.#view);
    const { tokens } = this.#view;
    if (factor === 0) return this.#showPart({ row: 0, column: 0, size: tokens });
    const at = this.#cell
      ? { x: (this.#cell.column - part.column) / part.size, y: (this.#cell.row - part.row) / part.size }
      : { x: 0.5, y: 0.5 };
    this.#showPart(moved(part, at, at, factor, tokens));
  }

  /** Back to before anything has been computed. */
  #renew(): void {
    this.#due = false;
    this.#cell = null;
    this.#first = firstTiles(this.#source);
    this.#tiles = this.#first ?? new Tiles(this.#view.tokens);
    this.#run.reset();
  }

  /** What is known at once; the rest when it is on the screen. What is paused stays so. */
  #show(): void {
    this.#due = !this.#visible;
    if (this.#visible) {
      const paused = this.#run.state === 'paused';
      this.#run.start(this.#source, this.#tiles, this.#range, { paused });
    } else inFrame(this.#redrawLater);
  }

  /** After a cancel it goes on from there; else everything is computed anew. */
  #startByHand(step = false): void {
    const { state } = this.#run;
    if (state === 'done' || state === 'idle') {
      this.#first = null;
      this.#tiles = new Tiles(this.#view.tokens);
    }
    this.#run.start(this.#source, this.#tiles, this.#range, { step });
  }

  #step(): void {
    const { state } = this.#run;
    if (state === 'running') this.#run.pause();
    else if (state === 'paused') this.#run.step();
    else this.#startByHand(true);
  }

  /** Something has been computed, or the run's state is another. */
  #ran(): void {
    const { state } = this.#run;
    this.#drawRun();
    if (state === 'running') set(this, { 'data-state': state });
    if (state !== 'running' || performance.now() - this.#paintedAt > repaint) this.#redraw();
  }

  #drawRun(): void {
    const { state, outcome, problem, held, cancelMilliseconds } = this.#run;
    const early = this.#first !== null;
    this.#runBar.draw(early ? 'computed when this page was built' : 'nothing computed yet');
    say(this.#problem, problem);
    set(this, {
      'data-shown': early ? 'first' : 'live',
      'data-held': held,
      'data-cancel-ms': cancelMilliseconds,
    });
    if (state === this.#announced) return;
    // Tells a screen reader when something begins or ends that takes time, not at every step.
    if (this.#announced === 'running' || this.#announced === 'paused') {
      say(this.#announcement, state === 'done' ? `Run finished: ${outcome}.` : `Run ${state}.`);
    }
    this.#announced = state;
  }

  /** One picture after the other, and of those asked for meanwhile only the last. */
  #redraw(): void {
    const asked = ++this.#asked;
    this.#latest.ask(async () => {
      await this.#draw();
      this.#paintedAt = performance.now();
      if (asked === this.#asked) set(this, { 'data-state': this.#run.state });
    });
  }

  async #draw(): Promise<void> {
    const { pooling, colour } = this.#view;
    const { n, head } = this.#source;
    const tiles = this.#tiles;
    const range = this.#range;
    const width = range.columns[1] - range.columns[0];
    const weights = tiles.picture(range, pooling);
    const summary = await summarise(weights, width);
    set(this, { 'data-n': n, 'data-head': head, 'data-level': range.level });
    if (summary) {
      const scale = new WeightScale(colour, summary);
      await paint(this.#grid.canvas, weights, width, scale);
      this.#drawn = { weights, range };
      this.#scale = scale;
      const block = 2 ** range.level;
      this.#bar.explain(block === 1 ? '' : `: each pixel the ${pooling} of ${block} × ${block}`);
      const horizon = this.#horizons[head] ?? 0;
      const of = this.#opened?.name ?? null;
      const part = partOf(this.#view);
      const { participation } = tiles;
      const fraction = this.#run.state === 'done' ? 1 : (this.#run.progress?.fraction ?? 1);
      say(this.#words, describe({ n, of, horizon, part, range, pooling, summary, participation, fraction }));
    } else if (this.#run.state === 'idle') {
      clear(this.#grid.canvas);
      this.#drawn = null;
      say(this.#words, '');
    }
    this.#drawCell();
    this.#tools.draw();
  }

  #pointTo(cell: Cell | null, byKey: boolean): void {
    this.#cell = cell;
    if (cell && byKey) this.#follow(cell);
    this.#drawCell();
    if (byKey) say(this.#announcement, this.#readout.textContent);
  }

  /** Moves the part so that the cell stays in it. */
  #follow(cell: Cell): void {
    const { row, column, size } = partOf(this.#view);
    const past = (index: number, start: number) =>
      index < start ? index - start : Math.max(0, index - (start + size - 1));
    const [down, right] = [past(cell.row, row), past(cell.column, column)];
    if (down !== 0 || right !== 0) this.#showPart({ row: row + down, column: column + right, size });
  }

  #drawCell(): void {
    if (!this.#drawn) return;
    this.#grid.draw(this.#tiles.n, coveredBy(this.#drawn.range), this.#cell);
    this.#reading.abort();
    if (!this.#cell) return this.#read(null, null);
    const known = this.#tiles.weight(this.#cell.row, this.#cell.column);
    this.#read(this.#cell, known);
    if (known === null) void this.#readExactly(this.#cell);
  }

  /** Where a pixel stands for many weights, the one pointed at is asked for. */
  async #readExactly(cell: Cell): Promise<void> {
    const { signal } = (this.#reading = new AbortController());
    const { spec, n, head } = this.#source;
    const { row, column } = cell;
    const tiles = this.#tiles;
    const rows: [number, number] = [row, row + 1];
    const columns: [number, number] = [column, column + 1];
    try {
      const { asymptoken } = await core();
      const { weights } = await asymptoken.heatmap(spec, { n, head, rows, columns, signal });
      tiles.addWeight(row, column, weights[0]!);
      this.#read(cell, weights[0]!);
    } catch {
      // Another cell is pointed at.
    }
  }

  #read(cell: Cell | null, weight: number | null): void {
    const { n } = this.#tiles;
    this.#bar.draw(this.#scale, weight);
    set(this.#readout, { 'data-weight': weight, 'data-row': cell?.row, 'data-column': cell?.column });
    if (!cell) return say(this.#readout, 'Point at a cell, or use the arrow keys, to read off its weight.');
    const place = `Query ${whole(cell.row + 1)}, key ${whole(cell.column + 1)}`;
    const share = weight === null ? '' : `${measure(weight)}, ${measure(weight * n)} times an equal share`;
    say(this.#readout, `${place}: weight ${share || '…'}`);
  }

  /** What writes the CSV of the picture. */
  #command(): string {
    const { n, head } = this.#source;
    const { level, rows, columns } = this.#range;
    const side = 2 ** level;
    const range = (name: string, [first, last]: [number, number]) => {
      const [from, to] = [first * side, Math.min(last * side, n)];
      return to - from < n ? ` --${name} ${from}:${to}` : '';
    };
    const pooled = level > 0 ? ` --side ${side} --pooling ${this.#view.pooling}` : '';
    const part = range('rows', rows) + range('columns', columns);
    return `asymptoken weights asymptoken-weights.spec.json --head ${head}${part}${pooled} --output asymptoken-weights.csv`;
  }

  #csv(): string | null {
    if (!this.#drawn) return null;
    const { weights, range } = this.#drawn;
    return csvOf(weights, range.columns[1] - range.columns[0]);
  }
}
