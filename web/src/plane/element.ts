import first from 'core:plane/plane';
import { core, sentence, type Tokens } from '../base/core.ts';
import { html, say, set, svg } from '../base/dom.ts';
import { Figure } from '../figure/figure.ts';
import { Tools } from '../figure/tools.ts';
import { measure, whole } from '../base/format.ts';
import type { Work } from '../base/frames.ts';
import chartStyle from '../chart/chart.css?inline';
import runBarStyle from '../figure/run-bar.css?inline';
import { errorOf, pathOf, type Path } from './attention.ts';
import { PlaneControls } from './controls.ts';
import { ErrorPanel } from './error-panel.ts';
import { mostDots, Picture } from './picture.ts';
import style from './plane.css?inline';
import { Player } from './player.ts';
import { extentOf, planeSpec } from './spec.ts';
import { defaultPlane, type PlaneView } from './view.ts';
import { shareClasses } from './shares.ts';

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
export class PlaneFigure extends Figure {
  #view: PlaneView = { ...defaultPlane };
  #shown: Shown | null = null;
  #state: 'running' | 'done' | 'error' | null = null;
  /** When what is drawn began to be. */
  #drawnState = this.#state;
  #computing = false;
  #due = false;

  readonly #controls = new PlaneControls((view) => this.#change(view));
  readonly #player = new Player(() => this.drawNow());
  readonly #picture = new Picture(
    (query) => this.#change({ ...this.#view, query: inBall(query, this.#view.radius) }),
    (radius) => this.#resize(radius),
  );
  readonly #errors = new ErrorPanel();
  readonly #readout = html('p', { class: 'readout summary', role: 'status' });
  readonly #tools: Tools;

  constructor() {
    super([runBarStyle, chartStyle, style]);
    this.#tools = new Tools(this, {
      name: 'asymptoken-plane',
      spec: () => planeSpec(this.#view),
      // A result holds averages over many samples; the plane shows one.
      result: null,
      openers: [],
      csv: () => this.#csv(),
      pictures: () => [
        { title: 'Tokens, weights and outputs', picture: this.#picture.svg },
        { title: 'Distance from the limit', picture: this.#errors.svg },
      ],
    });
    const side = html('div', { class: 'side' }, this.#player.element, this.#controls.element);
    this.layOut(
      [html('div', { class: 'main' }, this.#picture.element, legend())],
      [html('div', { class: 'beside' }, this.#errors.element, this.#readout)],
      [side, this.#tools.element],
    );
    this.#controls.show(this.#view);
  }

  protected override shown(visible: boolean): void {
    this.#player.held = !visible;
    if (visible) this.#compute();
  }

  protected override left(): void {
    this.#player.pause();
  }

  get view(): PlaneView {
    return this.#view;
  }

  set view(view: PlaneView) {
    this.#view = { ...view, query: inBall(view.query, view.radius) };
    this.#controls.show(this.#view);
    this.draw();
    if (this.visible) this.#compute();
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
    this.draw();
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
    this.draw();
  }

  protected override picture(): Work[] {
    this.#shown ??= this.#firstShown();
    this.#drawnState = this.#state;
    // What is drawn meanwhile belongs to other settings.
    set(this.body, { 'aria-busy': this.#shown?.view === this.#view ? null : 'true' });
    return this.#shown ? this.#partsOf(this.#shown) : [];
  }

  protected override drawn(): void {
    if (this.#drawnState === this.#state) set(this, { 'data-state': this.#state });
  }

  /** What the core found when the site was built, for who opens the plane as it was then. */
  #firstShown(): Shown | null {
    if (JSON.stringify(this.#view) !== JSON.stringify(defaultPlane)) return null;
    this.#player.show(first.path.steps.length, true);
    const bytes = Uint8Array.from(atob(first.tokens), (letter) => letter.charCodeAt(0));
    const tokens = { n: this.#view.tokens, dimension: 2, values: new Float32Array(bytes.buffer) };
    return { view: this.#view, tokens, path: first.path };
  }

  #partsOf({ view, tokens, path }: Shown): Work[] {
    const step = this.#player.step;
    const last = path.steps[step];
    if (!last) return [];
    const error = errorOf(last, path);
    const effective = 1 / last.participation;
    const { errorConstant } = path;
    const expected =
      errorConstant === null ? '' : `, where about ${measure(errorConstant / Math.sqrt(last.n))} is expected`;
    const words =
      `n = ${whole(last.n)}: the output is ${measure(error)} from its limit${expected}. In effect ` +
      `${whole(effective)} tokens share the weight.`;
    const picture = () => {
      this.#picture.draw({
        tokens,
        path,
        step,
        radius: view.radius,
        extent: 1.08 * Math.max(extentOf(view.law), view.radius),
        description: `Query ${path.query.map(measure).join(', ')} in a ball of radius ${view.radius}. ${words} Arrow keys move the query, plus and minus change the ball.`,
      });
      this.hasPoints();
    };
    const sayIt = () => {
      const hidden = last.n > mostDots ? ` The first ${whole(mostDots)} are drawn.` : '';
      say(this.#readout, words + hidden);
      this.#player.say(`n = ${whole(last.n)}`);
      this.#tools.draw();
      set(this, { 'data-n': last.n, 'data-error': error, 'data-effective': effective });
    };
    return [picture, () => this.#errors.draw(path, step), sayIt];
  }

  #csv(): Promise<string> | null {
    if (!this.#shown) return null;
    const { path } = this.#shown;
    const rows = path.steps.map((step) =>
      [step.n, ...step.output, ...path.limit, errorOf(step, path)].join(),
    );
    return Promise.resolve(`${['n,output_x,output_y,limit_x,limit_y,error', ...rows].join('\n')}\n`);
  }
}

function inBall([x, y]: readonly [number, number], radius: number): [number, number] {
  // As the address writes them.
  const rounded = (value: number) => Number(value.toFixed(2));
  const size = Math.hypot(rounded(x), rounded(y));
  if (size <= radius) return [rounded(x), rounded(y)];
  const inwards = (value: number) => Math.trunc((100 * value * 0.999 * radius) / size) / 100;
  return [inwards(x), inwards(y)];
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
  return html('div', { class: 'shares', 'data-classes': shareClasses }, title, html('ul', {}, ...entries));
}
