import { html } from '../dom.ts';
import type { Field } from '../fields.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { settingFields, type Law, type Settings, type Unit } from '../experiments/settings.ts';

/** The settings as a form. Every change is checked and handed on at once; nothing here runs anything. */
export class Controls {
  readonly element: HTMLFormElement;
  readonly #experiment: Experiment;
  readonly #changed: (settings: Settings) => void;
  readonly #refused: (problem: string) => void;
  readonly #inputs = new Map<keyof Settings, HTMLInputElement>();
  readonly #laws: HTMLInputElement[];
  readonly #units: HTMLInputElement[];
  readonly #problem = html('p', { class: 'problem', id: 'problem', role: 'alert' });
  #settings: Settings;

  constructor(
    experiment: Experiment,
    changed: (settings: Settings) => void,
    refused: (problem: string) => void,
  ) {
    const { laws, units = [], sweep, defaults } = experiment;
    this.#experiment = experiment;
    this.#settings = { ...defaults };
    this.#laws = laws.map((value) => html('input', { type: 'radio', name: 'law', value }));
    this.#units = units.map((value) => html('input', { type: 'radio', name: 'unit', value }));
    for (const unit of this.#units) {
      unit.addEventListener('change', () => this.#change({ ...this.#settings, unit: unit.value as Unit }));
    }
    this.#changed = changed;
    this.#refused = refused;
    for (const law of this.#laws)
      law.addEventListener('change', () => this.#change({ ...this.#settings, law: law.value as Law }));
    const fresh = html('button', { type: 'button', class: 'quiet', 'data-action': 'new-seed' }, 'New seed');
    fresh.addEventListener('click', () => this.#change({ ...this.#settings, seed: randomSeed() }));
    const precision = this.#number('precision', 'Stop at bars within');
    precision.title = '0: measure all replicates';
    const percent = html('span', { 'aria-hidden': 'true' }, '%');
    this.element = html(
      'form',
      {
        class: 'controls',
        'aria-label': `Settings of the experiment: ${experiment.name}`,
        autocomplete: 'off',
      },
      segments('Token law', this.#laws),
      this.#number('dimension', 'Dimension', html('i', {}, 'd')),
      this.#number('replicates', 'Replicates'),
      this.#text('sweep', sweep.title, html('i', {}, sweep.symbol)),
      ...(units.length > 0 ? [segments('Temperatures are counted', this.#units)] : []),
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
      html('div', { class: 'stop wide' }, precision, percent),
      this.#problem,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.show(this.#settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    for (const law of this.#laws) law.checked = law.value === settings.law;
    for (const unit of this.#units) unit.checked = unit.value === settings.unit;
    for (const [key, input] of this.#inputs) {
      input.value = key === 'sweep' ? settings.sweep.join(', ') : String(settings[key]);
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
    const name = key === 'sweep' ? this.#experiment.sweep.name : key;
    const input = html('input', { type: 'text', name, spellcheck: 'false', ...attributes });
    input.setAttribute('aria-describedby', 'problem');
    input.addEventListener('change', () => this.#take(key, input.value, input));
    this.#inputs.set(key, input);
    const words = label.flatMap((part) => [part, ' ']).slice(0, -1);
    return html('label', {}, html('span', {}, ...words), input);
  }

  #take(key: keyof Settings, text: string, input: HTMLInputElement): void {
    const field = this.#fieldOf(key);
    const value = field.parse(text);
    if (value === null) {
      input.setAttribute('aria-invalid', 'true');
      this.#refused(`The ${field.name} is ${field.expected}, not “${text.slice(0, 40)}”.`);
      return;
    }
    this.#change({ ...this.#settings, [key]: value });
  }

  #fieldOf(key: keyof Settings): Field<unknown> {
    return key === 'sweep' ? this.#experiment.sweep.field : settingFields[key];
  }

  #change(settings: Settings): void {
    this.show(settings);
    this.#changed(settings);
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}

function segments(title: string, inputs: readonly HTMLInputElement[]): HTMLFieldSetElement {
  const labels = inputs.map((input) =>
    html('label', {}, input, html('span', {}, words[input.value] ?? input.value)),
  );
  const attributes = { class: 'segments wide' };
  return html('fieldset', attributes, html('legend', {}, title), html('div', {}, ...labels));
}

/** Where a value is not what a reader would call it. */
const words: Record<string, string> = { fixed: 'as is', logarithmic: 'per ln n', critical: 'critical' };
