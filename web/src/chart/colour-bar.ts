import { html, keep, say, set, svg } from '../base/dom.ts';
import { measure, tick } from '../base/format.ts';
import { colourMap, packedColours } from './colour-map.ts';
import type { ColourScale } from './colour-scale.ts';

/** Pixels that 3 × 10⁻⁶ takes. */
const widestLabel = 60;

/** The legend of the colours: the whole map with round weights under it. */
export class ColourBar {
  readonly element: HTMLElement;
  readonly #canvas = html('canvas', { width: colourMap.length, height: 1 });
  readonly #ticks = svg('g');
  readonly #pointer = svg('path', { class: 'pointer', visibility: 'hidden' });
  readonly #svg = svg('svg', { 'aria-hidden': 'true' }, this.#ticks, this.#pointer);
  #scale: ColourScale | null = null;
  #weight: number | null = null;

  readonly #title: HTMLElement;
  readonly #heading: string;
  readonly #noun: string;

  /** `noun` is what has a colour, in a sentence. */
  constructor(heading: string, noun: string) {
    this.#heading = heading;
    this.#noun = noun;
    this.#title = html('span', { class: 'title' }, heading);
    const image = new ImageData(colourMap.length, 1);
    new Uint32Array(image.data.buffer).set(packedColours);
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    this.element = html(
      'div',
      { class: 'colour-bar', role: 'img', 'aria-label': heading },
      this.#title,
      this.#canvas,
      this.#svg,
    );
    new ResizeObserver(() => this.draw(this.#scale, this.#weight)).observe(this.#svg);
  }

  /** What a pixel of many weights shows of them; '' for one of one. */
  explain(pooling: string): void {
    say(this.#title, `${this.#heading}${pooling}`);
  }

  /** `weight` is pointed at on the bar. */
  draw(scale: ColourScale | null, weight: number | null): void {
    this.#scale = scale;
    this.#weight = weight;
    const width = this.#svg.clientWidth;
    if (!scale || width === 0) return;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    set(this.element, {
      'aria-label': `Colours from ${this.#noun} ${measure(scale.low)}, darkest, to ${measure(scale.high)}, lightest, ${scale.kind} scale`,
      'data-low': scale.low,
      'data-high': scale.high,
      'data-scale': scale.kind,
    });
    const values = scale.ticks(width, widestLabel * unit);
    const make = () => svg('g', {}, svg('line'), svg('text', { 'text-anchor': 'middle' }));
    keep(this.#ticks, values, String, make, (group, value) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const x = scale.at(value) * width;
      set(group, { class: 'tick', 'data-weight': value });
      set(line, { x1: x, x2: x, y1: 0, y2: 4 * unit });
      set(text, { x: Math.min(Math.max(x, 16 * unit), width - 16 * unit), y: 17 * unit });
      text.textContent = value === 0 ? '0' : tick(value);
    });
    set(this.#pointer, { visibility: weight === null ? 'hidden' : null });
    if (weight === null) return;
    const x = scale.at(weight) * width;
    set(this.#pointer, { d: `M${x},0l${3.5 * unit},${5 * unit}h${-7 * unit}Z` });
  }
}
