import { core, sentence } from '../core.ts';
import { html, say, set, sheet } from '../dom.ts';
import { moments } from '../experiments/moments.ts';
import type { Settings } from '../experiments/settings.ts';
import { Tools } from '../figure/tools.ts';
import { measure, percent, whole } from '../format.ts';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { defaultView, type View } from '../view.ts';
import { ColourBar } from './colour-bar.ts';
import { WeightScale } from './colour-scale.ts';
import { Grid, type Cell } from './grid.ts';
import colourBarStyle from './colour-bar.css?inline';
import style from './heatmap.css?inline';
import { paint } from './paint.ts';
import { Tiles, type PixelRange } from './tiles.ts';
import { ViewControls } from './view-controls.ts';
import { coveredBy, partOf, pixelsOf, windowOf, zoomed } from './viewport.ts';
import { effectiveKeys, summarise, type WeightSummary } from './weights.ts';

const sheets = [theme, figureStyle, colourBarStyle, style].map(sheet);

/** While tiles arrive, the picture is painted anew every so many milliseconds. */
const repaint = 150;

/**
 * `<asymptoken-heatmap>`: the softmax weights between the first tokens of the settings' law. Computes the tiles that
 * are visible, at the resolution of the screen, once it comes near; `viewchange` says that the reader changed the view.
 */
export class HeatmapFigure extends HTMLElement {
  #settings: Settings = { ...moments.defaults };
  #view: View = { ...defaultView };
  #near = false;
  #abort = new AbortController();
  /** Of the tokens and the head that are shown. */
  #tiles: Tiles | null = null;
  /** Pooled weights on the screen, and where they lie. */
  #drawn: { weights: Float32Array; range: PixelRange } | null = null;
  #scale: WeightScale | null = null;
  #cell: Cell | null = null;
  #reading = new AbortController();

  readonly #controls = new ViewControls(
    (view) => this.#change(view),
    (factor) => this.#zoom(factor),
  );
  readonly #bar = new ColourBar('Softmax weight', 'weight');
  readonly #grid = new Grid({
    pointTo: (cell, byKey) => this.#pointTo(cell, byKey),
    pan: (rows, columns) => this.#pan(rows, columns),
    zoom: (factor, cell) => this.#zoom(factor, cell),
    resized: () => this.#compute(),
  });
  readonly #readout = html('p', { class: 'readout' });
  readonly #words = html('p', { class: 'summary', id: 'summary' });
  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });
  readonly #tools = new Tools({
    name: 'asymptoken-weights',
    spec: () => this.#spec(),
    csv: () => this.#csv(),
    pictures: () => [{ title: 'Softmax weights', picture: this.#grid.svg, image: this.#grid.canvas }],
    results: null,
  });
  readonly #nearby = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#nearby.disconnect();
      this.#near = true;
      this.#compute();
    },
    { rootMargin: '600px' },
  );

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const side = html('div', { class: 'side' }, this.#controls.element, this.#problem, this.#words);
    const main = html(
      'div',
      { class: 'main' },
      this.#bar.element,
      this.#grid.element,
      this.#readout,
      this.#tools.element,
    );
    root.append(html('div', { class: 'figure' }, main, side), this.#announcement);
  }

  connectedCallback(): void {
    this.#controls.show(this.#view, this.#settings.sweep);
    this.#nearby.observe(this);
  }

  disconnectedCallback(): void {
    this.#nearby.disconnect();
    this.#abort.abort();
  }

  set settings(settings: Settings) {
    const before = this.#settings;
    this.#settings = settings;
    this.#controls.show(this.#view, settings.sweep);
    const same = (['law', 'dimension', 'seed'] as const).every((key) => settings[key] === before[key]);
    if (same && String(settings.sweep) === String(before.sweep)) return;
    this.#tiles = null;
    this.#compute();
  }

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    const { tokens, head } = this.#view;
    this.#view = { ...view, window: windowOf(partOf(view), view.tokens) };
    this.#controls.show(this.#view, this.#settings.sweep);
    if (view.tokens !== tokens || view.head !== head) this.#tiles = null;
    this.#compute();
  }

  get #head(): number {
    return Math.min(this.#view.head, this.#settings.sweep.length - 1);
  }

  /** The sweep of n plays no part in the matrix; one valid point keeps its errors out of this figure. */
  #spec() {
    const n = this.#view.tokens;
    return moments.specOf({ ...this.#settings, from: n, to: n, points: 1, replicates: 1 });
  }

  #change(view: View): void {
    this.view = view;
    this.dispatchEvent(new CustomEvent<View>('viewchange', { detail: this.#view }));
  }

  #pan(rows: number, columns: number): void {
    const { row, column, size } = partOf(this.#view);
    const window = windowOf({ row: row + rows, column: column + columns, size }, this.#view.tokens);
    this.#change({ ...this.#view, window });
  }

  /** About a cell, the one pointed at, or the middle. 0 shows the whole matrix. */
  #zoom(factor: number, about: Cell | null = this.#cell): void {
    const part = partOf(this.#view);
    const { row, column } = about ?? { row: part.row + part.size / 2, column: part.column + part.size / 2 };
    const window = factor === 0 ? null : zoomed(part, factor, row, column, this.#view.tokens);
    this.#change({ ...this.#view, window });
  }

  #compute(): void {
    if (this.#near) void this.#computeNow();
  }

  async #computeNow(): Promise<void> {
    this.#abort.abort();
    const { signal } = (this.#abort = new AbortController());
    set(this, { 'data-state': 'running' });
    try {
      const { asymptoken } = await core();
      signal.throwIfAborted();
      const n = this.#view.tokens;
      if (!this.#tiles) {
        this.#cell = null;
        this.#tiles = new Tiles(asymptoken, this.#spec(), n, this.#head);
      }
      const tiles = this.#tiles;
      const range = pixelsOf(partOf(this.#view), this.#grid.room);
      // What is known already, perhaps more coarsely, is there at once.
      await this.#paint(tiles, range, signal);
      let painted = performance.now();
      let painting: Promise<unknown> = Promise.resolve();
      await tiles.need(range, signal, (fraction) => {
        say(this.#words, `${percent(fraction)} of the weights computed.`);
        if (performance.now() - painted < repaint) return;
        painted = performance.now();
        painting = painting.then(() => this.#paint(tiles, range, signal)).catch(() => null);
      });
      // A picture of less must not come after that of all.
      await painting;
      const summary = await this.#paint(tiles, range, signal);
      signal.throwIfAborted();
      say(this.#problem, '');
      if (summary) say(this.#words, this.#inWords(range, summary, tiles));
      set(this, { 'data-state': 'done', 'data-n': n, 'data-head': this.#head, 'data-level': range.level });
      this.#tools.draw();
    } catch (error) {
      if (signal.aborted) return;
      say(this.#problem, sentence(error));
      set(this, { 'data-state': 'error' });
    }
  }

  async #paint(tiles: Tiles, range: PixelRange, signal: AbortSignal): Promise<WeightSummary | null> {
    const { pooling, colour } = this.#view;
    const width = range.columns[1] - range.columns[0];
    const weights = tiles.picture(range, pooling);
    const summary = await summarise(weights, width, signal);
    if (!summary) return null;
    const scale = new WeightScale(colour, summary);
    await paint(this.#grid.canvas, weights, width, scale, signal);
    this.#drawn = { weights, range };
    this.#scale = scale;
    const block = 2 ** range.level;
    this.#bar.explain(block === 1 ? '' : `: each pixel the ${pooling} of ${block} × ${block}`);
    this.#drawCell();
    return summary;
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
    if (down !== 0 || right !== 0) this.#pan(down, right);
  }

  #drawCell(): void {
    if (!this.#drawn || !this.#tiles) return;
    const covered = coveredBy(this.#drawn.range);
    this.#grid.draw(this.#tiles.n, covered, this.#cell);
    this.#reading.abort();
    if (!this.#cell) return this.#read(null, null);
    const known = this.#tiles.known(this.#cell.row, this.#cell.column);
    this.#read(this.#cell, known);
    if (known === null) void this.#readExactly(this.#tiles, this.#cell);
  }

  /** Where a pixel stands for many weights, the one pointed at is asked for. */
  async #readExactly(tiles: Tiles, cell: Cell): Promise<void> {
    const { signal } = (this.#reading = new AbortController());
    try {
      const weight = await tiles.weight(cell.row, cell.column, signal);
      if (!signal.aborted) this.#read(cell, weight);
    } catch {
      // Another cell is pointed at.
    }
  }

  #read(cell: Cell | null, weight: number | null): void {
    const n = this.#tiles?.n ?? 1;
    this.#bar.draw(this.#scale, weight);
    set(this.#readout, { 'data-weight': weight, 'data-row': cell?.row, 'data-column': cell?.column });
    if (!cell) return say(this.#readout, 'Point at a cell, or use the arrow keys, to read off its weight.');
    const place = `Query ${whole(cell.row + 1)}, key ${whole(cell.column + 1)}`;
    const share = weight === null ? '' : `${measure(weight)}, ${measure(weight * n)} times an equal share`;
    say(this.#readout, `${place}: weight ${share || '…'}`);
  }

  #inWords(range: PixelRange, { least, largest, largestAt }: WeightSummary, tiles: Tiles): string {
    const { n } = tiles;
    const block = 2 ** range.level;
    const at = (pixel: number, first: number) => {
      const token = (pixel + first) * block + 1;
      return block === 1 ? whole(token) : `${whole(token)} to ${whole(Math.min(token + block - 1, n))}`;
    };
    const part = partOf(this.#view);
    const shown =
      part.size === n
        ? ''
        : `Shown are queries ${whole(part.row + 1)} to ${whole(part.row + part.size)} and keys ` +
          `${whole(part.column + 1)} to ${whole(part.column + part.size)}. `;
    const pooled =
      block === 1
        ? 'the weights run'
        : `each pixel is the ${this.#view.pooling} of ${block} × ${block} weights; pixels run`;
    const spread = tiles.rowSquares.every((squares) => squares > 0)
      ? ` Half of the queries spread their weight over fewer than ${whole(effectiveKeys(tiles.rowSquares))} keys ` +
        'in effect (1 over the sum of squared weights).'
      : '';
    return (
      `Attention among ${whole(n)} tokens at H = ${this.#settings.sweep[this.#head]}. ${shown}An equal share ` +
      `would be 1/${whole(n)} = ${measure(1 / n)}; ${pooled} from ${measure(least)} to ${measure(largest)}, which ` +
      `query ${at(largestAt.row, range.rows[0])} gives to key ${at(largestAt.column, range.columns[0])}.${spread}`
    );
  }

  /** What is on the screen, a row of pixels a line. */
  #csv(): string | null {
    if (!this.#drawn) return null;
    const { weights, range } = this.#drawn;
    const width = range.columns[1] - range.columns[0];
    const lines = Array.from({ length: weights.length / width }, (_, row) =>
      weights.subarray(row * width, (row + 1) * width).join(),
    );
    return `${lines.join('\n')}\n`;
  }
}
