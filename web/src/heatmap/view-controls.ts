import { html } from '../dom.ts';
import { whole } from '../format.ts';
import { colourScales, mostTokens, type ColourScale, type View } from '../view.ts';

/** How many tokens, which horizon, which colour scale. */
export class ViewControls {
  readonly element: HTMLFormElement;
  readonly #changed: (view: View) => void;
  readonly #tokens = html('select', { name: 'tokens' });
  readonly #head = html('select', { name: 'head' });
  readonly #colours: HTMLInputElement[];
  #view: View | null = null;

  constructor(changed: (view: View) => void) {
    this.#changed = changed;
    this.#colours = colourScales.map((value) => html('input', { type: 'radio', name: 'colour', value }));
    this.#tokens.addEventListener('change', () => this.#change({ tokens: Number(this.#tokens.value) }));
    this.#head.addEventListener('change', () => this.#change({ head: Number(this.#head.value) }));
    for (const input of this.#colours) {
      input.addEventListener('change', () => this.#change({ colour: input.value as ColourScale }));
    }
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': 'Settings of the heatmap', autocomplete: 'off' },
      html('label', {}, html('span', {}, 'Tokens ', html('i', {}, 'n')), this.#tokens),
      html('label', {}, html('span', {}, 'Horizon ', html('i', {}, 'H')), this.#head),
      html(
        'fieldset',
        { class: 'segments wide' },
        html('legend', {}, 'Colour scale'),
        html(
          'div',
          {},
          ...this.#colours.map((input) => html('label', {}, input, html('span', {}, input.value))),
        ),
      ),
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  show(view: View, horizons: readonly number[]): void {
    this.#view = view;
    // The powers of two, and what a link may ask for besides.
    const sizes = new Set([view.tokens]);
    for (let size = 16; size <= mostTokens; size *= 2) sizes.add(size);
    const sorted = [...sizes].sort((a, b) => a - b);
    this.#tokens.replaceChildren(...sorted.map((size) => html('option', { value: size }, whole(size))));
    this.#head.replaceChildren(
      ...horizons.map((horizon, i) => html('option', { value: i }, String(horizon))),
    );
    this.#tokens.value = String(view.tokens);
    this.#head.value = String(Math.min(view.head, horizons.length - 1));
    for (const input of this.#colours) input.checked = input.value === view.colour;
  }

  #change(part: Partial<View>): void {
    if (this.#view) this.#changed({ ...this.#view, ...part });
  }
}
