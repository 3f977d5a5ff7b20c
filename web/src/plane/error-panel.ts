import { Axes, type Frame } from '../chart/axes.ts';
import { domainOf } from '../chart/model.ts';
import { html, keep, set, svg } from '../base/dom.ts';
import { Size } from '../chart/size.ts';
import { inFrame } from '../base/frames.ts';
import { measure, whole } from '../base/format.ts';
import { LogScale } from '../chart/scale.ts';
import { errorOf, type Path } from './attention.ts';

/** |Γₙ(x) − Γ(x)| of this one sample against n, beside what is expected of many. */
export class ErrorPanel {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly #size: Size;
  readonly #axes = new Axes('tokens ', 'n');
  readonly #expected = svg('line', { class: 'reference style-1' });
  readonly #trail = svg('path', { class: 'trail' });
  readonly #points = svg('g');
  readonly #key = svg('g', { class: 'key' });
  #shown: { path: Path; step: number } | null = null;

  constructor() {
    this.svg = svg(
      'svg',
      { role: 'img', 'aria-label': 'Distance from the limit' },
      this.#axes.element,
      this.#expected,
      this.#trail,
      this.#points,
    );
    this.#key.append(
      svg('line', { class: 'reference style-1' }),
      svg('text', { dy: '0.35em' }, 'expected error'),
    );
    this.svg.append(this.#key);
    const title = html('b', {}, 'Distance from the limit');
    const caption = html('figcaption', {}, title, ' ', html('span', {}, '|Γₙ(x) − Γ(x)|, this sample'));
    this.element = html('figure', { class: 'panel' }, caption, this.svg);
    const redraw = () => this.#redraw();
    this.#size = new Size(this.svg, () => inFrame(redraw));
  }

  draw(path: Path, step: number): void {
    this.#shown = { path, step };
    this.#redraw();
  }

  #redraw(): void {
    const { width, height, unit } = this.#size;
    if (!this.#shown || width < 160 * unit || height < 100 * unit) return;
    const { path, step } = this.#shown;
    const sizes = path.steps.map(({ n }) => n);
    const [from, to] = [sizes[0]!, Math.max(sizes.at(-1)!, 10 * sizes[0]!)];
    const constant = path.errorConstant;
    const expected = (n: number) => (constant ?? 0) / Math.sqrt(n);
    const errors = path.steps.map((one) => ({ n: one.n, error: errorOf(one, path) }));
    const levels = [...errors.map(({ error }) => error), expected(from), expected(to)];
    const points = levels.filter((level) => level > 0).map((mean) => ({ mean, error: null }));
    const frame: Frame = {
      left: 56 * unit,
      right: width - 12 * unit,
      top: 8 * unit,
      bottom: height - 40 * unit,
    };
    const x = new LogScale([from, to], [frame.left + 10 * unit, frame.right - 10 * unit]);
    const y = new LogScale(domainOf('logarithmic', null, points, true) ?? [0.01, 1], [
      frame.bottom,
      frame.top,
    ]);
    this.#axes.draw(x, y, frame, unit);
    set(this.#expected, {
      x1: x.at(from),
      x2: x.at(to),
      y1: y.at(expected(from) || y.domain[0]),
      y2: y.at(expected(to) || y.domain[0]),
      'data-constant': constant,
      visibility: constant === null ? 'hidden' : null,
    });
    set(this.#key, { visibility: constant === null ? 'hidden' : null });
    const [line, name] = this.#key.children as unknown as [SVGLineElement, SVGTextElement];
    const [right, level] = [frame.right - 8 * unit, frame.top + 10 * unit];
    set(line, { x1: right - 132 * unit, x2: right - 104 * unit, y1: level, y2: level });
    set(name, { x: right - 96 * unit, y: level });
    const shown = errors.slice(0, step + 1).filter(({ error }) => error > 0);
    const places = shown.map(({ n, error }) => [x.at(n), y.at(error)] as const);
    set(this.#trail, { d: places.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px},${py}`).join('') });
    keep(
      this.#points,
      shown,
      ({ n }) => String(n),
      () => svg('circle'),
      (circle, { n, error }, index) => {
        const [cx, cy] = places[index]!;
        const last = index === shown.length - 1;
        set(circle, { class: last ? 'output last' : 'output', cx, cy, r: (last ? 6 : 3.5) * unit });
        set(circle, { 'data-n': n, 'data-error': error });
      },
    );
    const expectation = constant === null ? '' : ` Expected: ${measure(constant)} over the square root of n.`;
    const words = shown.map(({ n, error }) => `${measure(error)} at n = ${whole(n)}`).join(', ');
    set(this.svg, {
      'aria-label': `Distance between finite and infinite attention, both axes logarithmic: ${words}.${expectation}`,
    });
  }
}
