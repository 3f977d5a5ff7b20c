import type { Trend } from '../base/core.ts';
import { html, keep, say, set, svg } from '../base/dom.ts';
import { measure, titled } from '../base/format.ts';
import { inFrame } from '../base/frames.ts';
import { Axes, type Frame } from './axes.ts';
import { barOf, curveClass, marker } from './marks.ts';
import { domainOf, type Domain, type Focus } from './model.ts';
import { axisScale, roundToTick, type AxisScale } from './scale.ts';
import { Size } from './size.ts';

/** As chart.css has them. */
const lineStyles = 3;

interface Layout {
  x: AxisScale;
  y: AxisScale;
  frame: Frame;
  unit: number;
}

interface Point {
  curve: number;
  metric: string;
  x: number;
  y: number;
  error: number | null;
}

/** A predicted line: the parts of it that different arguments give, from left to right. */
interface Line {
  id: string;
  title: string;
  status: string;
  points: [x: number, y: number][];
}

/** One number of every curve against a parameter; a point leads back to its curve. */
export class TrendPanel {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly #size: Size;
  readonly #focusOn: (focus: Focus | null) => void;
  readonly #pin: (curve: number | null) => void;
  readonly #axes: Axes;
  readonly #lines = svg('g');
  readonly #points = svg('g');
  readonly #key = svg('g', { class: 'key' });
  #trend: Trend;
  #references: readonly string[] = [];
  #focus: Focus | null = null;
  #layout: Layout | null = null;

  constructor(trend: Trend, focusOn: (focus: Focus | null) => void, pin: (curve: number | null) => void) {
    this.#trend = trend;
    this.#focusOn = focusOn;
    this.#pin = pin;
    this.#axes = new Axes(`${trend.x.title} `, trend.x.symbol);
    this.svg = svg(
      'svg',
      { tabindex: 0, role: 'img', 'aria-label': titled(trend.title) },
      this.#axes.element,
      this.#lines,
      this.#points,
      this.#key,
    );
    const title = html('b', {}, titled(trend.title));
    const heading = html('figcaption', {}, title, ' ', html('span', {}, trend.remark));
    this.element = html('figure', { class: 'panel trend' }, heading, this.svg);
    const redraw = () => this.#redraw();
    this.#size = new Size(this.svg, () => inFrame(redraw));
    this.svg.addEventListener('pointermove', (event) => this.#focusOn(this.#nearest(event)));
    this.svg.addEventListener('pointerleave', () => this.#focusOn(null));
    this.svg.addEventListener('blur', () => this.#focusOn(null));
    this.svg.addEventListener('click', (event) => this.#pin(this.#nearest(event)?.curve ?? null));
    this.svg.addEventListener('keydown', (event) => this.#press(event));
  }

  /** `references` are the predictions of the other panels, which share their line styles. */
  draw(trend: Trend, references: readonly string[], focus: Focus | null): void {
    this.#trend = trend;
    this.#references = references;
    this.#focus = focus;
    this.#redraw();
  }

  get #shown(): Point[] {
    return this.#trend.points.flatMap(({ curve, metric, x, y, standard_error: error }) =>
      y === null || (y <= 0 && this.#trend.y_scale === 'logarithmic') ? [] : [{ curve, metric, x, y, error }],
    );
  }

  get #predicted(): Line[] {
    return this.#trend.lines.map(({ prediction, title, status, points }) => ({
      id: prediction,
      title,
      status,
      points: points.flatMap(([x, y]) => (x == null || y == null ? [] : [[x, y]])),
    }));
  }

  #redraw(): void {
    const layout = this.#measure();
    if (!layout) return;
    this.#layout = layout;
    const { x, y, frame, unit } = layout;
    set(this.svg, { 'aria-label': this.#description() });
    this.#axes.draw(x, y, frame, unit);
    this.#drawLines(layout);
    const make = () => svg('g', {}, svg('path', { class: 'bar' }), svg('path', { class: 'mark' }));
    const keyOf = ({ metric, curve }: Point) => `${metric}/${curve}`;
    keep(this.#points, this.#shown, keyOf, make, (group, point) => {
      const [bar, mark] = group.children as unknown as [SVGPathElement, SVGPathElement];
      // The first metric has filled marks, the second hollow ones.
      const hollow = this.#trend.metrics.indexOf(point.metric) > 0;
      const faded = this.#focus !== null && this.#focus.curve !== point.curve;
      set(group, {
        class: `trend-point ${curveClass(point.curve)} ${hollow ? 'hollow' : ''} ${faded ? 'faded' : ''}`,
        transform: `translate(${x.at(point.x).toFixed(2)},${y.at(point.y).toFixed(2)})`,
        'data-curve': point.curve,
        'data-metric': point.metric,
        'data-x': point.x,
        'data-y': point.y,
        'data-se': point.error,
      });
      set(bar, { d: point.error === null ? '' : barOf(point.y, point.error, y, 3 * unit) });
      set(mark, { d: marker(point.curve, 4.5 * unit) });
    });
  }

  #drawLines({ x, y, frame, unit }: Layout): void {
    const lines = this.#predicted;
    const keyOf = ({ id }: Line, index: number) => `${id}/${index}`;
    keep(
      this.#lines,
      lines,
      keyOf,
      () => svg('path'),
      (path, { id, status, points }) => {
        const places = points.map((point) => `${x.at(point[0]).toFixed(2)},${y.at(point[1]).toFixed(2)}`);
        set(path, {
          class: `reference style-${this.#styleOf(id)}`,
          d: places.length > 0 ? `M${places.join('L')}` : '',
          'data-name': id,
          'data-status': status,
          'data-points': JSON.stringify(points),
        });
      },
    );
    const named = lines.filter(
      ({ id, points }, index) => points.length > 1 && lines.findIndex((line) => line.id === id) === index,
    );
    const make = () => svg('g', {}, svg('line'), svg('text', { dy: '0.35em' }));
    keep(this.#key, named, keyOf, make, (group, { id, title }, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const [left, level] = [frame.left + 8 * unit, frame.top + (8 + 17 * index) * unit];
      set(line, { class: `reference style-${this.#styleOf(id)}` });
      set(line, { x1: left, x2: left + 28 * unit, y1: level, y2: level });
      set(text, { x: left + 36 * unit, y: level });
      say(text, title);
    });
  }

  /** Lines of its own have the styles that the other panels leave. */
  #styleOf(id: string): number {
    const ids = [...new Set([...this.#references, ...this.#trend.lines.map((line) => line.prediction)])];
    return ids.indexOf(id) % lineStyles;
  }

  #measure(): Layout | null {
    const { width, height, unit } = this.#size;
    if (width < 160 * unit || height < 100 * unit) return null;
    const frame = { left: 56 * unit, right: width - 12 * unit, top: 8 * unit, bottom: height - 40 * unit };
    const lines = this.#predicted.flatMap(({ points }) => points);
    const levels = [
      ...this.#shown.map(({ y, error }) => ({ mean: y, error })),
      ...lines.map(([, y]) => ({ mean: y, error: null })),
    ];
    const places = [...this.#shown.map(({ x }) => x), ...lines.map(([x]) => x)];
    const { x, y_scale } = this.#trend;
    return {
      x: axisScale(x.scale, acrossOf(x.scale, places), [frame.left + 10 * unit, frame.right - 10 * unit]),
      y: axisScale(y_scale, domainOf(y_scale, null, levels, true) ?? [0.1, 10], [frame.bottom, frame.top]),
      frame,
      unit,
    };
  }

  #nearest(event: MouseEvent): Focus | null {
    const layout = this.#layout;
    if (!layout) return null;
    const box = this.svg.getBoundingClientRect();
    let nearest: Focus | null = null;
    let least = 40 * layout.unit;
    for (const { curve, x, y } of this.#shown) {
      const [dx, dy] = [
        layout.x.at(x) - (event.clientX - box.left),
        layout.y.at(y) - (event.clientY - box.top),
      ];
      const distance = Math.hypot(dx, dy);
      if (distance < least) [least, nearest] = [distance, { curve, n: null }];
    }
    return nearest;
  }

  /** Left and right go from curve to curve, Enter keeps the one pointed at, Escape lets go. */
  #press(event: KeyboardEvent): void {
    const curves = [...new Set(this.#shown.map(({ curve }) => curve))];
    if (event.key === 'Escape') {
      this.#focusOn(null);
      this.#pin(null);
    }
    if (event.key === 'Enter' && this.#focus) this.#pin(this.#focus.curve);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || curves.length === 0) return;
    event.preventDefault();
    const at = curves.indexOf(this.#focus?.curve ?? NaN);
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), curves.length - 1);
    this.#focusOn({ curve: curves[next] ?? 0, n: null });
  }

  #description(): string {
    const { title, x, y_scale } = this.#trend;
    const parts = this.#shown.map(
      (point) =>
        `${point.metric} at ${x.symbol} = ${measure(point.x)}: ${measure(point.y)}` +
        (point.error === null ? '' : ` plus or minus ${measure(point.error)}`),
    );
    const words = parts.length > 0 ? parts.join('; ') : 'no points yet';
    return (
      `${titled(title)} on a ${y_scale} axis, against ${x.title} ${x.symbol} on a ${x.scale} one. ${words}. ` +
      'Left and right point at a curve, Enter keeps it.'
    );
  }
}

function acrossOf(scale: Trend['y_scale'], places: readonly number[]): Domain {
  if (places.length === 0) return scale === 'linear' ? [0, 1] : [0.1, 10];
  const [least, most] = [Math.min(...places), Math.max(...places)];
  if (scale === 'linear') return least < most ? [least, most] : [least - 1, least + 1];
  const across: Domain = [roundToTick(least, false), roundToTick(most, true)];
  return across[0] < across[1] ? across : [across[0], 10 * across[0]];
}
