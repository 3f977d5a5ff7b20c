import { quote } from '../base/fields.ts';
import { defaultState, writeAddress, type PageState } from '../figures/address.ts';
import { keepCore, sentence } from '../base/core.ts';
import { html, say, sheet } from '../base/dom.ts';
import {
  configure,
  defaultFigure,
  fetchFigure,
  figureKind,
  follow,
  loadFigure,
  setUpNow,
  type FigureElement as AnyFigure,
  type FigureKind,
} from '../figures/all.ts';
import { whenNear } from '../base/near.ts';
import { idle } from '../base/print.ts';
import theme from '../style/theme.css?inline';
import { attributeNames, readAttributes } from './attributes.ts';
import style from './element.css?inline';

/** Where pages are made there is no page yet: there the file is imported, and does nothing. */
const Element = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;
let sheets: CSSStyleSheet[] | undefined;

/**
 * `<asymptoken-figure figure="moments" dimension="5" …>`: a figure of the article in another page. Its code loads
 * when it comes near the screen. All of a page's figures share the workers, which end when the last figure leaves.
 */
export class FigureElement extends Element {
  static readonly observedAttributes = ['figure', 'theme', ...attributeNames];
  /** The article's folder; the entry module says it. */
  static site: URL;

  #state = defaultState();
  #kind: FigureKind | null = null;
  #shown: { kind: FigureKind; figure: AnyFigure } | null = null;
  #near = false;
  #waiting: { stop(): void } | null = null;
  #reading = false;
  #core: { release(): void } | null = null;

  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  readonly #place = html('div', { class: 'place' });
  readonly #article = html('a', { target: '_blank', rel: 'noopener' }, 'Explained in the article');
  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets ??= [theme, style].map(sheet);
    root.append(this.#problem, this.#place, html('p', { class: 'article' }, this.#article));
    this.#linkArticle();
  }

  connectedCallback(): void {
    this.#core = keepCore();
    addEventListener('beforeprint', this.#print);
    this.#prepare();
    // One without attributes has been told of none.
    if (!this.#kind) this.#read();
    if (this.#near) return;
    this.#waiting = whenNear(this, () => {
      this.#near = true;
      void this.#show();
    });
  }

  disconnectedCallback(): void {
    removeEventListener('beforeprint', this.#print);
    this.#waiting?.stop();
    this.#core?.release();
    this.#core = null;
  }

  attributeChangedCallback(): void {
    this.#read();
  }

  /** Once for all attributes that change in one go. */
  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => {
      this.#reading = false;
      this.#readNow();
    });
  }

  #readNow(): void {
    try {
      this.#kind = figureKind(this.getAttribute('figure') ?? defaultFigure);
      const { state, problems } = readAttributes(this, this.#kind);
      this.#take(state);
      say(this.#problem, [...problems, ...themeProblem(this.getAttribute('theme'))].join(' '));
      void this.#show();
      this.#prepare();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #show(): Promise<void> {
    const kind = this.#kind;
    if (!this.#near || !kind) return;
    if (this.#shown?.kind === kind) return configure(this.#shown.figure, kind, this.#state);
    try {
      await loadFigure(kind, () => {
        // Another one, or the same again, may have been asked for in the meantime.
        if (kind === this.#kind && this.#shown?.kind !== kind) this.#setUp(kind);
      });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A printer does not wait for code: so it is there, once the page has nothing else to do. */
  #prepare(): void {
    void idle().then(() => {
      if (!this.isConnected || this.#near || !this.#kind) return;
      // One that cannot be had now can when it is looked at, or says why not.
      fetchFigure(this.#kind).catch(() => undefined);
    });
  }

  readonly #print = () => {
    const kind = this.#kind;
    if (kind && this.#shown?.kind !== kind) setUpNow(kind, () => this.#setUp(kind));
    else if (kind && !this.#near) configure(this.#shown!.figure, kind, this.#state);
    this.#shown?.figure.drawForPrint?.();
  };

  #setUp(kind: FigureKind): void {
    const figure = document.createElement(kind.tag) as AnyFigure;
    configure(figure, kind, this.#state);
    follow(figure, kind, (change) => this.#take(change(this.#state)));
    this.#shown = { kind, figure };
    this.#place.replaceChildren(figure);
  }

  #take(state: PageState): void {
    this.#state = state;
    this.#linkArticle();
  }

  #linkArticle(): void {
    this.#article.href = new URL(writeAddress(this.#state), FigureElement.site).href;
  }

  #fail(error: unknown): void {
    this.#kind = null;
    this.#shown = null;
    this.#place.replaceChildren();
    say(this.#problem, sentence(error));
  }
}

/** The stylesheet reads the attribute; what it does not know is as good as none. */
function themeProblem(theme: string | null): string[] {
  if (theme === null || theme === 'light' || theme === 'dark') return [];
  return [`theme is ${quote(theme)}; expected light or dark; the reader's own setting is used.`];
}
