import { defaultState, quote, type PageState } from '../address.ts';
import type { Field } from '../fields.ts';
import { settingFields, type Settings } from '../settings.ts';
import { viewFields, type View } from '../view.ts';

/** The attributes of `<asymptoken-figure>` are the settings and the view, by their own names. */
export type AttributeName = keyof Settings | keyof View;

export const settingNames = Object.keys(settingFields) as (keyof Settings)[];
export const viewNames = Object.keys(viewFields) as (keyof View)[];

export const attributeNames: readonly AttributeName[] = [...settingNames, ...viewNames];

const fields = { ...settingFields, ...viewFields } as unknown as Record<AttributeName, Field<unknown>>;

/** Like an address: what cannot be used is left at its default, and `problems` says so in one sentence each. */
export function readAttributes(element: Element): { state: PageState; problems: string[] } {
  const state = defaultState();
  const problems: string[] = [];
  for (const name of attributeNames) {
    const text = element.getAttribute(name);
    if (text === null) continue;
    const field = fields[name];
    const value = field.parse(text);
    if (value !== null) {
      Object.assign(name in state.view ? state.view : state.settings, { [name]: value });
    } else {
      const kept = field.format(valueOf(state, name));
      problems.push(
        `${name} is ${quote(text)}, but the ${field.name} is ${field.expected}; ${kept} is used.`,
      );
    }
  }
  return { state, problems };
}

/** Each with its value, as an element is given them. */
export function writeAttributes(
  state: PageState,
  names: readonly AttributeName[],
): [name: AttributeName, text: string][] {
  return names.map((name) => [name, fields[name].format(valueOf(state, name))]);
}

function valueOf({ settings, view }: PageState, name: AttributeName): unknown {
  return { ...settings, ...view }[name];
}
