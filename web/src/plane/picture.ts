import type { Tokens } from '../base/core.ts';
import { html, keep, set, svg } from '../base/dom.ts';
import { Size } from '../chart/size.ts';
import { inFrame } from '../base/frames.ts';
import type { Path } from './attention.ts';
import { shareClasses, shareClassesOf } from './shares.ts';

export interface PictureModel {
  tokens: Tokens;
  path: Path;
  /** Index of the step that is shown last. */
  step: number;
  radius: number;
  /** Half the side of the square. */
  extent: number;
  description: string;
}

/** More dots than this hide each other. */
export const mostDots = 3000;

/** The plane: tokens coloured by weight, the ball with its query, and the outputs on their way to the limit. */
export class Picture {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly #size: Size;
  readonly #moveQuery: (query: [number, number]) => void;
  readonly #moveRadius: (radius: number) => void;
  readonly #dots = svg('g', { class: 'dots' });
  readonly #ball = svg('circle', { class: 'ball' });
  readonly #origin = svg('path', { class: 'axis' });
  readonly #trail = svg('path', { class: 'trail' });
  readonly #steps = svg('g');
  readonly #limit = svg('path', { class: 'limit' });
  readonly #limitName = svg('text', { class: 'limit-name' }, 'Γ(x)');
  readonly #outputName = svg('text', { class: 'output-name' }, 'Γₙ(x)');
  readonly #query = svg('circle', { class: 'query' });
  readonly #queryName = svg('text', { class: 'query-name' }, 'x');
  readonly #radius = svg('circle', { class: 'radius' });
  readonly #radiusName = svg('text', { class: 'radius-name' }, 'R');
  #model: PictureModel | null = null;
  /** What the pointer has hold of. */
  #held: 'query' | 'radius' | null = null;

  constructor(moveQuery: (query: [number, number]) => void, moveRadius: (radius: number) => void) {
    this.#moveQuery = moveQuery;
    this.#moveRadius = moveRadius;
    this.svg = svg('svg', { 'aria-hidden': 'true' });
    this.svg.append(this.#origin, this.#ball, this.#dots, this.#trail, this.#steps, this.#limit);
    this.svg.append(this.#limitName, this.#outputName, this.#radius, this.#radiusName);
    this.svg.append(this.#query, this.#queryName);
    this.element = html('div', { class: 'plane', tabindex: 0, role: 'application' }, this.svg);
    set(this.element, { 'aria-roledescription': 'plane of tokens', 'aria-label': 'Tokens of the plane' });
    const redraw = () => this.#redraw();
    this.#size = new Size(this.svg, () => inFrame(redraw));
    this.svg.addEventListener('pointerdown', (event) => this.#grab(event));
    // Else the browser begins to drag what it takes for a selection.
    this.svg.addEventListener('mousedown', (event) => {
      event.preventDefault();
      this.element.focus();
    });
    this.svg.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.svg.addEventListener(end, () => (this.#held = null));
    }
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  draw(model: PictureModel): void {
    this.#model = model;
    this.#redraw();
  }

  #redraw(): void {
    const model = this.#model;
    const { width: side, unit } = this.#size;
    if (!model || side === 0) return;
    const { path, radius, description } = model;
    const at = (x: number, y: number) => this.#place(x, y, side, model.extent);
    const scale = side / (2 * model.extent);
    set(this.element, { 'aria-label': description });
    const [cx, cy] = at(0, 0);
    set(this.#origin, { d: `M0,${cy}H${side}M${cx},0V${side}` });
    set(this.#ball, { cx, cy, r: radius * scale });
    const [rx, ry] = at(-radius * Math.SQRT1_2, radius * Math.SQRT1_2);
    set(this.#radius, { cx: rx, cy: ry, r: 6 * unit, 'data-radius': radius });
    set(this.#radiusName, { x: rx - 10 * unit, y: ry - 8 * unit, 'text-anchor': 'end' });
    this.#drawDots(model, at, unit);
    const steps = path.steps.slice(0, model.step + 1);
    const places = steps.map(({ output }) => at(...output));
    set(this.#trail, { d: places.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x},${y}`).join('') });
    const keyOf = (_: unknown, index: number) => String(index);
    const make = () => svg('circle');
    keep(this.#steps, places, keyOf, make, (circle, [x, y], index) => {
      const { n, output } = steps[index]!;
      const last = index === places.length - 1;
      set(circle, { class: last ? 'output last' : 'output', cx: x, cy: y, r: (last ? 6 : 3) * unit });
      set(circle, { 'data-n': n, 'data-x': output[0], 'data-y': output[1] });
    });
    const [lx, ly] = at(...path.limit);
    const arm = 8 * unit;
    set(this.#limit, {
      d: `M${lx - arm},${ly}h${2 * arm}M${lx},${ly - arm}v${2 * arm}`,
      'data-x': path.limit[0],
      'data-y': path.limit[1],
    });
    const [ox, oy] = places.at(-1) ?? [lx, ly];
    const above = oy < ly;
    const [qx, qy] = at(...path.query);
    // Names stand on the side that is not the query's.
    const [beside, anchor] = qx > ox ? [-12 * unit, 'end'] : [12 * unit, 'start'];
    set(this.#limitName, { x: lx + beside, y: ly + (above ? 18 : -10) * unit, 'text-anchor': anchor });
    set(this.#outputName, { x: ox + beside, y: oy + (above ? -10 : 18) * unit, 'text-anchor': anchor });
    set(this.#query, { cx: qx, cy: qy, r: 8 * unit, 'data-x': path.query[0], 'data-y': path.query[1] });
    set(this.#queryName, { x: qx + 12 * unit, y: qy - 10 * unit });
  }

  /** One path for all dots of a class: a dot is a line of no length with round ends. */
  #drawDots(
    { tokens, path, step }: PictureModel,
    at: (x: number, y: number) => number[],
    unit: number,
  ): void {
    const classes = Array.from({ length: shareClasses }, () => ({ d: '', count: 0 }));
    const last = path.steps[step]!;
    const classOf = shareClassesOf(tokens, path.query, last);
    for (let j = 0; j < Math.min(last.n, mostDots); j++) {
      const one = classes[classOf[j]!]!;
      const [x = 0, y = 0] = at(tokens.values[2 * j]!, tokens.values[2 * j + 1]!);
      one.d += `M${x.toFixed(1)},${y.toFixed(1)}h0`;
      one.count++;
    }
    const keyOf = (_: unknown, index: number) => String(index);
    const make = () => svg('path');
    keep(this.#dots, classes, keyOf, make, (path, { d, count }, index) => {
      set(path, { class: `share-${index}`, d, 'data-share': index, 'data-count': count });
      set(path, { 'stroke-width': dotWidths[index]! * unit });
    });
  }

  #place(x: number, y: number, side: number, extent: number): [number, number] {
    return [((x + extent) / (2 * extent)) * side, ((extent - y) / (2 * extent)) * side];
  }

  #pointed(event: PointerEvent): [number, number] {
    const box = this.svg.getBoundingClientRect();
    const extent = this.#model?.extent ?? 1;
    return [
      ((event.clientX - box.left) / box.width) * 2 * extent - extent,
      extent - ((event.clientY - box.top) / box.height) * 2 * extent,
    ];
  }

  #grab(event: PointerEvent): void {
    this.#held = event.target === this.#radius ? 'radius' : 'query';
    this.svg.setPointerCapture(event.pointerId);
    this.#drag(event);
  }

  #drag(event: PointerEvent): void {
    const point = this.#pointed(event);
    if (this.#held === 'query') this.#moveQuery(point);
    if (this.#held === 'radius') this.#moveRadius(Math.hypot(...point));
  }

  /** Arrows move the query by a twentieth of the square, with shift by a hundredth; + and - change the ball. */
  #key(event: KeyboardEvent): void {
    const model = this.#model;
    if (!model) return;
    const step = model.extent * (event.shiftKey ? 0.02 : 0.1);
    const [dx, dy] = moves[event.key] ?? [0, 0];
    if (dx !== 0 || dy !== 0) {
      const [x, y] = model.path.query;
      this.#moveQuery([x + step * dx, y + step * dy]);
    } else if (event.key === '+' || event.key === '-') {
      this.#moveRadius(model.radius * (event.key === '+' ? 1.1 : 1 / 1.1));
    } else return;
    event.preventDefault();
  }
}

/** The heavier, the larger. */
const dotWidths = [2.2, 2.8, 3.6, 4.6, 6, 8];

const moves: Record<string, [number, number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};
