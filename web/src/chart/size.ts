import { print } from '../base/print.ts';

/** The size of what is drawn on, known without making the browser lay out the page anew, but for who prints at once. */
export class Size {
  /** Pixels of a CSS rem, over 16. */
  unit = 1;
  #width = 0;
  #height = 0;
  readonly #element: Element;

  constructor(element: Element, changed: () => void) {
    this.#element = element;
    new ResizeObserver((entries) => {
      this.#take(entries.at(-1)!.contentRect);
      changed();
    }).observe(element);
  }

  get width(): number {
    if (print.now && this.#width === 0) this.#take(this.#element.getBoundingClientRect());
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  #take({ width, height }: DOMRectReadOnly): void {
    this.#width = width;
    this.#height = height;
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  }
}
