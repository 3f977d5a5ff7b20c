import { html, segments, set } from '../base/dom.ts';
import type { Field } from '../base/fields.ts';
import { defaultSettings, type ExperimentKind, type Option } from './kind.ts';
import { lawField, lawNamed, settingFields, type Settings } from './settings.ts';

/** One setting: how it is shown, and what its text makes of the settings. */
interface Control {
  field: Field<unknown>;
  show(settings: Settings): void;
  changed(settings: Settings, value: unknown): Settings;
}

/** The settings as a form. Every change is checked and handed on at once; nothing here runs anything. */
export class Controls {
  readonly element: HTMLFormElement;
  readonly #changed: (settings: Settings) => void;
  readonly #refused: (problem: string) => void;
  readonly #controls: Control[] = [];
  readonly #problem = html('p', { class: 'problem', id: 'problem', role: 'alert' });
  readonly #ownTokens = html('p', { class: 'own wide', hidden: true });
  readonly #laws: HTMLFieldSetElement;
  #settings: Settings;

  /** `dropTokens`: the reader wants no more of tokens of their own. */
  constructor(
    kind: ExperimentKind,
    changed: (settings: Settings) => void,
    refused: (problem: string) => void,
    dropTokens: () => void,
  ) {
    const { builtin, sweep, options } = kind;
    this.#settings = defaultSettings(kind);
    this.#changed = changed;
    this.#refused = refused;
    this.#laws = this.#choice('law', 'Token law', builtin.laws, (law) => lawNamed(law).title, {
      field: lawField(builtin.laws) as Field<unknown>,
      valueOf: ({ law }) => law,
      changed: (settings, value) => ({ ...settings, law: value as string }),
    });
    const fresh = html('button', { type: 'button', class: 'quiet', 'data-action': 'new-seed' }, 'New seed');
    fresh.addEventListener('click', () => this.#change({ ...this.#settings, seed: randomSeed() }));
    const drop = html('button', { type: 'button', class: 'quiet', 'data-action': 'drop-tokens' }, 'Close');
    drop.addEventListener('click', dropTokens);
    this.#ownTokens.append(html('span'), ' ', drop);
    const precision = this.#setting('precision', 'Stop at bars within');
    precision.title = '0: measure all replicates';
    const percent = html('span', { 'aria-hidden': 'true' }, '%');
    const sweepInput = this.#input(sweep.name, [sweep.title, html('i', {}, sweep.symbol)], 'text', {
      field: sweep.field as Field<unknown>,
      valueOf: (settings) => settings.sweep.join(', '),
      changed: (settings, value) => ({ ...settings, sweep: value as number[] }),
    });
    sweepInput.classList.add('wide');
    this.element = html(
      'form',
      { class: 'controls', 'aria-label': `Settings of the experiment: ${kind.name}`, autocomplete: 'off' },
      this.#laws,
      this.#ownTokens,
      this.#setting('dimension', 'Dimension', html('i', {}, 'd')),
      this.#setting('replicates', 'Replicates'),
      sweepInput,
      ...options.map((option) => this.#option(option)),
      html(
        'fieldset',
        { class: 'range wide' },
        html('legend', {}, 'Number of tokens ', html('i', {}, 'n')),
        html(
          'div',
          {},
          this.#setting('from', 'from'),
          this.#setting('to', 'to'),
          this.#setting('points', 'points'),
        ),
      ),
      html('div', { class: 'seed wide' }, this.#setting('seed', 'Seed'), fresh),
      html('div', { class: 'stop wide' }, precision, percent),
      this.#problem,
    );
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.show(this.#settings, null);
  }

  /** `own`: what the tokens are, where they come from no law. */
  show(settings: Settings, own: string | null): void {
    this.#settings = settings;
    for (const control of this.#controls) control.show(settings);
    set(this.#laws, { hidden: own !== null });
    set(this.#ownTokens, { hidden: own === null });
    this.#ownTokens.firstElementChild!.textContent = own === null ? '' : `Tokens drawn from ${own}`;
    for (const input of this.element.querySelectorAll<HTMLInputElement>('[name="dimension"]')) {
      input.disabled = own !== null;
    }
  }

  /** One sentence beside the controls; '' takes it away. */
  showProblem(problem: string): void {
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
  }

  #setting(key: keyof typeof settingFields, ...label: (string | Node)[]): HTMLLabelElement {
    return this.#input(key, label, 'numeric', {
      field: settingFields[key],
      valueOf: (settings) => String(settings[key]),
      changed: (settings, value) => ({ ...settings, [key]: value }),
    });
  }

  #option({ name, title, field, choices }: Option): HTMLElement {
    const access: Access = {
      field,
      valueOf: ({ options }) => String(options[name]),
      changed: (settings, value) => ({
        ...settings,
        options: { ...settings.options, [name]: value as string | number },
      }),
    };
    if (!choices) return this.#input(name, [title], 'numeric', access);
    return this.#choice(name, title, Object.keys(choices), (value) => choices[value] ?? value, access);
  }

  #input(
    name: string,
    label: readonly (string | Node)[],
    inputmode: string,
    access: Access,
  ): HTMLLabelElement {
    const input = html('input', { type: 'text', name, spellcheck: 'false', inputmode });
    input.setAttribute('aria-describedby', 'problem');
    input.addEventListener('change', () => this.#take(access, input.value, input));
    this.#controls.push({
      ...access,
      show: (settings) => {
        input.value = access.valueOf(settings);
        input.removeAttribute('aria-invalid');
      },
    });
    const words = label.flatMap((part) => [part, ' ']).slice(0, -1);
    return html('label', {}, html('span', {}, ...words), input);
  }

  #choice(
    name: string,
    title: string,
    values: readonly string[],
    wordsFor: (value: string) => string,
    access: Access,
  ): HTMLFieldSetElement {
    const inputs = values.map((value) => html('input', { type: 'radio', name, value }));
    for (const input of inputs) {
      input.addEventListener('change', () => this.#change(access.changed(this.#settings, input.value)));
    }
    this.#controls.push({
      ...access,
      show: (settings) => {
        for (const input of inputs) input.checked = input.value === access.valueOf(settings);
      },
    });
    return segments(title, inputs, wordsFor);
  }

  #take({ field, changed }: Access, text: string, input: HTMLInputElement): void {
    const value = field.parse(text);
    if (value === null) {
      input.setAttribute('aria-invalid', 'true');
      this.#refused(`The ${field.name} is ${field.expected}, not “${text.slice(0, 40)}”.`);
      return;
    }
    this.#change(changed(this.#settings, value));
  }

  #change(settings: Settings): void {
    this.#changed(settings);
  }
}

/** Where a setting stands, and what a new value makes of the settings. */
interface Access {
  field: Field<unknown> | Field<string> | Field<number>;
  valueOf(settings: Settings): string;
  changed(settings: Settings, value: unknown): Settings;
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}
