import { html, set, sheet } from '../base/dom.ts';
import { Drawing, type Work } from '../base/frames.ts';
import { print } from '../base/print.ts';
import figureStyle from '../style/figure.css?inline';
import theme from '../style/theme.css?inline';
import { Visibility } from './visibility.ts';

/**
 * What every figure of the page is: an element with a shadow root, put together and drawn in parts that each take a
 * frame, that begins when it comes on the screen and waits while it is off.
 */
export abstract class Figure extends HTMLElement {
  protected readonly root = this.attachShadow({ mode: 'open' });
  protected readonly body = html('div', { class: 'figure' });
  /** What is not in the figure yet. */
  #toLayOut: (() => void)[] = [];
  #visible = false;
  readonly #drawing = new Drawing(() => this.#parts());
  readonly #visibility = new Visibility(this, (visible) => {
    this.#visible = visible;
    this.shown(visible);
  });

  constructor(styles: readonly string[]) {
    super();
    this.root.adoptedStyleSheets = [theme, figureStyle, ...styles].map(sheet);
    this.root.append(this.body);
  }

  connectedCallback(): void {
    this.#visibility.observe();
    this.draw();
  }

  disconnectedCallback(): void {
    this.#visibility.disconnect();
    this.#visible = false;
    this.left();
  }

  /** Whether it is on the screen. */
  protected get visible(): boolean {
    return this.#visible;
  }

  /** It has come on the screen, or left it. */
  protected abstract shown(visible: boolean): void;
  /** It has left the page; put back, it starts again. */
  protected abstract left(): void;
  /** What draws the picture, each in a frame with room for it. */
  protected abstract picture(): Work[];
  /** What is drawn is said in words before it is laid out, so that nothing moves. */
  protected words(): void {}
  /** Everything is drawn. */
  protected drawn(): void {}

  /** What the figure consists of, from above: each is put there in a frame of its own. */
  protected layOut(...parts: (readonly (Node | string)[])[]): void {
    this.#toLayOut = parts.map((nodes) => () => this.body.append(...nodes));
  }

  /** In one of the next frames. */
  protected draw(): void {
    this.#drawing.ask();
  }

  /** At once: who presses a key goes on from what it did. */
  protected drawNow(): void {
    this.#drawing.now();
  }

  /** For who prints: what there is to be drawn, whether or not it was ever on the screen. */
  drawForPrint(): void {
    print.now = true;
    try {
      this.#drawing.now();
    } finally {
      print.now = false;
    }
  }

  /** The first numbers are on the screen. */
  protected hasPoints(): void {
    if (!this.hasAttribute('data-first-points-ms') && this.isConnected) {
      set(this, { 'data-first-points-ms': Math.round(performance.now()) });
    }
  }

  #parts(): Work[] {
    const [first, ...others] = this.#toLayOut.map(() => () => {
      this.#toLayOut.shift()?.();
      return true;
    });
    const [words, drawn] = [() => this.words(), () => this.drawn()];
    const picture = this.picture();
    return first ? [words, first, ...picture, ...others, drawn] : [...picture, words, drawn];
  }
}
