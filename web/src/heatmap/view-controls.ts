import { html } from '../dom.ts';
import { whole } from '../format.ts';
import { colourScales, mostTokens, poolings, type ColourScale, type Pooling, type View } from '../view.ts';

/** How many tokens, which horizon, which colours, which part. */
export class ViewControls {
  readonly element: HTMLFormElement;
  readonly #changed: (view: View) => void;
  readonly #tokens = html('select', { name: 'tokens' });
  readonly #head = html('select', { name: 'head' });
  readonly #colours = radios('colour', colourScales);
  readonly #poolings = radios('pooling', poolings);
  #view: View | null = null;

  constructor(changed: (view: View) => void, zoom: (factor: number) => void) {
    this.#changed = changed;
    this.#tokens.addEventListener('change', () =>
      this.#change({ tokens: Number(this.#tokens.value), window: null }),
    );
    this.#head.addEventListener('change', () => this.#change({ head: Number(this.#head.value) }));
    for (const input of this.#colours) {
      input.addEventListener('change', () => this.#change({ colour: input.value as ColourScale }));
    }
    for (const input of this.#poolings) {
      input.addEventListener('change', () => this.#change({ pooling: input.value as Pooling }));
    }
    const button = (action: string, words: string, title: string, factor: number) => {
      const made = html('button', { type: 'button', title, 'data-action': action }, words);
      made.addEventListener('click', () => zoom(factor));
      return made;
    };
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': 'Settings of the heatmap', autocomplete: 'off' },
      html('label', {}, html('span', {}, 'Tokens ', html('i', {}, 'n')), this.#tokens),
      html('label', {}, html('span', {}, 'Horizon ', html('i', {}, 'H')), this.#head),
      segments('Colour scale', this.#colours),
      segments('A pixel of many weights shows their', this.#poolings),
      html(
        'div',
        { class: 'zoom wide', role: 'group', 'aria-label': 'Part of the matrix' },
        button('zoom-in', 'Zoom in', 'Half as many tokens; also +, or control and the wheel', 0.5),
        button('zoom-out', 'Zoom out', 'Twice as many tokens; also -', 2),
        button('zoom-whole', 'Whole', 'The whole matrix; also 0', 0),
      ),
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  show(view: View, horizons: readonly number[]): void {
    this.#view = view;
    // The powers of two, and what a link may ask for besides.
    const sizes = new Set([view.tokens]);
    for (let size = 16; size <= mostTokens; size *= 2) sizes.add(size);
    sizes.add(10000);
    const sorted = [...sizes].sort((a, b) => a - b);
    this.#tokens.replaceChildren(...sorted.map((size) => html('option', { value: size }, whole(size))));
    this.#head.replaceChildren(
      ...horizons.map((horizon, i) => html('option', { value: i }, String(horizon))),
    );
    this.#tokens.value = String(view.tokens);
    this.#head.value = String(Math.min(view.head, horizons.length - 1));
    for (const input of this.#colours) input.checked = input.value === view.colour;
    for (const input of this.#poolings) input.checked = input.value === view.pooling;
  }

  #change(part: Partial<View>): void {
    if (this.#view) this.#changed({ ...this.#view, ...part });
  }
}

function radios(name: string, values: readonly string[]): HTMLInputElement[] {
  return values.map((value) => html('input', { type: 'radio', name, value }));
}

function segments(title: string, inputs: readonly HTMLInputElement[]): HTMLFieldSetElement {
  const labels = inputs.map((input) => html('label', {}, input, html('span', {}, input.value)));
  const attributes = { class: 'segments wide' };
  return html('fieldset', attributes, html('legend', {}, title), html('div', {}, ...labels));
}
