/** The size of what is drawn on, known without making the browser lay out the page anew. */
export class Size {
  width = 0;
  height = 0;
  /** Pixels of a CSS rem, over 16. */
  unit = 1;

  constructor(element: Element, changed: () => void) {
    new ResizeObserver((entries) => {
      const { width, height } = entries.at(-1)!.contentRect;
      this.width = width;
      this.height = height;
      this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      changed();
    }).observe(element);
  }
}
