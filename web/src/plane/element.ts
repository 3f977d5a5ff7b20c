import first from 'first-plane:plane';
import { core, sentence, type Tokens } from '../core.ts';
import { html, say, set, sheet, svg } from '../dom.ts';
import { Tools } from '../figure/tools.ts';
import { Visibility } from '../figure/visibility.ts';
import { measure, whole } from '../format.ts';
import { Drawing, type Work } from '../frames.ts';
import chartStyle from '../convergence/chart.css?inline';
import runBarStyle from '../figure/run-bar.css?inline';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { errorOf, pathOf, type Path } from './attention.ts';
import { PlaneControls } from './controls.ts';
import { ErrorPanel } from './error-panel.ts';
import { mostDots, Picture } from './picture.ts';
import style from './plane.css?inline';
import { Player } from './player.ts';
import { extentOf, planeSpec } from './spec.ts';
import { defaultPlane, type PlaneView } from './view.ts';
import { shares, weightsOf } from './weights.ts';

const sheets = [theme, figureStyle, runBarStyle, chartStyle, style].map(sheet);

/** Tokens of one sample and attention on them, at the view that they belong to. */
interface Shown {
  view: PlaneView;
  tokens: Tokens;
  path: Path;
}

/**
 * `<asymptoken-plane>`: one query among tokens of the plane, their softmax weights, and the output moving to its
 * limit as n grows. `viewchange` says that the reader changed the view.
 */
export class PlaneFigure extends HTMLElement {
  #view: PlaneView = { ...defaultPlane };
  #shown: Shown | null = null;
  #state: 'running' | 'done' | 'error' | null = null;
  #visible = false;
  #computing = false;
  #due = false;

  readonly #figure = html('div', { class: 'figure' });
  readonly #controls = new PlaneControls((view) => this.#change(view));
  readonly #player = new Player(() => this.#drawing.now());
  readonly #picture = new Picture(
    (query) => this.#change({ ...this.#view, query: inBall(query, this.#view.radius) }),
    (radius) => this.#resize(radius),
  );
  readonly #errors = new ErrorPanel();
  readonly #readout = html('p', { class: 'readout summary', role: 'status' });
  readonly #tools: Tools;
  /** What is not in the figure yet. */
  readonly #toLayOut: (() => void)[];
  readonly #drawing = new Drawing(() => this.#partsToDraw());
  readonly #visibility = new Visibility(this, (visible) => {
    this.#visible = visible;
    this.#player.held = !visible;
    if (visible) this.#compute();
  });

  constructor() {
    super();
    this.#tools = new Tools({
      name: 'asymptoken-plane',
      spec: () => planeSpec(this.#view),
      // A result holds averages over many samples; the plane shows one.
      results: null,
      csv: () => this.#csv(),
      pictures: () => [
        { title: 'Tokens, weights and outputs', picture: this.#picture.svg },
        { title: 'Distance from the limit', picture: this.#errors.svg },
      ],
    });
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const side = html('div', { class: 'side' }, this.#player.element, this.#controls.element);
    const errors = html('div', { class: 'beside' }, this.#errors.element, this.#readout);
    const figure = this.#figure;
    root.append(figure);
    this.#toLayOut = [
      () => figure.append(html('div', { class: 'main' }, this.#picture.element, legend())),
      () => figure.append(errors),
      () => figure.append(side, this.#tools.element),
    ];
    this.#controls.show(this.#view);
  }

  connectedCallback(): void {
    this.#visibility.observe();
    this.#drawing.ask();
  }

  disconnectedCallback(): void {
    this.#visibility.disconnect();
    this.#player.pause();
  }

  get view(): PlaneView {
    return this.#view;
  }

  set view(view: PlaneView) {
    this.#view = { ...view, query: inBall(view.query, view.radius) };
    this.#controls.show(this.#view);
    this.#drawing.ask();
    if (this.#visible) this.#compute();
  }

  #change(view: PlaneView): void {
    this.view = view;
    this.dispatchEvent(new CustomEvent<PlaneView>('viewchange', { detail: this.#view }));
  }

  #resize(wanted: number): void {
    const radius = Number(Math.min(Math.max(wanted, 0.1), 10).toFixed(1));
    this.#change({ ...this.#view, radius });
  }

  /** One at a time, and only the latest of what is wanted meanwhile. */
  #compute(): void {
    this.#due = true;
    if (!this.#computing) void this.#computeAll();
  }

  async #computeAll(): Promise<void> {
    this.#computing = true;
    this.#enter('running');
    while (this.#due) {
      this.#due = false;
      const view = this.#view;
      try {
        const { asymptoken } = await core();
        const spec = planeSpec(view);
        const tokens = await this.#tokensFor(view, () => asymptoken.tokens(spec, view.tokens));
        const path = await pathOf(asymptoken, spec, tokens, view.query);
        this.#take({ view, tokens, path });
      } catch (error) {
        this.#controls.showProblem(sentence(error));
        this.#computing = false;
        return this.#enter('error');
      }
    }
    this.#computing = false;
    this.#enter('done');
  }

  /** That it computes is said at once, what became of it when it is drawn. */
  #enter(state: 'running' | 'done' | 'error'): void {
    this.#state = state;
    if (state === 'running') set(this, { 'data-state': state });
    this.#drawing.ask();
  }

  /** The tokens stay while only the query moves. */
  #tokensFor(view: PlaneView, draw: () => Promise<Tokens>): Promise<Tokens> {
    const before = this.#shown;
    const same =
      before !== null &&
      before.view.law === view.law &&
      before.view.seed === view.seed &&
      before.tokens.n === view.tokens;
    return same ? Promise.resolve(before.tokens) : draw();
  }

  #take(shown: Shown): void {
    const before = this.#shown?.path.steps.length;
    this.#shown = shown;
    this.#player.show(shown.path.steps.length, before !== shown.path.steps.length);
    this.#drawing.ask();
  }

  #partsToDraw(): Work[] {
    const [first, ...others] = this.#toLayOut.map(() => () => {
      this.#toLayOut.shift()?.();
      return true;
    });
    const state = this.#state;
    const end = () => {
      if (state === this.#state) set(this, { 'data-state': state });
    };
    this.#shown ??= this.#firstShown();
    // What is drawn meanwhile belongs to other settings.
    set(this.#figure, { 'aria-busy': this.#shown?.view === this.#view ? null : 'true' });
    const drawing = this.#shown ? this.#partsOf(this.#shown) : [];
    return first ? [first, ...drawing, ...others, end] : [...drawing, end];
  }

  /** What the core found when the site was built, for who opens the plane as it was then. */
  #firstShown(): Shown | null {
    if (!first || JSON.stringify(this.#view) !== JSON.stringify(defaultPlane)) return null;
    this.#player.show(first.path.steps.length, true);
    const tokens = { ...first.tokens, values: Float32Array.from(first.tokens.values) };
    return { view: this.#view, tokens, path: first.path };
  }

  #partsOf({ view, tokens, path }: Shown): Work[] {
    const step = this.#player.step;
    const last = path.steps[step];
    if (!last) return [];
    const { weights, largest, effectiveTokens } = weightsOf(tokens, path.query, last);
    const error = errorOf(last, path);
    const words =
      `n = ${whole(last.n)}: the output is ${measure(error)} from its limit, where about ` +
      `${measure(path.errorConstant / Math.sqrt(last.n))} is expected. In effect ${whole(effectiveTokens)} tokens ` +
      `share the weight; the heaviest holds ${measure(100 * largest)}\u00a0%.`;
    const picture = () => {
      this.#picture.draw({
        tokens,
        path,
        step,
        weights,
        radius: view.radius,
        extent: 1.08 * Math.max(extentOf(view.law), view.radius),
        description: `Query ${path.query.map(measure).join(', ')} in a ball of radius ${view.radius}. ${words} Arrow keys move the query, plus and minus change the ball.`,
      });
      if (!this.hasAttribute('data-first-points-ms') && this.isConnected) {
        set(this, { 'data-first-points-ms': Math.round(performance.now()) });
      }
    };
    const sayIt = () => {
      const hidden = last.n > mostDots ? ` The first ${whole(mostDots)} are drawn.` : '';
      say(this.#readout, words + hidden);
      this.#player.say(`n = ${whole(last.n)}`);
      this.#tools.draw();
      set(this, { 'data-n': last.n, 'data-error': error, 'data-effective': effectiveTokens });
    };
    return [picture, () => this.#errors.draw(path, step), sayIt];
  }

  #csv(): string | null {
    if (!this.#shown) return null;
    const { path } = this.#shown;
    const rows = path.steps.map((step) =>
      [step.n, ...step.output, ...path.limit, errorOf(step, path)].join(),
    );
    return `${['n,output_x,output_y,limit_x,limit_y,error', ...rows].join('\n')}\n`;
  }
}

function inBall([x, y]: readonly [number, number], radius: number): [number, number] {
  const size = Math.hypot(x, y);
  // Rounded inwards, as the address writes them.
  const shrink = size > radius ? (0.999 * radius) / size : 1;
  return [Math.trunc(100 * shrink * x) / 100, Math.trunc(100 * shrink * y) / 100];
}

function legend(): HTMLElement {
  const entries = ['< 1/16', '1/4', '1', '4', '16', 'more'].map((words, index) => {
    const dot = svg('path', {
      class: `share-${index}`,
      d: 'M6,6h0',
      'stroke-width': [3, 4, 5, 6, 8, 10][index],
    });
    const picture = svg('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, dot);
    return html('li', {}, picture, words);
  });
  const title = html('span', {}, `weight, in equal shares 1/n, up to`);
  return html(
    'div',
    { class: 'shares', 'data-classes': shares.length + 1 },
    title,
    html('ul', {}, ...entries),
  );
}
