import { html, say, segments } from '../base/dom.ts';
import { whole } from '../base/format.ts';
import { sizesTo } from './attention.ts';
import { planeLaws } from './spec.ts';
import { largestRadius, mostPlaneTokens, planeFields, type PlaneView } from './view.ts';

const sizes = sizesTo(mostPlaneTokens);

/** Law, number of tokens, radius, query and seed of the plane. */
export class PlaneControls {
  readonly element: HTMLFormElement;
  readonly #changed: (view: PlaneView) => void;
  readonly #laws = Object.keys(planeLaws).map((value) =>
    html('input', { type: 'radio', name: 'law', value }),
  );
  readonly #tokens = html('input', { type: 'range', name: 'tokens', min: 0, max: sizes.length - 1 });
  readonly #count = html('output');
  readonly #radius = html('input', {
    type: 'range',
    name: 'radius',
    min: 0.1,
    max: largestRadius,
    step: 0.1,
  });
  readonly #radiusValue = html('output');
  readonly #query = html('input', { type: 'text', name: 'query', spellcheck: 'false' });
  readonly #seed = html('input', { type: 'text', name: 'seed', inputmode: 'numeric' });
  readonly #problem = html('p', { class: 'problem', role: 'alert' });
  #view: PlaneView | null = null;

  constructor(changed: (view: PlaneView) => void) {
    this.#changed = changed;
    for (const input of this.#laws) {
      input.addEventListener('change', () => this.#take('law', input.value, input));
    }
    this.#tokens.addEventListener('input', () =>
      this.#change({ tokens: sizes[Number(this.#tokens.value)] ?? 10 }),
    );
    this.#radius.addEventListener('input', () => this.#take('radius', this.#radius.value, this.#radius));
    this.#query.addEventListener('change', () => this.#take('query', this.#query.value, this.#query));
    this.#seed.addEventListener('change', () => this.#take('seed', this.#seed.value, this.#seed));
    const fresh = html('button', { type: 'button', 'data-action': 'new-seed' }, 'New seed');
    fresh.addEventListener('click', () => {
      const [seed = 0] = crypto.getRandomValues(new Uint16Array(1));
      this.#change({ seed });
    });
    const slider = (words: string, symbol: string, input: HTMLInputElement, output: HTMLElement) =>
      html(
        'label',
        { class: 'slider wide' },
        html('span', {}, words, ' ', html('i', {}, symbol), ' = ', output),
        input,
      );
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': 'Settings of the plane', autocomplete: 'off' },
      segments('Token law', this.#laws, (law) => planeLaws[law] ?? law),
      slider('Tokens', 'n', this.#tokens, this.#count),
      slider('Radius of the ball', 'R', this.#radius, this.#radiusValue),
      html('label', { class: 'wide' }, html('span', {}, 'Query ', html('i', {}, 'x')), this.#query),
      html('div', { class: 'seed wide' }, html('label', {}, html('span', {}, 'Seed'), this.#seed), fresh),
      this.#problem,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  show(view: PlaneView): void {
    this.#view = view;
    for (const input of this.#laws) input.checked = input.value === view.law;
    const above = sizes.findIndex((size) => size >= view.tokens);
    this.#tokens.value = String(above);
    this.#tokens.setAttribute('aria-valuetext', whole(view.tokens));
    say(this.#count, whole(view.tokens));
    this.#radius.value = String(view.radius);
    say(this.#radiusValue, planeFields.radius.format(view.radius));
    this.#query.value = planeFields.query.format(view.query);
    this.#seed.value = String(view.seed);
    say(this.#problem, '');
  }

  showProblem(problem: string): void {
    say(this.#problem, problem);
  }

  #take<K extends keyof typeof planeFields>(key: K, text: string, input: HTMLInputElement): void {
    const field = planeFields[key];
    const value = field.parse(text);
    if (value === null) {
      input.setAttribute('aria-invalid', 'true');
      say(this.#problem, `The ${field.name} is ${field.expected}, not “${text.slice(0, 40)}”.`);
      return;
    }
    input.removeAttribute('aria-invalid');
    this.#change({ [key]: value });
  }

  #change(part: Partial<PlaneView>): void {
    if (this.#view) this.#changed({ ...this.#view, ...part });
  }
}
