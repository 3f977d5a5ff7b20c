import { core, sentence, type Heatmap } from '../core.ts';
import { html, say, set, sheet } from '../dom.ts';
import { measure, whole } from '../format.ts';
import { moments } from '../experiments/moments.ts';
import type { Settings } from '../experiments/settings.ts';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { defaultView, type View } from '../view.ts';
import { ColourBar } from './colour-bar.ts';
import { WeightScale } from './colour-scale.ts';
import { Grid, type Cell } from './grid.ts';
import style from './heatmap.css?inline';
import { paint } from './paint.ts';
import { ViewControls } from './view-controls.ts';
import { summarise, type WeightSummary } from './weights.ts';

const sheets = [theme, figureStyle, style].map(sheet);

/**
 * `<asymptoken-heatmap>`: the softmax weights between the first tokens of the settings' law. Computed when it
 * comes near the screen, and again when settings or view change; `viewchange` says that the reader changed the view.
 */
export class HeatmapFigure extends HTMLElement {
  #settings: Settings = { ...moments.defaults };
  #view: View = { ...defaultView };
  #near = false;
  #abort = new AbortController();
  #heatmap: Heatmap | null = null;
  #summary: WeightSummary | null = null;
  #scale: WeightScale | null = null;
  #cell: Cell | null = null;

  readonly #controls = new ViewControls((view) => {
    this.view = view;
    this.dispatchEvent(new CustomEvent<View>('viewchange', { detail: view }));
  });
  readonly #bar = new ColourBar();
  readonly #grid = new Grid((cell, byKey) => this.#pointTo(cell, byKey));
  readonly #readout = html('p', { class: 'readout' });
  readonly #words = html('p', { class: 'summary', id: 'summary' });
  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  readonly #announcement = html('p', { class: 'unseen', 'aria-live': 'polite' });
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
    const main = html('div', { class: 'main' }, this.#bar.element, this.#grid.element, this.#readout);
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
    if (!same || String(settings.sweep) !== String(before.sweep)) this.#compute();
  }

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    const { tokens, head } = this.#view;
    this.#view = view;
    this.#controls.show(view, this.#settings.sweep);
    if (this.#heatmap && view.tokens === tokens && view.head === head) void this.#paint();
    else this.#compute();
  }

  get #head(): number {
    return Math.min(this.#view.head, this.#settings.sweep.length - 1);
  }

  #compute(): void {
    if (this.#near) void this.#computeNow();
  }

  async #computeNow(): Promise<void> {
    this.#abort.abort();
    const { signal } = (this.#abort = new AbortController());
    const n = this.#view.tokens;
    set(this, { 'data-state': 'running' });
    try {
      const { asymptoken } = await core();
      signal.throwIfAborted();
      // The sweep of n plays no part in the matrix; one valid point keeps its errors out of this figure.
      const settings = { ...this.#settings, from: n, to: n, points: 1, replicates: 1 };
      const heatmap = await asymptoken.heatmap(moments.specOf(settings), { n, head: this.#head, signal });
      const summary = await summarise(heatmap.weights, n, signal);
      signal.throwIfAborted();
      this.#heatmap = heatmap;
      this.#summary = summary;
      this.#cell = null;
      say(this.#problem, '');
      await this.#paint();
    } catch (error) {
      if (signal.aborted) return;
      say(this.#problem, sentence(error));
      set(this, { 'data-state': 'error' });
    }
  }

  async #paint(): Promise<void> {
    const { signal } = this.#abort;
    if (!this.#heatmap || !this.#summary) return;
    const n = this.#heatmap.rows[1];
    const scale = new WeightScale(this.#view.colour, this.#summary);
    await paint(this.#grid.canvas, this.#heatmap.weights, n, scale, signal);
    if (signal.aborted) return;
    this.#scale = scale;
    say(this.#words, this.#inWords(n, this.#summary));
    this.#drawCell();
    set(this, { 'data-state': 'done', 'data-n': n, 'data-head': this.#head });
  }

  #pointTo(cell: Cell | null, byKey: boolean): void {
    this.#cell = cell;
    this.#drawCell();
    if (byKey) say(this.#announcement, this.#readout.textContent);
  }

  #drawCell(): void {
    const n = this.#heatmap?.rows[1] ?? 1;
    const cell = this.#heatmap ? this.#cell : null;
    const weight = cell ? (this.#heatmap?.weights[cell.row * n + cell.column] ?? null) : null;
    this.#grid.draw(n, cell);
    this.#bar.draw(this.#scale, weight);
    set(this.#readout, { 'data-weight': weight, 'data-row': cell?.row, 'data-column': cell?.column });
    const share = weight === null ? '' : `${measure(weight * n)} times an equal share`;
    const words = 'Point at a cell, or use the arrow keys, to read off its weight.';
    say(
      this.#readout,
      cell && weight !== null
        ? `Query ${whole(cell.row + 1)}, key ${whole(cell.column + 1)}: weight ${measure(weight)}, ${share}`
        : words,
    );
  }

  #inWords(n: number, { least, largest, largestAt, effectiveKeys }: WeightSummary): string {
    const { sweep } = this.#settings;
    return (
      `Attention among ${whole(n)} tokens at H = ${sweep[this.#head]}. An equal share would be 1/${whole(n)} = ` +
      `${measure(1 / n)}; the weights run from ${measure(least)} to ${measure(largest)}, which query ` +
      `${whole(largestAt.row + 1)} gives to key ${whole(largestAt.column + 1)}. Half of the queries spread their ` +
      `weight over fewer than ${whole(effectiveKeys)} keys in effect (1 over the sum of squared weights).`
    );
  }
}
