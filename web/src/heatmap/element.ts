import { core, type QueriesAndKeys, type Spec } from '../base/core.ts';
import { html, say, set } from '../base/dom.ts';
import { measure, whole } from '../base/format.ts';
import type { Work } from '../base/frames.ts';
import { Latest } from '../base/latest.ts';
import { ColourBar } from '../chart/colour-bar.ts';
import colourBarStyle from '../chart/colour-bar.css?inline';
import { ColourScale } from '../chart/colour-scale.ts';
import { defaultSettings, specOf, type ExperimentKind } from '../experiment/kind.ts';
import type { Settings } from '../experiment/settings.ts';
import { Figure } from '../figure/figure.ts';
import { late } from '../figure/late.ts';
import runBarStyle from '../figure/run-bar.css?inline';
import { RunBar } from '../figure/run-bar.ts';
import type { RunState } from '../figure/run.ts';
import { Tools } from '../figure/tools.ts';
import { csvOf } from './csv.ts';
import { Grid, type Cell } from './grid.ts';
import style from './heatmap.css?inline';
import { clear, paint } from './paint.ts';
import { requestOf, TileRun, type Source } from './tile-run.ts';
import { Tiles, type PixelRange } from './tiles.ts';
import { ViewControls } from './view-controls.ts';
import { defaultView, type Part, type View } from './view.ts';
import { coveredBy, isSamePart, moved, partOf, pixelsOf, windowOf, type Point } from './viewport.ts';
import { summarise } from './weights.ts';
import { describe } from './words.ts';

/** What the reader has given, in place of the settings. */
type Opened = { name: string } & (
  { spec: Spec; horizons: number[] } | { arrays: QueriesAndKeys; files: { queries: string; keys: string } }
);

/** As many as a picture's tiles can stand for. */
const mostRows = 65536;

/** While tiles arrive, the picture is painted anew every so many milliseconds. */
const repaint = 150;

/** Whose settings it shows the tokens of. */
export function heatmapFigure(kind: ExperimentKind): CustomElementConstructor {
  return class extends HeatmapFigure {
    constructor() {
      super(kind);
    }
  };
}

/**
 * `<asymptoken-heatmap>`: the softmax weights between the first tokens of the settings' law, or between queries and keys
 * of the reader's. Computes the tiles that are visible and not known, at the resolution of the screen, while it is on the
 * screen. `settingschange` and `viewchange` say that the reader changed something.
 */
abstract class HeatmapFigure extends Figure {
  readonly #kind: ExperimentKind;
  #settings: Settings;
  #view: View = { ...defaultView };
  #opened: Opened | null = null;
  #tiles = new Tiles({ queries: 1, keys: 1 });
  /** Pooled weights on the screen, and where they lie. */
  #drawn: { weights: Float32Array; range: PixelRange } | null = null;
  #scale: ColourScale | null = null;
  #cell: Cell | null = null;
  /** What pointers have made of the part shown, before it is rounded to whole tokens. */
  #between: Part | null = null;
  #reading = new AbortController();
  /** What is to be shown has not been asked for yet. */
  #due = true;
  #announced: RunState = 'idle';
  readonly #latest = new Latest();
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
  readonly #tools: Tools;

  constructor(kind: ExperimentKind) {
    super([runBarStyle, colourBarStyle, style]);
    this.#kind = kind;
    this.#settings = defaultSettings(kind);
    this.#tools = new Tools(this, {
      name: 'asymptoken-weights',
      spec: () => this.#spec,
      command: () => this.#command(),
      csv: () => this.#csv(),
      pictures: () => [{ title: 'Softmax weights', picture: this.#grid.svg, image: this.#grid.canvas }],
      result: null,
      openers: [
        { what: 'spec', ending: '.json', open: ([file]) => this.#openSpec(file!) },
        { what: 'array', ending: '.npy', open: (files) => this.#openArrays(files) },
      ],
    });
    const side = [this.#runBar, this.#controls].map(({ element }) => element);
    const words = [this.#close, this.#problem, this.#words];
    const main = [this.#bar.element, this.#grid.element, this.#readout, this.#tools.element];
    this.#close.addEventListener('click', () => this.#take(null));
    this.root.append(this.#announcement);
    this.layOut([html('div', { class: 'main' }, ...main), html('div', { class: 'side' }, ...side, ...words)]);
    this.#tiles = new Tiles(this.#source);
    this.#drawControls();
  }

  protected override shown(visible: boolean): void {
    this.#run.held = !visible;
    if (visible && this.#due) this.#show();
  }

  protected override left(): void {
    if (this.#run.state === 'running') this.#due = true;
    this.#run.cancel();
  }

  /** In a frame of its own: it needs the page laid out, which takes as long as setting up the figure. */
  protected override picture(): Work[] {
    return [() => this.#redraw()];
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
    const part = this.#partOf(view);
    this.#view = { ...view, window: windowOf(part, this.#sideOf(view)) };
    this.#drawControls();
    const renewed = view.tokens !== before.tokens || view.head !== before.head;
    if (renewed) this.#renew();
    // Other colours need no weight that is not there.
    if (renewed || this.#due || !isSamePart(part, this.#partOf(before))) this.#show();
    else this.#redraw();
  }

  /** The sweep of n plays no part in the matrix; one valid point keeps its errors out of this figure. */
  get #spec(): Spec {
    const { tokens: n } = this.#view;
    const one = { from: n, to: n, points: 1, replicates: 1 };
    const opened = this.#opened;
    if (opened && 'spec' in opened) return { ...opened.spec, tokens: { from: n, to: n, count: 1 } };
    return specOf(this.#kind, { ...this.#settings, ...one });
  }

  get #source(): Source {
    const opened = this.#opened;
    const { tokens: n, head } = this.#view;
    if (opened && 'arrays' in opened) {
      const { queries, keys } = opened.arrays;
      return { of: opened.arrays, queries: queries.shape[0]!, keys: keys.shape[0]!, head: 0 };
    }
    return { of: this.#spec, queries: n, keys: n, head: Math.min(head, this.#horizons.length - 1) };
  }

  /** Of queries and keys of the reader's: none. */
  get #horizons(): readonly number[] {
    const opened = this.#opened;
    if (!opened) return this.#settings.sweep;
    return 'spec' in opened ? opened.horizons : [];
  }

  /** Of the square that the matrix lies in. */
  #sideOf({ tokens }: View): number {
    const opened = this.#opened;
    if (!opened || 'spec' in opened) return tokens;
    const { queries, keys } = opened.arrays;
    return Math.max(queries.shape[0]!, keys.shape[0]!);
  }

  #partOf(view: View): Part {
    return partOf({ tokens: this.#sideOf(view), window: view.window });
  }

  get #range(): PixelRange {
    return pixelsOf(this.#partOf(this.#view), this.#grid.room);
  }

  async #openSpec(file: File): Promise<void> {
    const { readSpec } = await late(import('../figure/files.ts'));
    const spec = await readSpec(file);
    const { asymptoken } = await core();
    const heads = await asymptoken.heads(spec);
    this.#take({ name: file.name, spec, horizons: heads.map(({ horizon }) => horizon) });
  }

  /** One array is queries and keys at once; of two, the one whose name says so is the queries, or the first. */
  async #openArrays(files: readonly File[]): Promise<void> {
    if (files.length > 2) throw new Error(`${files.length} arrays are too many; expected queries and keys.`);
    const { readArray } = await late(import('../figure/files.ts'));
    const isKeys = ({ name }: File) => /^k/i.test(name);
    const sorted = [...files].sort((a, b) => Number(isKeys(a)) - Number(isKeys(b)));
    const [queries, keys] = [await readArray(sorted[0]!), await readArray(sorted.at(-1)!)];
    for (const { name, array } of [queries, keys]) {
      const [rows = 0] = array.shape;
      if (rows > mostRows)
        throw new Error(`${name} has ${whole(rows)} rows; expected at most ${whole(mostRows)}.`);
    }
    // What does not fit together is said before anything that is shown goes away.
    const { asymptoken } = await core();
    const arrays = { queries: queries.array, keys: keys.array };
    await asymptoken.heatmap(arrays, { rows: [0, 1], columns: [0, 1] });
    const names = [...new Set([queries.name, keys.name])];
    this.#take({
      name: names.join(' and '),
      arrays,
      files: { queries: queries.name, keys: keys.name },
    });
  }

  /** null: what the settings say. */
  #take(opened: Opened | null): void {
    this.#opened = opened;
    this.#view = { ...this.#view, window: null };
    this.#drawControls();
    this.#renew();
    this.#show();
  }

  #reseed(seed: number): void {
    const opened = this.#opened;
    if (opened && 'spec' in opened) return this.#take({ ...opened, spec: { ...opened.spec, seed } });
    this.settings = { ...this.#settings, seed };
    this.dispatchEvent(new CustomEvent<Settings>('settingschange', { detail: this.#settings }));
  }

  #drawControls(): void {
    const horizons = this.#horizons;
    this.#controls.show(this.#view, horizons.length > 0 ? { horizons, seed: this.#spec.seed! } : null);
    set(this.#close, { hidden: this.#opened === null });
    say(this.#close, `Close ${this.#opened?.name ?? ''}`);
  }

  #change(view: View): void {
    this.view = view;
    this.dispatchEvent(new CustomEvent<View>('viewchange', { detail: this.#view }));
  }

  #showPart(part: Part): void {
    this.#change({ ...this.#view, window: windowOf(part, this.#sideOf(this.#view)) });
  }

  #move(from: Point, to: Point, factor: number): void {
    const shown = this.#partOf(this.#view);
    const tokens = this.#sideOf(this.#view);
    const goesOn = isSamePart(partOf({ tokens, window: this.#between }), shown);
    this.#between = moved((goesOn && this.#between) || shown, from, to, factor, tokens);
    this.#showPart(this.#between);
  }

  /** About the cell pointed at, or the middle. 0 shows the whole matrix. */
  #zoom(factor: number): void {
    const part = this.#partOf(this.#view);
    const tokens = this.#sideOf(this.#view);
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
    this.#tiles = new Tiles(this.#source);
    this.#run.reset();
  }

  /** What is known at once; the rest when it is on the screen. What is paused stays so. */
  #show(): void {
    this.#due = !this.visible;
    if (this.visible) {
      const paused = this.#run.state === 'paused';
      this.#run.start(this.#source, this.#tiles, this.#range, { paused });
    } else this.draw();
  }

  /** After a cancel it goes on from there; else everything is computed anew. */
  #startByHand(step = false): void {
    const { state } = this.#run;
    if (state === 'done' || state === 'idle') this.#tiles = new Tiles(this.#source);
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
    this.#runBar.draw('nothing computed yet');
    say(this.#problem, problem);
    set(this, { 'data-held': held, 'data-cancel-ms': cancelMilliseconds });
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
    const { queries, keys, head } = this.#source;
    const tiles = this.#tiles;
    const range = this.#range;
    const width = range.columns[1] - range.columns[0];
    const weights = tiles.picture(range, pooling);
    const summary = await summarise(weights, width);
    set(this, { 'data-n': queries, 'data-head': head, 'data-level': range.level });
    if (summary) {
      const scale = new ColourScale(colour, summary);
      await paint(this.#grid.canvas, weights, width, scale);
      this.#drawn = { weights, range };
      this.#scale = scale;
      const block = 2 ** range.level;
      this.#bar.explain(block === 1 ? '' : `: each pixel the ${pooling} of ${block} × ${block}`);
      const horizon = this.#horizons[head] ?? null;
      const of = this.#opened?.name ?? null;
      const part = this.#partOf(this.#view);
      const { participation } = tiles;
      const fraction = this.#run.state === 'done' ? 1 : (this.#run.progress?.fraction ?? 1);
      say(
        this.#words,
        describe({ queries, keys, of, horizon, part, range, pooling, summary, participation, fraction }),
      );
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
    const { row, column, size } = this.#partOf(this.#view);
    const past = (index: number, start: number) =>
      index < start ? index - start : Math.max(0, index - (start + size - 1));
    const [down, right] = [past(cell.row, row), past(cell.column, column)];
    if (down !== 0 || right !== 0) this.#showPart({ row: row + down, column: column + right, size });
  }

  #drawCell(): void {
    if (!this.#drawn) return;
    this.#grid.draw(this.#tiles.side, coveredBy(this.#drawn.range), this.#cell);
    this.#reading.abort();
    if (!this.#cell) return this.#read(null, null);
    const known = this.#tiles.weight(this.#cell.row, this.#cell.column);
    this.#read(this.#cell, known);
    if (known === null) void this.#readExactly(this.#cell);
  }

  /** Where a pixel stands for many weights, the one pointed at is asked for. */
  async #readExactly(cell: Cell): Promise<void> {
    const { signal } = (this.#reading = new AbortController());
    const source = this.#source;
    const { row, column } = cell;
    const tiles = this.#tiles;
    const rows: [number, number] = [row, row + 1];
    const columns: [number, number] = [column, column + 1];
    try {
      const { asymptoken } = await core();
      const { weights } = await asymptoken.heatmap(source.of, {
        ...requestOf(source),
        rows,
        columns,
        signal,
      });
      tiles.addWeight(row, column, weights[0]!);
      this.#read(cell, weights[0]!);
    } catch {
      // Another cell is pointed at.
    }
  }

  #read(cell: Cell | null, weight: number | null): void {
    const { keys } = this.#tiles;
    this.#bar.draw(this.#scale, weight);
    set(this.#readout, { 'data-weight': weight, 'data-row': cell?.row, 'data-column': cell?.column });
    if (!cell) return say(this.#readout, 'Point at a cell, or use the arrow keys, to read off its weight.');
    const place = `Query ${whole(cell.row + 1)}, key ${whole(cell.column + 1)}`;
    const share = weight === null ? '' : `${measure(weight)}, ${measure(weight * keys)} times an equal share`;
    say(this.#readout, `${place}: weight ${share || '…'}`);
  }

  /** What writes the CSV of the picture. */
  #command(): string {
    const { queries, keys, head } = this.#source;
    const { level, rows, columns } = this.#range;
    const side = 2 ** level;
    const range = (name: string, [first, last]: [number, number], size: number) => {
      const [from, to] = [first * side, Math.min(last * side, size)];
      return to - from < size ? ` --${name} ${from}:${to}` : '';
    };
    const pooled = level > 0 ? ` --side ${side} --pooling ${this.#view.pooling}` : '';
    const part = range('rows', rows, queries) + range('columns', columns, keys);
    const opened = this.#opened;
    const what =
      opened && 'files' in opened
        ? `--queries ${opened.files.queries} --keys ${opened.files.keys}`
        : `asymptoken-weights.spec.json --head ${head}`;
    return `asymptoken weights ${what}${part}${pooled} --output asymptoken-weights.csv`;
  }

  #csv(): Promise<string> | null {
    if (!this.#drawn) return null;
    const range = this.#tiles.within(this.#drawn.range);
    const weights = this.#tiles.picture(range, this.#view.pooling);
    return Promise.resolve(csvOf(weights, range.columns[1] - range.columns[0]));
  }
}
