import { core, sentence, type Asymptoken, type Spec } from '../core.ts';
import { html, keep, say, set, svg } from '../dom.ts';
import { moments } from '../experiments/moments.ts';
import { lawOf, type Settings } from '../experiments/settings.ts';
import { Size } from '../figure/size.ts';
import { inFrame } from '../frames.ts';
import type { Picture } from '../figure/picture.ts';
import { measure, whole } from '../format.ts';
import { curveClass } from '../convergence/marks.ts';
import type { Companion } from './companion.ts';
import { Latest } from '../latest.ts';
import { SizeSlider, sizesOf } from './size-slider.ts';

/** Half the side of each square, in standard deviations of a token. */
const extent = 4.2;
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
  mean: [number, number];
  /** xx, xy, yy; over all points, not one fewer. */
  covariance: [number, number, number];
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
  #settings: Settings | null = null;
  #shown: { tokens: Float32Array; clouds: Cloud[] } | null = null;

  constructor() {
    const title = html(
      'p',
      { class: 'companion-title' },
      html('b', {}, 'One sample, before and after'),
      ' tokens of the plane, and their outputs under A = H I, V = I',
    );
    const side = html('div', { class: 'companion-side' }, this.#slider.element, this.#words);
    this.element = html('div', { class: 'companion clouds' }, html('div', {}, title, this.#svg), side);
    this.#takeRoom(1 + moments.defaults.sweep.length);
  }

  picture(): Picture {
    return { title: 'One sample, before and after attention', picture: this.#svg };
  }

  show(settings: Settings): void {
    this.#settings = settings;
    this.#takeRoom(1 + settings.sweep.length);
    const to = Math.min(settings.to, mostTokens);
    this.#slider.offer(sizesOf(Math.min(settings.from, to), to));
    this.#compute();
  }

  set held(held: boolean) {
    this.#latest.held = held;
  }

  #compute(): void {
    const settings = this.#settings;
    if (!settings) return;
    const n = this.#slider.value;
    this.#latest.ask(async () => {
      try {
        const { asymptoken } = await core();
        const { values } = await asymptoken.tokens(specOf(settings, 1, n), n);
        const clouds = await cloudsOf(asymptoken, settings, values, n);
        this.#shown = { tokens: values, clouds };
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
      { name: 'tokens', curve: -1, points: shown.tokens, spread: momentsOf(shown.tokens) },
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
      const scale = inner / (2 * extent);
      const [left, top] = [(index % across) * size, Math.floor(index / across) * size];
      set(group, { transform: `translate(${left},${top})`, class: curve < 0 ? 'before' : curveClass(curve) });
      set(frame, { width: inner, height: inner });
      set(cloud, { d: dotsOf(points, inner, scale) });
      const { angle, axes } = ellipseOf(spread.covariance);
      const [cx, cy] = [inner / 2 + scale * spread.mean[0], inner / 2 - scale * spread.mean[1]];
      set(ellipse, { cx, cy, rx: scale * axes[0], ry: scale * axes[1] });
      set(ellipse, { transform: `rotate(${-angle},${cx},${cy})`, 'data-curve': curve });
      set(ellipse, { 'data-mean': spread.mean.join(), 'data-covariance': spread.covariance.join() });
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
  settings: Settings,
  values: Float32Array,
  n: number,
): Promise<Cloud[]> {
  const horizons = settings.sweep;
  const scales = horizons.map((horizon) => scaleOf(settings, horizon));
  return Promise.all(
    scales.map(async (scale, i) => {
      const [{ output }, limit] = await Promise.all([
        asymptoken.attend({ queries: values, keys: values, values, dimension: 2, scale }),
        limitOf(asymptoken, specOf(settings, scale, n)),
      ]);
      const spread = momentsOf(output);
      return { horizon: horizons[i]!, outputs: output, spread, errors: errorsOf(spread, limit) };
    }),
  );
}

interface Limit {
  mean: [number, number];
  covariance: [[number, number], [number, number]];
}

async function limitOf(asymptoken: Asymptoken, spec: Spec): Promise<Limit> {
  const { curves } = (await asymptoken.limit(spec)) as { curves: { limit: Limit }[] };
  return curves[0]!.limit;
}

function errorsOf({ mean, covariance: [xx, xy, yy] }: Moments, limit: Limit): Cloud['errors'] {
  const [[a, b], [, d]] = limit.covariance;
  return {
    mean: Math.hypot(mean[0] - limit.mean[0], mean[1] - limit.mean[1]),
    covariance: Math.hypot(xx - a, xy - b, xy - b, yy - d),
  };
}

/** A = scale I has the horizon scale times a coordinate's variance, which on the circle is 1/2. */
function scaleOf({ law }: Settings, horizon: number): number {
  return law === 'gaussian' ? horizon : 2 * horizon;
}

function specOf(settings: Settings, scale: number, n: number): Spec {
  const { law, seed } = settings;
  return {
    schema: 1,
    experiment: 'moments',
    seed,
    law: lawOf(law, 2),
    attention: { matrix: scale, value: 1 },
    tokens: n,
    replicates: 1,
  };
}

function momentsOf(points: Float32Array): Moments {
  const n = points.length / 2;
  let [x, y] = [0, 0];
  for (let i = 0; i < points.length; i += 2) {
    x += points[i]! / n;
    y += points[i + 1]! / n;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [dx, dy] = [points[i]! - x, points[i + 1]! - y];
    xx += (dx * dx) / n;
    xy += (dx * dy) / n;
    yy += (dy * dy) / n;
  }
  return { mean: [x, y], covariance: [xx, xy, yy] };
}

/** Half axes and the angle of the first, in degrees. */
function ellipseOf([xx, xy, yy]: Moments['covariance']): { axes: [number, number]; angle: number } {
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
