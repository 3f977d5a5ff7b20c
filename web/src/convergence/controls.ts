import { html } from '../dom.ts';
import type { Field } from '../fields.ts';
import { laws, settingFields, type Settings } from '../settings.ts';

/** The settings as a form. Every change is checked and handed on at once; nothing here runs anything. */
export class Controls {
  readonly element: HTMLFormElement;
  readonly #changed: (settings: Settings) => void;
  readonly #refused: (problem: string) => void;
  readonly #inputs = new Map<keyof Settings, HTMLInputElement>();
  readonly #laws = laws.map((value) => html('input', { type: 'radio', name: 'law', value }));
  readonly #problem = html('p', { class: 'problem', id: 'problem', role: 'alert' });
  #settings: Settings;

  constructor(settings: Settings, changed: (settings: Settings) => void, refused: (problem: string) => void) {
    this.#settings = settings;
    this.#changed = changed;
    this.#refused = refused;
    for (const law of this.#laws) law.addEventListener('change', () => this.#take('law', law.value, law));
    const fresh = html('button', { type: 'button', class: 'quiet', 'data-action': 'new-seed' }, 'New seed');
    fresh.addEventListener('click', () => this.#change({ ...this.#settings, seed: randomSeed() }));
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': 'Settings of the experiment', autocomplete: 'off' },
      html(
        'fieldset',
        { class: 'segments wide' },
        html('legend', {}, 'Token law'),
        html('div', {}, ...this.#laws.map((law) => html('label', {}, law, html('span', {}, law.value)))),
      ),
      this.#number('dimension', 'Dimension', html('i', {}, 'd')),
      this.#number('replicates', 'Replicates'),
      this.#text('horizons', 'Horizons', html('i', {}, 'H')),
      html(
        'fieldset',
        { class: 'range wide' },
        html('legend', {}, 'Number of tokens ', html('i', {}, 'n')),
        html(
          'div',
          {},
          this.#number('from', 'from'),
          this.#number('to', 'to'),
          this.#number('points', 'points'),
        ),
      ),
      html('div', { class: 'seed wide' }, this.#number('seed', 'Seed'), fresh),
      this.#problem,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.show(settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    for (const law of this.#laws) law.checked = law.value === settings.law;
    for (const [key, input] of this.#inputs) {
      input.value = (settingFields[key] as Field<unknown>).format(settings[key]);
      if (key === 'horizons') input.value = settings.horizons.join(', ');
      input.removeAttribute('aria-invalid');
    }
  }

  /** One sentence beside the controls; '' takes it away. */
  showProblem(problem: string): void {
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
  }

  #number(key: keyof Settings, ...label: (string | Node)[]): HTMLLabelElement {
    return this.#input(key, label, { inputmode: 'numeric' });
  }

  #text(key: keyof Settings, ...label: (string | Node)[]): HTMLLabelElement {
    const element = this.#input(key, label, { inputmode: 'text' });
    element.classList.add('wide');
    return element;
  }

  #input(
    key: keyof Settings,
    label: (string | Node)[],
    attributes: Record<string, string>,
  ): HTMLLabelElement {
    const input = html('input', { type: 'text', name: key, spellcheck: 'false', ...attributes });
    input.setAttribute('aria-describedby', 'problem');
    input.addEventListener('change', () => this.#take(key, input.value, input));
    this.#inputs.set(key, input);
    const words = label.flatMap((part) => [part, ' ']).slice(0, -1);
    return html('label', {}, html('span', {}, ...words), input);
  }

  #take(key: keyof Settings, text: string, input: HTMLInputElement): void {
    const field = settingFields[key] as Field<unknown>;
    const value = field.parse(text);
    if (value === null) {
      input.setAttribute('aria-invalid', 'true');
      this.#refused(`The ${field.name} is ${field.expected}, not “${text.slice(0, 40)}”.`);
      return;
    }
    this.#change({ ...this.#settings, [key]: value });
  }

  #change(settings: Settings): void {
    this.show(settings);
    this.#changed(settings);
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}
