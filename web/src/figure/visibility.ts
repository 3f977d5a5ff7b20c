/** Says when an element comes on the screen and leaves it, in a window that is shown. */
export class Visibility {
  readonly #element: Element;
  readonly #changed: (visible: boolean) => void;
  readonly #observer: IntersectionObserver;
  readonly #document = () => this.#tell();
  #near = false;
  #last: boolean | null = null;

  constructor(element: Element, changed: (visible: boolean) => void) {
    this.#element = element;
    this.#changed = changed;
    this.#observer = new IntersectionObserver((entries) => {
      this.#near = entries.at(-1)?.isIntersecting ?? false;
      this.#tell();
    });
  }

  observe(): void {
    this.#observer.observe(this.#element);
    document.addEventListener('visibilitychange', this.#document);
  }

  disconnect(): void {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#document);
    this.#last = null;
  }

  #tell(): void {
    const visible = this.#near && document.visibilityState === 'visible';
    if (visible === this.#last) return;
    this.#last = visible;
    this.#changed(visible);
  }
}
