import { keep, say, set, svg } from '../base/dom.ts';
import { tick } from '../base/format.ts';
import type { AxisScale, Tick } from './scale.ts';

/** The rectangle of the plot, in pixels. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Grid lines and tick labels of both axes. */
export class Axes {
  readonly element = svg('g', { class: 'axes' });
  readonly #x = svg('g');
  readonly #y = svg('g');
  readonly #title: SVGTextElement;

  /** Of the x axis: a word and its variable. */
  constructor(title: string, symbol: string) {
    this.#title = svg(
      'text',
      { class: 'axis-title', 'text-anchor': 'end' },
      title,
      svg('tspan', { class: 'variable' }, symbol),
    );
    this.element.append(this.#y, this.#x, this.#title);
  }

  /** `unit` is the size of a CSS rem in pixels over 16. */
  draw(x: AxisScale, y: AxisScale, { left, right, top, bottom }: Frame, unit: number): void {
    const tickLabel = 6 * unit;
    keep(
      this.#x,
      x.ticks((x.domain[1] >= 1e4 ? 50 : 40) * unit),
      keyOf,
      makeTick,
      (group, { value, position, labelled }) => {
        const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
        set(group, { class: labelled ? 'tick major' : 'tick' });
        set(line, { x1: position, x2: position, y1: bottom, y2: labelled ? top : bottom + 4 * unit });
        set(text, { x: position, y: bottom + tickLabel + 12 * unit, 'text-anchor': 'middle' });
        say(text, labelled ? tick(value) : '');
      },
    );
    keep(this.#y, y.ticks(22 * unit), keyOf, makeTick, (group, { value, position, labelled }) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      set(group, { class: labelled ? 'tick major' : 'tick' });
      set(line, {
        x1: labelled ? left : left - 4 * unit,
        x2: labelled ? right : left,
        y1: position,
        y2: position,
      });
      set(text, { x: left - tickLabel - 2 * unit, y: position, dy: '0.35em', 'text-anchor': 'end' });
      say(text, labelled ? tick(value) : '');
    });
    set(this.#title, { x: right, y: bottom + tickLabel + 30 * unit });
  }
}

function keyOf({ value }: Tick): string {
  return String(value);
}

function makeTick(): SVGGElement {
  return svg('g', {}, svg('line'), svg('text'));
}
