import { html, keep, say, set, svg } from '../base/dom.ts';
import { slope, slopeWithError, titled } from '../base/format.ts';
import { inFrame } from '../base/frames.ts';
import { Axes, type Frame } from './axes.ts';
import { barOf, curveClass, marker, spreadOut } from './marks.ts';
import type { Domain, DrawnMetric, Focus, Line, PlotPoint, Reference, Series } from './model.ts';
import { axisScale, LogScale, type AxisScale } from './scale.ts';
import { Size } from './size.ts';

export interface CurvesModel {
  metric: DrawnMetric;
  series: Series[];
  /** Ids, in the order of their line styles. */
  references: string[];
  x: Domain;
  y: Domain;
  focus: Focus | null;
  /** The text alternative. */
  description: string;
}

interface Layout {
  x: LogScale;
  y: AxisScale;
  frame: Frame;
  unit: number;
  /** There is room for the slopes under the curves' names. */
  wide: boolean;
  /** Too many curves for all of their lines: only the one in focus has predicted slopes. */
  crowded: boolean;
}

interface Place {
  series: Series;
  point: PlotPoint;
}

/** One metric against n: points with bars, fits, reference slopes, labels at the lines' ends. */
export class CurvesPanel {
  readonly element: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly #metric: string;
  readonly #size: Size;
  readonly #focusOn: (focus: Focus | null) => void;
  readonly #axes = new Axes('tokens ', 'n');
  readonly #references = svg('g');
  readonly #fits = svg('g');
  readonly #points = svg('g');
  readonly #plot = svg('svg', { class: 'plot' }, this.#references, this.#fits, this.#points);
  readonly #labels = svg('g');
  readonly #halo = svg('circle', { class: 'halo', visibility: 'hidden' });
  #model: CurvesModel | null = null;
  #layout: Layout | null = null;

  constructor({ id, title, remark }: DrawnMetric, focusOn: (focus: Focus | null) => void) {
    this.#metric = id;
    this.#focusOn = focusOn;
    this.svg = svg(
      'svg',
      { tabindex: 0, role: 'img', 'aria-label': titled(title) },
      this.#axes.element,
      this.#plot,
      this.#halo,
      this.#labels,
    );
    const heading = html('figcaption', {}, html('b', {}, titled(title)), ' ', html('span', {}, remark));
    this.element = html('figure', { class: 'panel' }, heading, this.svg);
    const redraw = () => this.#redraw();
    this.#size = new Size(this.svg, () => inFrame(redraw));
    this.svg.addEventListener('pointermove', (event) => this.#pointAt(event));
    this.svg.addEventListener('pointerdown', (event) => this.#pointAt(event));
    this.svg.addEventListener('pointerleave', () => this.#focusOn(null));
    this.svg.addEventListener('blur', () => this.#focusOn(null));
    this.svg.addEventListener('keydown', (event) => this.#key(event));
  }

  draw(model: CurvesModel): void {
    this.#model = model;
    this.#redraw();
  }

  #redraw(): void {
    const model = this.#model;
    const layout = model && this.#measure(model);
    if (!model || !layout) return;
    this.#layout = layout;
    set(this.svg, { 'aria-label': model.description });
    this.#axes.draw(layout.x, layout.y, layout.frame, layout.unit);
    this.#drawReferences(model, layout);
    this.#drawFits(model, layout);
    this.#drawPoints(model, layout);
    this.#drawLabels(model, layout);
    this.#drawFocus(model, layout);
  }

  #measure(model: CurvesModel): Layout | null {
    const { width, height, unit } = this.#size;
    if (width < 160 * unit || height < 100 * unit) return null;
    const crowded = model.series.length > 6;
    const longest = 7.4 * Math.max(6, ...model.series.map(({ name }) => name.length));
    const wide = width >= 400 * unit && !crowded;
    const frame = {
      left: 56 * unit,
      right: width - (16 + (wide ? Math.max(92, longest) : longest)) * unit,
      top: 8 * unit,
      bottom: height - 40 * unit,
    };
    const { left, right, top, bottom } = frame;
    const [across, down] = [right - left, bottom - top];
    set(this.#plot, {
      x: left,
      y: top,
      width: across,
      height: down,
      viewBox: `${left} ${top} ${across} ${down}`,
    });
    const inset = 10 * unit;
    return {
      x: new LogScale(model.x, [left + inset, right - inset]),
      y: axisScale(model.metric.scale, model.y, [bottom, top]),
      frame,
      unit,
      wide,
      crowded,
    };
  }

  #drawReferences(model: CurvesModel, { x, y, crowded }: Layout): void {
    const shown = model.series.filter(
      ({ curve }) => hasLines(y) && (!crowded || curve === model.focus?.curve),
    );
    const lines = shown.flatMap((series) => {
      const pivot = pivotOf(series);
      return pivot ? series.references.map((reference) => ({ series, reference, pivot })) : [];
    });
    const makeLine = () => svg('line');
    keep(this.#references, lines, keyOfReference, makeLine, (line, { series, reference, pivot }) => {
      const style = model.references.indexOf(reference.id);
      const end = model.x[1];
      set(line, {
        class: `reference style-${style} ${curveClass(series.curve)} ${faded(model.focus, series)}`,
        'data-curve': series.curve,
        'data-metric': this.#metric,
        'data-name': reference.id,
        'data-status': reference.status,
        'data-slope': reference.slope,
        x1: x.at(pivot.n),
        y1: y.at(pivot.mean),
        x2: x.at(end),
        y2: y.at(pivot.mean * (end / pivot.n) ** reference.slope),
      });
    });
  }

  #drawFits(model: CurvesModel, { x, y }: Layout): void {
    const fitted = model.series.filter(({ fit }) => fit !== null && hasLines(y));
    const keyOf = ({ curve }: Series) => String(curve);
    keep(
      this.#fits,
      fitted,
      keyOf,
      () => svg('line'),
      (line, series) => {
        if (!series.fit) return;
        const [from, to] = model.x;
        set(line, {
          class: `fit ${curveClass(series.curve)} ${faded(model.focus, series)}`,
          'data-curve': series.curve,
          'data-metric': this.#metric,
          'data-slope': series.fit.slope,
          'data-se': series.fit.error,
          x1: x.at(from),
          y1: y.at(fitAt(series.fit, from)),
          x2: x.at(to),
          y2: y.at(fitAt(series.fit, to)),
        });
      },
    );
  }

  #drawPoints(model: CurvesModel, { x, y, unit }: Layout): void {
    const places = model.series.flatMap((series) => series.points.map((point): Place => ({ series, point })));
    const keyOf = ({ series, point }: Place) => `${series.curve}/${point.n}`;
    const make = () => svg('g', {}, svg('path', { class: 'bar' }), svg('path', { class: 'mark' }));
    keep(this.#points, places, keyOf, make, (group, { series, point }) => {
      const [bar, mark] = group.children as unknown as [SVGPathElement, SVGPathElement];
      const at = y.at(point.mean);
      set(group, {
        class: `point ${curveClass(series.curve)} ${faded(model.focus, series)}`,
        transform: `translate(${x.at(point.n).toFixed(2)},${at.toFixed(2)})`,
        'data-curve': series.curve,
        'data-metric': this.#metric,
        'data-n': point.n,
        'data-mean': point.mean,
        'data-se': point.error,
        'data-count': point.count,
      });
      set(bar, { d: point.error === null ? '' : barOf(point.mean, point.error, y, 3 * unit) });
      set(mark, { d: marker(series.curve, 4 * unit) });
    });
  }

  #drawLabels(model: CurvesModel, { y, frame, unit, wide }: Layout): void {
    const drawn = model.series.filter(({ points }) => points.length > 0);
    const gap = (wide ? 34 : 18) * unit;
    const wanted = drawn.map((series) => y.at(levelAtEnd(series, model.x[1])) - (wide ? 7 * unit : 0));
    const places = spreadOut(wanted, gap, frame.top + 6 * unit, frame.bottom - (wide ? 20 : 4) * unit);
    const make = () => svg('g', {}, svg('text', { class: 'name' }), svg('text', { class: 'slope' }));
    const keyOf = ({ curve }: Series) => String(curve);
    keep(this.#labels, drawn, keyOf, make, (group, series, index) => {
      const [name, text] = group.children as unknown as [SVGTextElement, SVGTextElement];
      const { fit } = series;
      const at = places[index] ?? 0;
      set(group, { class: `label ${curveClass(series.curve)} ${faded(model.focus, series)}` });
      set(name, { x: frame.right + 6 * unit, y: at, dy: '0.35em' });
      say(name, series.name);
      set(text, {
        x: frame.right + 6 * unit,
        y: at + 15 * unit,
        dy: '0.35em',
        'data-curve': series.curve,
        'data-metric': this.#metric,
        'data-slope': fit?.slope,
        'data-se': fit?.error,
      });
      say(text, wide && fit ? slopeWithError(fit.slope, fit.error) : '');
    });
  }

  #drawFocus({ series, focus }: CurvesModel, { x, y, unit }: Layout): void {
    const point = focus && focus.n !== null && series[focus.curve]?.points.find(({ n }) => n === focus.n);
    set(this.#halo, { visibility: point ? null : 'hidden' });
    if (!point) return;
    set(this.#halo, {
      class: `halo ${curveClass(focus.curve)}`,
      cx: x.at(point.n),
      cy: y.at(point.mean),
      r: 9 * unit,
    });
  }

  #pointAt(event: PointerEvent): void {
    const model = this.#model;
    const layout = this.#layout;
    if (!model || !layout) return;
    const box = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let nearest: Focus | null = null;
    let least = 40 * layout.unit;
    for (const { curve, points } of model.series) {
      for (const { n, mean } of points) {
        const distance = Math.hypot(layout.x.at(n) - px, layout.y.at(mean) - py);
        if (distance < least) [least, nearest] = [distance, { curve, n }];
      }
    }
    this.#focusOn(nearest);
  }

  /** Left and right walk along a curve, up and down between curves. */
  #key(event: KeyboardEvent): void {
    const model = this.#model;
    const drawn = model?.series.filter(({ points }) => points.length > 0) ?? [];
    if (event.key === 'Escape') this.#focusOn(null);
    const [along, across] = steps[event.key] ?? [0, 0];
    if (!model || drawn.length === 0 || (along === 0 && across === 0)) return;
    event.preventDefault();
    const current = drawn.findIndex(({ curve }) => curve === model.focus?.curve);
    const row = current < 0 ? 0 : (current + across + drawn.length) % drawn.length;
    const { curve, points } = drawn[row]!;
    const place = points.findIndex(({ n }) => n === model.focus?.n);
    const last = points.length - 1;
    const next =
      place < 0
        ? along === -1 || along === Infinity
          ? last
          : 0
        : Math.min(Math.max(place + along, 0), last);
    this.#focusOn({ curve, n: points[next]!.n });
  }
}

const steps: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

function keyOfReference({ series, reference }: { series: Series; reference: Reference }): string {
  return `${series.curve}/${reference.id}`;
}

/** A predicted slope says nothing of the level: its line starts where the fit does. */
function pivotOf({ points, fit }: Series): { n: number; mean: number } | null {
  const first = points[0];
  if (!first) return null;
  return { n: first.n, mean: fit ? fitAt(fit, first.n) : first.mean };
}

function fitAt(fit: Line, n: number): number {
  return Math.exp(fit.intercept + fit.slope * Math.log(n));
}

function levelAtEnd({ points, fit }: Series, n: number): number {
  return fit ? fitAt(fit, n) : (points.at(-1)?.mean ?? 1);
}

function faded(focus: Focus | null, { curve }: Series): string {
  return focus && focus.curve !== curve ? 'faded' : '';
}

/** A power law is straight where both axes are logarithmic. */
function hasLines({ kind }: AxisScale): boolean {
  return kind === 'logarithmic';
}

/** The text alternative of a panel. */
export function describe({ title, scale }: DrawnMetric, series: readonly Series[]): string {
  const parts = series.map(({ name, fit, points }) => {
    if (fit) return `${name}: slope ${slope(fit.slope)} plus or minus ${fit.error.toFixed(3)}`;
    return `${name}: ${points.length === 0 ? 'no points yet' : `${points.length} points, no fit yet`}`;
  });
  const axes = scale === 'linear' ? 'n on a logarithmic axis' : 'both axes logarithmic';
  return `${titled(title)} against the number of tokens n, ${axes}. ${parts.join('; ')}. Arrow keys read off points.`;
}
