import { html, segments, set } from '../base/dom.ts';
import { colourScales, type ColourScaleKind } from '../chart/colour-scale.ts';
import { settingFields } from '../experiment/settings.ts';
import { whole } from '../base/format.ts';
import { mostTokens, poolings, type Pooling, type View } from './view.ts';

/** What becomes of a reader's change. */
export interface ViewActions {
  view(view: View): void;
  seed(seed: number): void;
  /** The part shown becomes so many times as large; 0: the whole. */
  zoom(factor: number): void;
  /** One sentence about what cannot be used. */
  refuse(problem: string): void;
}

/** How many tokens, of which seed, which horizon, which colours, which part. */
export class ViewControls {
  readonly element: HTMLFormElement;
  readonly #actions: ViewActions;
  readonly #tokens = html('select', { name: 'tokens' });
  readonly #head = html('select', { name: 'head' });
  readonly #colours = radios('colour', colourScales);
  readonly #poolings = radios('pooling', poolings);
  readonly #seed = html('input', { type: 'text', name: 'seed', spellcheck: 'false', inputmode: 'numeric' });
  readonly #fresh = html('button', { type: 'button', class: 'quiet', 'data-action': 'new-seed' }, 'New seed');
  #view: View | null = null;

  constructor(actions: ViewActions) {
    this.#actions = actions;
    this.#seed.addEventListener('change', () => this.#takeSeed());
    this.#tokens.addEventListener('change', () =>
      this.#change({ tokens: Number(this.#tokens.value), window: null }),
    );
    this.#head.addEventListener('change', () => this.#change({ head: Number(this.#head.value) }));
    for (const input of this.#colours) {
      input.addEventListener('change', () => this.#change({ colour: input.value as ColourScaleKind }));
    }
    for (const input of this.#poolings) {
      input.addEventListener('change', () => this.#change({ pooling: input.value as Pooling }));
    }
    const button = (action: string, words: string, title: string, factor: number) => {
      const made = html('button', { type: 'button', title, 'data-action': action }, words);
      made.addEventListener('click', () => actions.zoom(factor));
      return made;
    };
    this.#fresh.addEventListener('click', () => actions.seed(randomSeed()));
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': 'Settings of the heatmap', autocomplete: 'off' },
      html('label', {}, html('span', {}, 'Tokens ', html('i', {}, 'n')), this.#tokens),
      html('label', {}, html('span', {}, 'Horizon ', html('i', {}, 'H')), this.#head),
      html(
        'div',
        { class: 'seed wide' },
        html('label', {}, html('span', {}, 'Seed'), this.#seed),
        this.#fresh,
      ),
      segments('Colour scale', this.#colours, String),
      segments('A pixel of many weights shows their', this.#poolings, String),
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

  /** Queries and keys of the reader's have no `sample`: no number of tokens, no horizon and no seed. */
  show(view: View, sample: { horizons: readonly number[]; seed: number } | null): void {
    this.#view = view;
    for (const control of [this.#tokens, this.#head, this.#seed, this.#fresh]) control.disabled = !sample;
    const { horizons, seed } = sample ?? { horizons: [], seed: 0 };
    this.#seed.value = String(seed);
    set(this.#seed, { 'aria-invalid': null });
    // The powers of two, and what a link may ask for besides.
    const sizes = new Set([view.tokens]);
    for (let size = 16; size <= mostTokens; size *= 2) sizes.add(size);
    sizes.add(10000);
    const sorted = [...sizes].sort((a, b) => a - b);
    this.#tokens.replaceChildren(...sorted.map((size) => html('option', { value: size }, whole(size))));
    this.#head.replaceChildren(
      ...horizons.map((horizon, i) => html('option', { value: i }, String(Number(horizon.toPrecision(6))))),
    );
    this.#tokens.value = String(view.tokens);
    this.#head.value = String(Math.min(view.head, horizons.length - 1));
    for (const input of this.#colours) input.checked = input.value === view.colour;
    for (const input of this.#poolings) input.checked = input.value === view.pooling;
  }

  #change(part: Partial<View>): void {
    if (this.#view) this.#actions.view({ ...this.#view, ...part });
  }

  #takeSeed(): void {
    const { parse, name, expected } = settingFields.seed;
    const seed = parse(this.#seed.value);
    if (seed !== null) return this.#actions.seed(seed);
    set(this.#seed, { 'aria-invalid': 'true' });
    this.#actions.refuse(`The ${name} is ${expected}, not “${this.#seed.value.slice(0, 40)}”.`);
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}

function radios(name: string, values: readonly string[]): HTMLInputElement[] {
  return values.map((value) => html('input', { type: 'radio', name, value }));
}
