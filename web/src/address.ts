import type { Field } from './fields.ts';
import { defaultSettings, settingFields, type Settings } from './settings.ts';
import { defaultView, viewFields, type View } from './view.ts';

/** All that a link says. */
export interface PageState {
  settings: Settings;
  view: View;
}

const version = '1';
const longest = 1000;

interface Range {
  from: number;
  to: number;
  points: number;
}

/** The three numbers of the grid of n, written `100-3000x8`. */
const range: Field<Range> = {
  name: 'range of n',
  expected: 'SMALLEST-LARGESTxPOINTS, such as 100-3000x8',
  parse(text) {
    const [, first = '', last = '', count = ''] = /^(\d+)-(\d+)x(\d+)$/.exec(text) ?? [];
    const from = settingFields.from.parse(first);
    const to = settingFields.to.parse(last);
    const points = settingFields.points.parse(count);
    return from === null || to === null || points === null ? null : { from, to, points };
  },
  format: ({ from, to, points }) => `${from}-${to}x${points}`,
};

/** One entry of the address: how it is read into a state, and written. */
interface Entry {
  name: string;
  expected: string;
  read(text: string, state: PageState): boolean;
  write(state: PageState): string;
}

function entry<T>(
  field: Field<T>,
  get: (state: PageState) => T,
  set: (state: PageState, value: T) => void,
): Entry {
  return {
    name: field.name,
    expected: field.expected,
    read(text, state) {
      const value = field.parse(text);
      if (value === null) return false;
      set(state, value);
      return true;
    },
    write: (state) => field.format(get(state)),
  };
}

function setting<K extends keyof Settings>(key: K): Entry {
  const field = settingFields[key] as unknown as Field<Settings[K]>;
  return entry(
    field,
    ({ settings }) => settings[key],
    ({ settings }, value) => (settings[key] = value),
  );
}

function shown<K extends keyof View>(key: K): Entry {
  const field = viewFields[key] as unknown as Field<View[K]>;
  return entry(
    field,
    ({ view }) => view[key],
    ({ view }, value) => (view[key] = value),
  );
}

const entries = new Map<string, Entry>([
  ['law', setting('law')],
  ['d', setting('dimension')],
  ['H', setting('horizons')],
  [
    'n',
    entry(
      range,
      ({ settings }) => settings,
      ({ settings }, value) => Object.assign(settings, value),
    ),
  ],
  ['r', setting('replicates')],
  ['s', setting('seed')],
  ['m', shown('tokens')],
  ['h', shown('head')],
  ['c', shown('colour')],
]);

export function defaultState(): PageState {
  return {
    settings: { ...defaultSettings, horizons: [...defaultSettings.horizons] },
    view: { ...defaultView },
  };
}

/** `#v=1&law=gaussian&…` */
export function writeAddress(state: PageState): string {
  const parts = [...entries].map(([key, { write }]) => `${key}=${write(state)}`);
  return `#v=${version}&${parts.join('&')}`;
}

/** Never throws: what cannot be used is left at its default, and `problems` says so in one sentence each. */
export function readAddress(hash: string): { state: PageState; problems: string[] } {
  const state = defaultState();
  const text = hash.replace(/^#/, '');
  if (text === '') return { state, problems: [] };
  if (text.length > longest) {
    return { state, problems: ['The link is longer than any of this page, so the defaults are shown.'] };
  }
  const given = new URLSearchParams(text);
  const asked = given.get('v');
  if (asked !== version) {
    const what = asked === null ? 'no version' : `version ${quote(asked)}`;
    return {
      state,
      problems: [`The link has ${what}; this page reads version ${version} and shows its defaults.`],
    };
  }
  const problems: string[] = [];
  for (const key of new Set(given.keys())) {
    if (key !== 'v') problems.push(...readEntry(key, given.getAll(key), state));
  }
  return { state, problems };
}

function readEntry(key: string, texts: string[], state: PageState): string[] {
  const known = entries.get(key);
  if (!known) return [`The link sets ${quote(key)}, which this page does not have; it is ignored.`];
  const before = known.write(state);
  const [text = '', ...more] = texts;
  if (more.length === 0 && known.read(text, state)) return [];
  const what =
    more.length > 0 ? `The link sets ${key} more than once` : `The link sets ${key} to ${quote(text)}`;
  return [`${what}, but the ${known.name} is ${known.expected}; ${before} is used.`];
}

export function quote(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
