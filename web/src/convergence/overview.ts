import type { Result } from '../core.ts';
import { html, keep, say, set, svg } from '../dom.ts';
import type { OverviewKind, OverviewLine, OverviewPoint } from '../experiments/experiment.ts';
import { measure } from '../format.ts';
import { Size } from '../figure/size.ts';
import { inFrame } from '../frames.ts';
import { LogScale, roundToTick } from '../scale.ts';
import { Axes, type Frame } from './axes.ts';
import { barOf, curveClass, marker } from './marks.ts';
import { fitDomain, type Focus } from './model.ts';

/** As chart.css has them. */
const lineStyles = 3;

interface Layout {
  x: LogScale;
  y: LogScale;
  frame: Frame;
  unit: number;
}

/** One number of every curve against the swept parameter; a point leads back to its curve. */
export class Overview {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly #size: Size;
  readonly #kind: OverviewKind;
  readonly #metrics: readonly string[];
  readonly #focusOn: (focus: Focus | null) => void;
  readonly #pin: (curve: number | null) => void;
  readonly #axes: Axes;
  readonly #lines = svg('g');
  readonly #points = svg('g');
  readonly #key = svg('g', { class: 'key' });
  #shown: { points: OverviewPoint[]; lines: OverviewLine[] } = { points: [], lines: [] };
  #lineNames: readonly string[] = [];
  #focus: Focus | null = null;
  #layout: Layout | null = null;

  /** The first of `metrics` has filled marks, the second hollow ones. */
  constructor(
    kind: OverviewKind,
    metrics: readonly string[],
    focusOn: (focus: Focus | null) => void,
    pin: (curve: number | null) => void,
  ) {
    this.#kind = kind;
    this.#metrics = metrics;
    this.#focusOn = focusOn;
    this.#pin = pin;
    this.#axes = new Axes(kind.xTitle, kind.xSymbol);
    this.svg = svg(
      'svg',
      { tabindex: 0, role: 'img', 'aria-label': kind.title },
      this.#axes.element,
      this.#lines,
      this.#points,
      this.#key,
    );
    const heading = html('figcaption', {}, html('b', {}, kind.title), ' ', html('span', {}, kind.remark));
    this.element = html('figure', { class: 'panel overview' }, heading, this.svg);
    const redraw = () => this.#redraw();
    this.#size = new Size(this.svg, () => inFrame(redraw));
    this.svg.addEventListener('pointermove', (event) => this.#focusOn(this.#nearest(event)));
    this.svg.addEventListener('pointerleave', () => this.#focusOn(null));
    this.svg.addEventListener('blur', () => this.#focusOn(null));
    this.svg.addEventListener('click', (event) => this.#pin(this.#nearest(event)?.curve ?? null));
    this.svg.addEventListener('keydown', (event) => this.#press(event));
  }

  /** `lineNames` are the kinds of line of the other panels, which share their styles. */
  draw(result: Result | null, lineNames: readonly string[], focus: Focus | null): void {
    this.#shown = {
      points: result ? this.#kind.points(result) : [],
      lines: result ? this.#kind.lines(result) : [],
    };
    this.#lineNames = lineNames;
    this.#focus = focus;
    this.#redraw();
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
    const keyOf = ({ metric, curve }: OverviewPoint) => `${metric}/${curve}`;
    keep(this.#points, this.#shown.points, keyOf, make, (group, point) => {
      const [bar, mark] = group.children as unknown as [SVGPathElement, SVGPathElement];
      const hollow = this.#metrics.indexOf(point.metric) > 0;
      const faded = this.#focus !== null && this.#focus.curve !== point.curve;
      set(group, {
        class: `overview-point ${curveClass(point.curve)} ${hollow ? 'hollow' : ''} ${faded ? 'faded' : ''}`,
        transform: `translate(${x.at(point.x).toFixed(2)},${y.at(point.y).toFixed(2)})`,
        'data-curve': point.curve,
        'data-metric': point.metric,
        'data-x': point.x,
        'data-y': point.y,
        'data-se': point.se,
      });
      set(bar, { d: point.se === null ? '' : barOf(point.y, point.se, y, 3 * unit) });
      set(mark, { d: marker(point.curve, 4.5 * unit) });
    });
  }

  #drawLines({ x, y, frame, unit }: Layout): void {
    keep(
      this.#lines,
      this.#shown.lines,
      ({ name }) => name,
      () => svg('path'),
      (path, { name, status, points, between }) => {
        const drawn = between ? refined(points, between) : points;
        const d = drawn.map((point, i) => `${i === 0 ? 'M' : 'L'}${x.at(point.x)},${y.at(point.y)}`);
        set(path, {
          class: `reference style-${this.#styleOf(name)}`,
          d: d.join(''),
          'data-name': name,
          'data-status': status,
          'data-points': JSON.stringify(points.map((point) => [point.x, point.y])),
        });
      },
    );
    const named = this.#shown.lines.filter(({ points }) => points.length > 1);
    const make = () => svg('g', {}, svg('line'), svg('text', { dy: '0.35em' }));
    const keyOf = ({ name }: OverviewLine) => name;
    keep(this.#key, named, keyOf, make, (group, { name }, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const [left, level] = [frame.left + 8 * unit, frame.top + (8 + 17 * index) * unit];
      set(line, { class: `reference style-${this.#styleOf(name)}` });
      set(line, { x1: left, x2: left + 28 * unit, y1: level, y2: level });
      set(text, { x: left + 36 * unit, y: level });
      say(text, name);
    });
  }

  /** Lines of its own have the styles that the other panels leave. */
  #styleOf(name: string): number {
    const names = [...new Set([...this.#lineNames, ...this.#shown.lines.map((line) => line.name)])];
    return names.indexOf(name) % lineStyles;
  }

  #measure(): Layout | null {
    const { width, height, unit } = this.#size;
    if (width < 160 * unit || height < 100 * unit) return null;
    const frame = { left: 56 * unit, right: width - 12 * unit, top: 8 * unit, bottom: height - 40 * unit };
    const drawn = this.#shown.lines.flatMap(({ points }) => points);
    const all = [...this.#shown.points, ...drawn];
    const levels = [
      ...this.#shown.points.map((point) => ({ mean: point.y, se: point.se })),
      ...drawn.map((point) => ({ mean: point.y, se: null })),
    ];
    const xs = all.map((point) => point.x);
    const across: [number, number] =
      xs.length === 0 ? [0.1, 10] : [roundToTick(Math.min(...xs), false), roundToTick(Math.max(...xs), true)];
    if (across[0] === across[1]) across[1] *= 10;
    return {
      x: new LogScale(across, [frame.left + 10 * unit, frame.right - 10 * unit]),
      y: new LogScale(fitDomain(null, levels, true) ?? [0.1, 10], [frame.bottom, frame.top]),
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
    for (const { curve, x, y } of this.#shown.points) {
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
    const curves = [...new Set(this.#shown.points.map(({ curve }) => curve))];
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
    const { title, xTitle, xSymbol } = this.#kind;
    const parts = this.#shown.points.map(
      ({ metric, x, y, se }) =>
        `${metric} at ${xSymbol} = ${measure(x)}: ${measure(y)}${se === null ? '' : ` plus or minus ${measure(se)}`}`,
    );
    const words = parts.length > 0 ? parts.join('; ') : 'no points yet';
    return `${title}, both axes logarithmic, against ${xTitle}${xSymbol}. ${words}. Left and right point at a curve, Enter keeps it.`;
  }
}

/** The same line with more points, so that it is as smooth as its formula. */
function refined(points: OverviewLine['points'], formula: (x: number) => number): OverviewLine['points'] {
  const [first, last] = [points[0]?.x ?? 1, points.at(-1)?.x ?? 1];
  const steps = 64;
  const even = Array.from({ length: steps + 1 }, (_, i) => first * (last / first) ** (i / steps));
  const all = [...even, ...points.map(({ x }) => x)].sort((a, b) => a - b);
  return all.map((x) => ({ x, y: formula(x) }));
}
