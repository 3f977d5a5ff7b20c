import { quote, type Field } from '../base/fields.ts';
import { lawField, settingFields } from '../experiment/settings.ts';
import type { ExperimentKind } from '../experiment/kind.ts';
import { defaultState, type PageState } from '../figures/address.ts';
import { figures, type FigureKind } from '../figures/all.ts';
import { kinds, type ExperimentName } from '../figures/kinds.ts';
import { viewFields } from '../heatmap/view.ts';
import { planeFields } from '../plane/view.ts';

/** An attribute of `<asymptoken-figure>`: a setting by its own name. */
interface Attribute {
  name: string;
  field: Field<unknown>;
  get(state: PageState): unknown;
  set(state: PageState, value: unknown): void;
}

/** What can be set of a figure. */
export function attributesOf({ experiment, view }: FigureKind): Attribute[] {
  const settings = experiment ? experimentAttributes(experiment) : [];
  // A heatmap is of the tokens alone.
  const tokens = settings.filter(({ name }) => ['law', 'dimension', 'horizons', 'seed'].includes(name));
  if (view === 'view') return [...tokens, ...attributes(viewFields, (state) => state.view)];
  return view === 'plane' ? attributes(planeFields, (state) => state.plane) : settings;
}

function experimentAttributes(name: ExperimentName): Attribute[] {
  const { builtin, sweep, options }: ExperimentKind = kinds[name];
  const fields = { law: lawField(builtin.laws), sweep: sweep.field, ...settingFields };
  const all = attributes(fields, (state) => state.experiments[name]).map((one) =>
    one.name === 'sweep' ? { ...one, name: sweep.name } : one,
  );
  const more = options.map((option): Attribute => ({
    name: option.name,
    field: option.field as Field<unknown>,
    get: (state) => state.experiments[name].options[option.name],
    set: (state, value) => {
      const settings = state.experiments[name];
      settings.options = { ...settings.options, [option.name]: value as string | number };
    },
  }));
  return [...all, ...more];
}

function attributes<Fields extends object>(
  fields: Fields,
  partOf: (state: PageState) => { [key in keyof Fields]: unknown },
): Attribute[] {
  return Object.entries(fields).map(([name, field]) => ({
    name,
    field: field as Field<unknown>,
    get: (state) => partOf(state)[name as keyof Fields],
    set: (state, value) => Object.assign(partOf(state), { [name]: value }),
  }));
}

export const attributeNames: readonly string[] = [
  ...new Set(Object.values(figures).flatMap((kind) => attributesOf(kind).map(({ name }) => name))),
];

/** Like an address: what cannot be used is left at its default, and `problems` says so in one sentence each. */
export function readAttributes(element: Element, kind: FigureKind): { state: PageState; problems: string[] } {
  const state = defaultState();
  const own = attributesOf(kind);
  const foreign = attributeNames.filter(
    (name) => element.hasAttribute(name) && !own.some((one) => one.name === name),
  );
  const problems = foreign.map((name) => `This figure has no ${name}; it is ignored.`);
  for (const { name, field, get, set } of own) {
    const text = element.getAttribute(name);
    if (text === null) continue;
    const value = field.parse(text);
    if (value !== null) {
      set(state, value);
    } else {
      const kept = field.format(get(state)) || 'none';
      problems.push(
        `${name} is ${quote(text)}, but the ${field.name} is ${field.expected}; ${kept} is used.`,
      );
    }
  }
  return { state, problems };
}

/** Each with its value, as an element is given them; those that are left out where they say nothing are. */
export function writeAttributes(state: PageState, kind: FigureKind): [name: string, text: string][] {
  return attributesOf(kind)
    .map(({ name, field, get }): [string, string] => [name, field.format(get(state))])
    .filter(([, text]) => text !== '');
}

/** The state as this figure has it; what is of others is left at its default. */
export function ownState(state: PageState, kind: FigureKind): PageState {
  const own = defaultState();
  for (const { get, set } of attributesOf(kind)) set(own, get(state));
  return own;
}
