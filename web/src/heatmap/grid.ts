import { html, keep, set, svg } from '../base/dom.ts';
import { whole } from '../base/format.ts';
import { linearTicks } from '../chart/scale.ts';
import type { Part } from './view.ts';
import { Fingers } from './fingers.ts';
import type { Point } from './viewport.ts';

export interface Cell {
  row: number;
  column: number;
}

/** What a reader can do to the picture. */
export interface GridActions {
  pointTo(cell: Cell | null, byKey: boolean): void;
  /** What lies at `from` comes to lie at `to`, and the part shown becomes so many times as large. */
  move(from: Point, to: Point, factor: number): void;
  /** The part shown becomes so many times as large, about the cell pointed at or the middle; 0: the whole matrix. */
  zoom(factor: number): void;
  resized(): void;
}

/** The picture of a part of the matrix with its axes, and the cell pointed at by mouse, finger or keyboard. */
export class Grid {
  readonly element: HTMLElement;
  readonly canvas = html('canvas', { width: 1, height: 1 });
  readonly svg = svg('svg', { 'aria-hidden': 'true' });
  readonly #actions: GridActions;
  readonly #rows = svg('g');
  readonly #columns = svg('g');
  readonly #cross = svg('g', { class: 'cross', visibility: 'hidden' });
  readonly #queries = svg('text', { class: 'axis-title', 'text-anchor': 'middle' }, 'query');
  readonly #keys = svg('text', { class: 'axis-title', 'text-anchor': 'middle' }, 'key');
  #n = 1;
  #part: Part = { row: 0, column: 0, size: 1 };
  #cell: Cell | null = null;

  constructor(actions: GridActions) {
    this.#actions = actions;
    for (const kind of ['row', 'column', 'cell']) this.#cross.append(svg('rect', { class: kind }));
    this.svg.append(this.#rows, this.#columns, this.#queries, this.#keys, this.#cross);
    this.element = html('div', { class: 'grid', tabindex: 0, role: 'application' }, this.canvas, this.svg);
    set(this.element, { 'aria-roledescription': 'heatmap', 'aria-describedby': 'summary' });
    set(this.element, {
      'aria-label':
        'Attention weights, queries down and keys across; arrow keys read off a cell, plus and minus zoom, 0 shows all',
    });
    new ResizeObserver(() => {
      this.draw(this.#n, this.#part, this.#cell);
      actions.resized();
    }).observe(this.canvas);
    new Fingers(this.canvas, {
      movable: () => this.#part.size < this.#n,
      point: (at) => actions.pointTo(at && this.#cellAt(at), false),
      move: (from, to, factor) => actions.move(from, to, factor),
    });
    this.element.addEventListener('blur', () => actions.pointTo(null, false));
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Pixels of the screen along a side. */
  get room(): number {
    return Math.min(Math.round(this.canvas.clientWidth * devicePixelRatio), mostPixels) || mostPixels;
  }

  draw(n: number, part: Part, cell: Cell | null): void {
    this.#n = n;
    this.#part = part;
    this.#cell = cell;
    const size = this.canvas.clientWidth;
    if (size === 0) return;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const [left, top] = [this.canvas.offsetLeft, this.canvas.offsetTop];
    const step = size / part.size;
    const enlarged = size * devicePixelRatio >= this.canvas.width;
    set(this.canvas, { class: `${enlarged ? 'enlarged' : ''} ${part.size < n ? 'movable' : ''}` });
    const ticks = (first: number) => axisIndices(first, Math.min(first + part.size, n), size / (56 * unit));
    const make = () => svg('g', { class: 'tick' }, svg('line'), svg('text'));
    keep(this.#rows, ticks(part.row), String, make, (group, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const y = top + (index - part.row - 0.5) * step;
      set(line, { x1: left - 4 * unit, x2: left, y1: y, y2: y });
      set(text, { x: left - 7 * unit, y, dy: '0.35em', 'text-anchor': 'end' });
      text.textContent = whole(index);
    });
    keep(this.#columns, ticks(part.column), String, make, (group, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const x = left + (index - part.column - 0.5) * step;
      set(line, { x1: x, x2: x, y1: top + size, y2: top + size + 4 * unit });
      set(text, { x, y: top + size + 17 * unit, 'text-anchor': 'middle' });
      text.textContent = whole(index);
    });
    const middle = top + size / 2;
    set(this.#queries, { transform: `translate(${11 * unit},${middle}) rotate(-90)` });
    set(this.#keys, { x: left + size / 2, y: top + size + 34 * unit });
    this.#drawCross(left, top, size, step);
  }

  #drawCross(left: number, top: number, size: number, step: number): void {
    const cell = this.#cell;
    const { row: firstRow, column: firstColumn, size: shown } = this.#part;
    const [down, right] = [(cell?.row ?? -1) - firstRow, (cell?.column ?? -1) - firstColumn];
    const inside = cell !== null && down >= 0 && down < shown && right >= 0 && right < shown;
    set(this.#cross, { visibility: inside ? null : 'hidden' });
    set(this.element, { 'data-row': cell?.row, 'data-column': cell?.column });
    if (!inside) return;
    const [row, column, one] = this.#cross.children as unknown as [
      SVGRectElement,
      SVGRectElement,
      SVGRectElement,
    ];
    const [x, y] = [left + right * step, top + down * step];
    set(row, { x: left, y, width: size, height: step });
    set(column, { x, y: top, width: step, height: size });
    set(one, { x: x - 1, y: y - 1, width: step + 2, height: step + 2 });
  }

  #cellAt({ x, y }: Point): Cell | null {
    const { row: top, column: left, size } = this.#part;
    const [row, column] = [top + Math.floor(y * size), left + Math.floor(x * size)];
    const within = (index: number, first: number) =>
      index >= first && index < Math.min(first + size, this.#n);
    return within(row, top) && within(column, left) ? { row, column } : null;
  }

  /** Arrows move by one, with shift by ten; Home and End go along the row, Page Up and Down along the column. */
  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#actions.pointTo(null, true);
    const factor = zooms[event.key];
    if (factor !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#actions.zoom(factor);
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    const { row, column } = this.#cell ?? this.#part;
    const first = this.#cell === null;
    const clamp = (index: number) => Math.min(Math.max(index, 0), this.#n - 1);
    const [down, right] = first && Number.isFinite(move[0] + move[1]) ? [0, 0] : move;
    this.#actions.pointTo({ row: clamp(row + size * down), column: clamp(column + size * right) }, true);
  }
}

const mostPixels = 1024;

const zooms: Record<string, number> = { '+': 0.5, '=': 0.5, '-': 2, '0': 0 };

const moves: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-Infinity, 0],
  PageDown: [Infinity, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** Tokens are counted from 1: of those after `first` up to `last`, the first and the round numbers. */
function axisIndices(first: number, last: number, count: number): number[] {
  const room = Math.max(2, Math.floor(count));
  const all = linearTicks(0, last - first, room);
  const step = Math.max((all[1] ?? 1) - (all[0] ?? 0), 1);
  const start = first === 0 ? step : Math.ceil((first + 1) / step) * step;
  const rounds = Array.from(
    { length: Math.max(0, Math.floor((last - start) / step) + 1) },
    (_, i) => start + i * step,
  ).filter((index) => Number.isInteger(index) && index > 1);
  return first === 0 ? [1, ...rounds] : rounds;
}
