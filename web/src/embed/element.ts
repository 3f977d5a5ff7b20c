import { defaultState, writeAddress, type PageState } from '../address.ts';
import { keepCore, sentence } from '../core.ts';
import { html, say, sheet } from '../dom.ts';
import type { Settings } from '../settings.ts';
import theme from '../style/theme.css?inline';
import type { View } from '../view.ts';
import { attributeNames, readAttributes } from './attributes.ts';
import style from './element.css?inline';
import { defaultFigure, makeFigure, type Figure } from './figures.ts';

const sheets = [theme, style].map(sheet);

/**
 * `<asymptoken-figure figure="moments" dimension="5" …>`: a figure of the article in another page. Its code loads
 * when it comes near the screen. All of a page's figures share the workers, which end when the last figure leaves.
 */
export class FigureElement extends HTMLElement {
  static readonly observedAttributes = ['figure', ...attributeNames];
  /** The article's folder; the entry module says it. */
  static site: URL;

  #state = defaultState();
  #shown: { name: string; figure: Figure } | null = null;
  #near = false;
  #reading = false;
  #core: { release(): void } | null = null;

  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  readonly #place = html('div', { class: 'place' });
  readonly #article = html('a', { target: '_blank', rel: 'noopener' }, 'Explained in the article');
  readonly #nearby = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#nearby.disconnect();
      this.#near = true;
      void this.#show();
    },
    { rootMargin: '600px' },
  );

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    root.append(this.#problem, this.#place, html('p', { class: 'article' }, this.#article));
    this.#linkArticle();
  }

  connectedCallback(): void {
    this.#core = keepCore();
    if (!this.#near) this.#nearby.observe(this);
  }

  disconnectedCallback(): void {
    this.#nearby.disconnect();
    this.#core?.release();
    this.#core = null;
  }

  /** Once for all attributes that change in one go. */
  attributeChangedCallback(): void {
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => {
      this.#reading = false;
      const { state, problems } = readAttributes(this);
      this.#state = state;
      this.#linkArticle();
      say(this.#problem, problems.join(' '));
      void this.#show();
    });
  }

  get #name(): string {
    return this.getAttribute('figure') ?? defaultFigure;
  }

  async #show(): Promise<void> {
    if (!this.#near) return;
    const name = this.#name;
    if (this.#shown?.name === name) return this.#configure(this.#shown.figure);
    try {
      const figure = await makeFigure(name);
      // Another one, or the same again, may have been asked for in the meantime.
      if (name !== this.#name || this.#shown?.name === name) return;
      this.#configure(figure);
      this.#follow(figure);
      this.#shown = { name, figure };
      this.#place.replaceChildren(figure);
    } catch (error) {
      this.#shown = null;
      this.#place.replaceChildren();
      say(this.#problem, sentence(error));
    }
  }

  #configure(figure: Figure): void {
    figure.settings = this.#state.settings;
    if ('view' in figure) figure.view = this.#state.view;
  }

  #follow(figure: Figure): void {
    const follow = (change: Partial<PageState>) => {
      this.#state = { ...this.#state, ...change };
      this.#linkArticle();
    };
    figure.addEventListener('settingschange', (event) =>
      follow({ settings: (event as CustomEvent<Settings>).detail }),
    );
    figure.addEventListener('viewchange', (event) => follow({ view: (event as CustomEvent<View>).detail }));
  }

  #linkArticle(): void {
    this.#article.href = new URL(writeAddress(this.#state), FigureElement.site).href;
  }
}
