import type { PageState } from '../figures/address.ts';
import { html, say, sheet } from '../base/dom.ts';
import theme from '../style/theme.css?inline';
import { defaultFigure, type FigureName } from '../figures/all.ts';
import { elementLines, frameLines } from './lines.ts';
import style from './offer.css?inline';

const sheets = [theme, style].map(sheet);

/** `<asymptoken-embed figure="moments">`: the lines that put the article's figure, as it stands, into another page. */
export class EmbedOffer extends HTMLElement {
  #state: PageState | null = null;
  readonly #details = html('details', {}, html('summary', {}, 'Embed this figure'));
  readonly #element = html('code');
  readonly #frame = html('code');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheets;
    const manual = html('a', { href: './docs/embedding.html' }, 'Attributes, policies, sizes, privacy');
    this.#details.append(
      html('p', {}, 'As it stands now, in a page that may load scripts from here:'),
      withCopyButton(this.#element, 'element'),
      html('p', {}, 'In a frame; without the script it keeps its height and scrolls:'),
      withCopyButton(this.#frame, 'frame'),
      html('p', {}, manual),
    );
    this.#details.addEventListener('toggle', () => this.#draw());
    root.append(this.#details);
  }

  set state(state: PageState) {
    this.#state = state;
    this.#draw();
  }

  /** The lines are written out only where they are read. */
  #draw(): void {
    if (!this.#state || !this.#details.open) return;
    const name = (this.getAttribute('figure') ?? defaultFigure) as FigureName;
    const site = new URL('.', document.baseURI);
    say(this.#element, elementLines(name, this.#state, site));
    say(this.#frame, frameLines(name, this.#state, site));
  }
}

function withCopyButton(code: HTMLElement, form: string): HTMLElement {
  const button = html('button', { type: 'button', 'data-action': `copy-${form}` }, 'Copy');
  const answer = html('span', { role: 'status' });
  button.addEventListener('click', () => {
    void copy(code).then((copied) => {
      say(answer, copied ? 'Copied' : 'Selected; press Ctrl+C or ⌘C');
      setTimeout(() => say(answer, ''), 4000);
    });
  });
  return html('div', {}, html('pre', {}, code), html('p', { class: 'copy' }, button, answer));
}

/** Where a page may not write to the clipboard, its reader can. */
async function copy(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
