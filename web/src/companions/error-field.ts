import builtin from 'core:spec/plane';
import { core, sentence, type Asymptoken, type Spec } from '../base/core.ts';
import { html, keep, say, set, svg } from '../base/dom.ts';
import { measure, whole } from '../base/format.ts';
import { inFrame } from '../base/frames.ts';
import { Latest } from '../base/latest.ts';
import { ColourBar } from '../chart/colour-bar.ts';
import { packedColours } from '../chart/colour-map.ts';
import { ColourScale } from '../chart/colour-scale.ts';
import { curveClass } from '../chart/marks.ts';
import { Size } from '../chart/size.ts';
import type { Companion } from '../experiment/companion.ts';
import type { Picture } from '../figure/picture.ts';
import { SizeSlider, sizesOf } from './size-slider.ts';

/** Queries from the middle to the edge. */
const half = 24;
const side = 2 * half + 1;

interface Field {
  radius: number;
  n: number;
  /** Row-major from the top left; NaN outside of the ball. */
  errors: Float64Array;
}

/** The largest error of a ball, and where. */
interface Worst {
  curve: number;
  radius: number;
  error: number;
  x: number;
  y: number;
}

/** |Γₙ(x) − Γ(x)| for one sample of tokens at every query x of a lattice over the largest ball of the plane. */
export class ErrorField implements Companion {
  readonly element: HTMLElement;
  readonly #canvas = html('canvas', { width: side, height: side });
  readonly #balls = svg('g');
  readonly #marks = svg('g');
  readonly #svg = svg('svg', { 'aria-hidden': 'true' }, this.#balls, this.#marks);
  readonly #redraw = () => this.#draw();
  readonly #size = new Size(this.#svg, () => inFrame(this.#redraw));
  readonly #bar = new ColourBar('Error |Γₙ(x) − Γ(x)| at each query x', 'error');
  readonly #slider = new SizeSlider('field', () => this.#compute());
  readonly #words = html('p', { class: 'companion-words', role: 'status' });
  readonly #latest = new Latest();
  #spec: Spec | null = null;
  #field: Field | null = null;

  constructor() {
    const plane = html('div', { class: 'field', role: 'img', 'aria-label': 'Field of errors' });
    plane.append(this.#canvas, this.#svg);
    this.element = html(
      'div',
      { class: 'companion' },
      html(
        'div',
        {},
        html('p', { class: 'companion-title' }, html('b', {}, 'One sample, all queries')),
        plane,
      ),
      html('div', { class: 'companion-side' }, this.#bar.element, this.#slider.element, this.#words),
    );
  }

  picture(): Picture {
    return { title: 'One sample, all queries', picture: this.#svg, image: this.#canvas };
  }

  show(spec: Spec): void {
    this.#spec = spec;
    const { from, to } = spec.tokens as { from: number; to: number };
    this.#slider.offer(sizesOf(from, to));
    this.#compute();
  }

  set held(held: boolean) {
    this.#latest.held = held;
  }

  #compute(): void {
    const spec = this.#spec;
    if (!spec) return;
    if (spec.law.dimension !== 2) {
      this.#field = null;
      this.#draw();
      return say(this.#words, 'The field is drawn for tokens of the plane, d = 2.');
    }
    const n = this.#slider.value;
    this.#latest.ask(async () => {
      try {
        const { asymptoken } = await core();
        this.#field = await fieldOf(asymptoken, spec, n);
        inFrame(this.#redraw);
      } catch (error) {
        say(this.#words, sentence(error));
      }
    });
  }

  #draw(): void {
    const field = this.#field;
    set(this.element, { 'data-n': field?.n, 'data-radius': field?.radius });
    const image = new ImageData(side, side);
    if (field) {
      const known = field.errors.filter((error) => error > 0);
      const scale = new ColourScale('log', {
        least: known.reduce((a, b) => Math.min(a, b)),
        largest: known.reduce((a, b) => Math.max(a, b)),
      });
      const pixels = new Uint32Array(image.data.buffer);
      field.errors.forEach((error, i) => {
        pixels[i] = Number.isNaN(error) ? 0 : packedColours[scale.colour(error)]!;
      });
      this.#bar.draw(scale, null);
      say(this.#words, this.#inWords(field));
      const plane = this.#canvas.parentElement!;
      set(plane, { 'aria-label': `Field of errors over the ball. ${this.#words.textContent}` });
    }
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    this.#drawBalls();
  }

  #drawBalls(): void {
    const { width, unit } = this.#size;
    const field = this.#field;
    const worst = field && this.#spec ? worstOf(field, radiiOf(this.#spec)) : [];
    const scale = field ? (width / 2) * (half / (half + 0.5)) : 1;
    const at = (length: number) => (length / (field?.radius ?? 1)) * scale;
    const keyOf = ({ curve }: Worst) => String(curve);
    const makeBall = () => svg('circle', { class: 'ball' });
    keep(this.#balls, worst, keyOf, makeBall, (circle, { radius }) => {
      set(circle, { cx: width / 2, cy: width / 2, r: at(radius) });
    });
    const makeMark = () => svg('circle');
    keep(this.#marks, worst, keyOf, makeMark, (circle, { curve, radius, error, x, y }) => {
      set(circle, { class: `worst ${curveClass(curve)}`, r: 5 * unit, 'data-radius': radius });
      set(circle, { cx: width / 2 + at(x), cy: width / 2 - at(y), 'data-error': error });
    });
  }

  #inWords(field: Field): string {
    const parts = worstOf(field, this.#spec ? radiiOf(this.#spec) : []).map(
      ({ radius, error }) => `${measure(error)} for R = ${radius}`,
    );
    return (
      `${whole(field.n)} tokens. The largest error on this lattice of queries, marked in each ball, is ` +
      `${parts.join(', ')}.`
    );
  }
}

function worstOf({ radius, errors }: Field, radii: readonly number[]): Worst[] {
  return radii.map((ball, curve) => {
    let worst: Worst = { curve, radius: ball, error: 0, x: 0, y: 0 };
    errors.forEach((error, i) => {
      const [x, y] = queryAt(i, radius);
      if (error > worst.error && Math.hypot(x, y) <= ball * (1 + 1e-9)) worst = { ...worst, error, x, y };
    });
    return worst;
  });
}

function queryAt(index: number, radius: number): [number, number] {
  const step = radius / half;
  return [((index % side) - half) * step, (half - Math.floor(index / side)) * step];
}

/** One replicate at one n, of many queries. */
async function fieldOf(asymptoken: Asymptoken, spec: Spec, n: number): Promise<Field> {
  const radius = Math.max(...radiiOf(spec));
  const all = Array.from({ length: side * side }, (_, i) => queryAt(i, radius));
  // A little beyond the ball, so that its edge is whole.
  const reach = radius * (1 + 1 / half);
  const inside = all.flatMap((query, i) => (Math.hypot(...query) <= reach ? [{ query, i }] : []));
  const data = Float32Array.from(inside.flatMap(({ query }) => query));
  const { law, attention, seed } = spec;
  const once = { law, attention, seed, queries: { input: 'queries' }, tokens: n, replicates: 1 };
  const { values } = await asymptoken.replicates({ ...builtin.spec, ...once } as Spec, {
    inputs: { queries: { data, shape: [inside.length, 2] } },
  });
  const errors = new Float64Array(side * side).fill(NaN);
  inside.forEach(({ i }, k) => (errors[i] = values[k]!));
  return { radius, n, errors };
}

function radiiOf(spec: Spec): number[] {
  return (spec as unknown as { ball: { radii: number[] } }).ball.radii;
}
