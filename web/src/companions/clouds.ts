import { core, sentence, type Asymptoken, type NumberArray, type Spec } from '../base/core.ts';
import { html, keep, say, set, svg } from '../base/dom.ts';
import { measure, whole } from '../base/format.ts';
import { inFrame } from '../base/frames.ts';
import { Latest } from '../base/latest.ts';
import { curveClass } from '../chart/marks.ts';
import { Size } from '../chart/size.ts';
import type { Companion } from '../experiment/companion.ts';
import { lawNamed, lawOf } from '../experiment/settings.ts';
import type { Picture } from '../figure/picture.ts';
import { SizeSlider, sizesOf } from './size-slider.ts';

/** Half the side of each square, times how far out the tokens lie. */
const extent = 1.4;
const mostDots = 1500;
const mostTokens = 3000;
/** At most, by the room that there is; companion.css knows where one ends and the other begins. */
const columns = { narrow: 2, wide: 4 };

interface Cloud {
  horizon: number;
  /** Row-major pairs. */
  outputs: Float32Array;
  spread: Moments;
  errors: { mean: number; covariance: number };
}

interface Moments {
  mean: Float64Array;
  /** Row-major; over all points, not one fewer. */
  covariance: Float64Array;
}

/** The tokens of one sample of the plane, and what they become when each attends to all, under heads A = H I, V = I. */
export class Clouds implements Companion {
  readonly element: HTMLElement;
  readonly #svg = svg('svg', { role: 'img', 'aria-label': 'Clouds before and after attention' });
  readonly #redraw = () => this.#draw();
  readonly #size = new Size(this.#svg, () => inFrame(this.#redraw));
  readonly #slider = new SizeSlider('cloud', () => this.#compute());
  readonly #words = html('p', { class: 'companion-words', role: 'status' });
  readonly #latest = new Latest();
  #spec: Spec | null = null;
  #shown: { tokens: Float32Array; spread: Moments; bound: number; clouds: Cloud[] } | null = null;

  constructor() {
    const title = html(
      'p',
      { class: 'companion-title' },
      html('b', {}, 'One sample, before and after'),
      ' tokens of the plane, and their outputs under A = H I, V = I',
    );
    const side = html('div', { class: 'companion-side' }, this.#slider.element, this.#words);
    this.element = html('div', { class: 'companion clouds' }, html('div', {}, title, this.#svg), side);
    this.#takeRoom(columns.wide);
  }

  picture(): Picture {
    return { title: 'One sample, before and after attention', picture: this.#svg };
  }

  show(spec: Spec): void {
    this.#spec = spec;
    this.#takeRoom(1 + horizonsOf(spec).length);
    const { from, to } = spec.tokens as { from: number; to: number };
    const most = Math.min(to, mostTokens);
    this.#slider.offer(sizesOf(Math.min(from, most), most));
    this.#compute();
  }

  set held(held: boolean) {
    this.#latest.held = held;
  }

  #compute(): void {
    const spec = this.#spec;
    if (!spec) return;
    const n = this.#slider.value;
    this.#latest.ask(async () => {
      try {
        const { asymptoken } = await core();
        const { values } = await asymptoken.tokens(planeSpec(spec, 1, n), n);
        const [spread, clouds] = await Promise.all([
          asymptoken.moments(pairs(values)),
          cloudsOf(asymptoken, spec, values, n),
        ]);
        this.#shown = { tokens: values, spread, bound: lawNamed(spec.law.type).bound, clouds };
        inFrame(this.#redraw);
      } catch (error) {
        say(this.#words, sentence(error));
      }
    });
  }

  /** At once, so that nothing moves when the clouds come. */
  #takeRoom(count: number): void {
    for (const [width, most] of Object.entries(columns)) {
      const across = Math.min(most, count);
      this.#svg.style.setProperty(`--${width}`, `${across} / ${Math.ceil(count / across)}`);
    }
  }

  #draw(): void {
    const shown = this.#shown;
    const { width, unit } = this.#size;
    if (!shown || width === 0) return;
    const squares = [
      { name: 'tokens', curve: -1, points: shown.tokens, spread: shown.spread },
      ...shown.clouds.map(({ horizon, outputs, spread }, curve) => ({
        name: `H = ${horizon}`,
        curve,
        points: outputs,
        spread,
      })),
    ];
    this.#takeRoom(squares.length);
    const across = Math.min(width < 480 * unit ? columns.narrow : columns.wide, squares.length);
    const size = width / across;
    const make = () =>
      svg(
        'g',
        {},
        svg('rect', { class: 'square' }),
        svg('path', { class: 'cloud' }),
        svg('ellipse', { class: 'spread' }),
        svg('text', { class: 'cloud-name' }),
      );
    const keyOf = ({ name }: { name: string }) => name;
    keep(this.#svg, squares, keyOf, make, (group, { name, curve, points, spread }, index) => {
      const [frame, cloud, ellipse, text] = group.children as unknown as [
        SVGRectElement,
        SVGPathElement,
        SVGEllipseElement,
        SVGTextElement,
      ];
      const inner = size - 8;
      const scale = inner / (2 * extent * shown.bound);
      const [left, top] = [(index % across) * size, Math.floor(index / across) * size];
      set(group, { transform: `translate(${left},${top})`, class: curve < 0 ? 'before' : curveClass(curve) });
      set(frame, { width: inner, height: inner });
      set(cloud, { d: dotsOf(points, inner, scale) });
      const { angle, axes } = ellipseOf(spread.covariance);
      const [cx, cy] = [inner / 2 + scale * spread.mean[0]!, inner / 2 - scale * spread.mean[1]!];
      set(ellipse, { cx, cy, rx: scale * axes[0], ry: scale * axes[1] });
      set(ellipse, { transform: `rotate(${-angle},${cx},${cy})`, 'data-curve': curve });
      set(ellipse, {
        'data-mean': spread.mean.join(),
        'data-covariance': [0, 1, 3].map((i) => spread.covariance[i]).join(),
      });
      set(text, { x: 8, y: 18 });
      say(text, name);
    });
    const parts = shown.clouds.map(
      ({ horizon, errors }) => `at H = ${horizon}: ${measure(errors.mean)} and ${measure(errors.covariance)}`,
    );
    const words =
      `${whole(shown.tokens.length / 2)} tokens. Ellipses are one standard deviation. Off the limit, mean and ` +
      `covariance: ${parts.join('; ')}.`;
    say(this.#words, words);
    set(this.#svg, { 'aria-label': `Clouds before and after attention. ${words}` });
    set(this.element, { 'data-n': shown.tokens.length / 2 });
  }
}

async function cloudsOf(
  asymptoken: Asymptoken,
  spec: Spec,
  values: Float32Array,
  n: number,
): Promise<Cloud[]> {
  const [unit] = await asymptoken.heads(planeSpec(spec, 1, n));
  return Promise.all(
    horizonsOf(spec).map(async (horizon) => {
      // The horizon of A = scale I is in proportion to the scale.
      const scale = horizon / unit!.horizon;
      const [{ output }, errors] = await Promise.all([
        asymptoken.attend({ queries: values, keys: values, values, dimension: 2, scale }),
        asymptoken.replicates(planeSpec(spec, scale, n)),
      ]);
      const [mean = NaN, covariance = NaN] = errors.values;
      const spread = await asymptoken.moments(pairs(output));
      return { horizon, outputs: output, spread, errors: { mean, covariance } };
    }),
  );
}

function horizonsOf({ attention }: Spec): number[] {
  return (attention as unknown as { horizons: number[] }).horizons;
}

/** The same experiment once in the plane, under A = scale I and V = I. */
function planeSpec(spec: Spec, scale: number, n: number): Spec {
  return {
    ...spec,
    law: lawOf(spec.law.type, 2),
    attention: { matrix: scale, value: 1 },
    tokens: n,
    replicates: 1,
  } as Spec;
}

function pairs(data: Float32Array): NumberArray {
  return { data, shape: [data.length / 2, 2] };
}

/** Half axes and the angle of the first, in degrees. */
function ellipseOf([xx = 0, xy = 0, , yy = 0]: Float64Array): { axes: [number, number]; angle: number } {
  const middle = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return {
    axes: [Math.sqrt(middle + spread), Math.sqrt(Math.max(0, middle - spread))],
    angle: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI,
  };
}

function dotsOf(points: Float32Array, side: number, scale: number): string {
  let dots = '';
  for (let i = 0; i < Math.min(points.length, 2 * mostDots); i += 2) {
    const [x, y] = [side / 2 + scale * points[i]!, side / 2 - scale * points[i + 1]!];
    if (x >= 0 && x <= side && y >= 0 && y <= side) dots += `M${x.toFixed(1)},${y.toFixed(1)}h0`;
  }
  return dots;
}
