import { html, keep, set, svg } from '../dom.ts';
import { whole } from '../format.ts';
import { linearTicks } from '../scale.ts';

export interface Cell {
  row: number;
  column: number;
}

/** The picture of the matrix with its axes, and the cell pointed at by mouse, finger or keyboard. */
export class Grid {
  readonly element: HTMLElement;
  readonly canvas = html('canvas', { width: 1, height: 1 });
  readonly #pointTo: (cell: Cell | null, byKey: boolean) => void;
  readonly #rows = svg('g');
  readonly #columns = svg('g');
  readonly #cross = svg('g', { class: 'cross', visibility: 'hidden' });
  readonly #queries = svg('text', { class: 'axis-title', 'text-anchor': 'middle' }, 'query');
  readonly #keys = svg('text', { class: 'axis-title', 'text-anchor': 'middle' }, 'key');
  readonly #svg = svg('svg', { 'aria-hidden': 'true' });
  #n = 1;
  #cell: Cell | null = null;

  constructor(pointTo: (cell: Cell | null, byKey: boolean) => void) {
    this.#pointTo = pointTo;
    for (const kind of ['row', 'column', 'cell']) this.#cross.append(svg('rect', { class: kind }));
    this.#svg.append(this.#rows, this.#columns, this.#queries, this.#keys, this.#cross);
    this.element = html('div', { class: 'grid', tabindex: 0, role: 'application' }, this.canvas, this.#svg);
    set(this.element, { 'aria-roledescription': 'heatmap', 'aria-describedby': 'summary' });
    set(this.element, {
      'aria-label': 'Attention weights, queries down and keys across; arrow keys read off a cell',
    });
    new ResizeObserver(() => this.draw(this.#n, this.#cell)).observe(this.canvas);
    this.canvas.addEventListener('pointermove', (event) => this.#point(event));
    this.canvas.addEventListener('pointerdown', (event) => this.#point(event));
    this.canvas.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse') this.#pointTo(null, false);
    });
    this.element.addEventListener('blur', () => this.#pointTo(null, false));
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  draw(n: number, cell: Cell | null): void {
    this.#n = n;
    this.#cell = cell;
    const size = this.canvas.clientWidth;
    if (size === 0) return;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const [left, top] = [this.canvas.offsetLeft, this.canvas.offsetTop];
    const step = size / n;
    set(this.canvas, { class: size * devicePixelRatio >= n ? 'enlarged' : null });
    const indices = axisIndices(n, size / (56 * unit));
    const make = () => svg('g', { class: 'tick' }, svg('line'), svg('text'));
    keep(this.#rows, indices, String, make, (group, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const y = top + (index - 0.5) * step;
      set(line, { x1: left - 4 * unit, x2: left, y1: y, y2: y });
      set(text, { x: left - 7 * unit, y, dy: '0.35em', 'text-anchor': 'end' });
      text.textContent = whole(index);
    });
    keep(this.#columns, indices, String, make, (group, index) => {
      const [line, text] = group.children as unknown as [SVGLineElement, SVGTextElement];
      const x = left + (index - 0.5) * step;
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
    set(this.#cross, { visibility: cell ? null : 'hidden' });
    set(this.element, { 'data-row': cell?.row, 'data-column': cell?.column });
    if (!cell) return;
    const [row, column, one] = this.#cross.children as unknown as [
      SVGRectElement,
      SVGRectElement,
      SVGRectElement,
    ];
    const [x, y] = [left + cell.column * step, top + cell.row * step];
    set(row, { x: left, y, width: size, height: step });
    set(column, { x, y: top, width: step, height: size });
    set(one, { x: x - 1, y: y - 1, width: step + 2, height: step + 2 });
  }

  #point(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * this.#n);
    const row = Math.floor(((event.clientY - box.top) / box.height) * this.#n);
    const inside = row >= 0 && row < this.#n && column >= 0 && column < this.#n;
    this.#pointTo(inside ? { row, column } : null, false);
  }

  /** Arrows move by one, with shift by ten; Home and End go along the row, Page Up and Down along the column. */
  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#pointTo(null, true);
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    const { row, column } = this.#cell ?? { row: 0, column: 0 };
    const first = this.#cell === null;
    const clamp = (index: number) => Math.min(Math.max(index, 0), this.#n - 1);
    const [down, right] = first && Number.isFinite(move[0] + move[1]) ? [0, 0] : move;
    this.#pointTo({ row: clamp(row + size * down), column: clamp(column + size * right) }, true);
  }
}

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

/** Tokens are counted from 1: the first, then round numbers. */
function axisIndices(n: number, count: number): number[] {
  const rounds = linearTicks(n, Math.max(2, Math.floor(count))).filter(
    (value) => Number.isInteger(value) && value > 1,
  );
  return [1, ...rounds];
}
