import { quote, type Field } from '../base/fields.ts';
import { defaultSettings, type ExperimentKind } from '../experiment/kind.ts';
import { lawField, settingFields, type Settings } from '../experiment/settings.ts';
import { defaultView, viewFields, type View } from '../heatmap/view.ts';
import { defaultPlane, planeFields, type PlaneView } from '../plane/view.ts';
import { experimentNames, kinds, type ExperimentName } from './kinds.ts';

/** All that a link says. */
export interface PageState {
  experiments: Record<ExperimentName, Settings>;
  plane: PlaneView;
  view: View;
}

const version = '1';
const longest = 2000;

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
  /** Left out where it has its default. */
  optional: boolean;
}

function entry<T>(
  field: Field<T>,
  get: (state: PageState) => T,
  set: (state: PageState, value: T) => void,
  optional: boolean,
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
    optional,
  };
}

/** An entry that is one key of a part of the state. */
function keyed<Part, K extends keyof Part & string>(
  part: (state: PageState) => Part,
  key: K,
  field: unknown,
  optional: boolean,
): Entry {
  return entry(
    field as Field<Part[K]>,
    (state) => part(state)[key],
    (state, value) => (part(state)[key] = value),
    optional,
  );
}

/** What each experiment's keys begin with. Those of the first version are always written, so that it stays as it was. */
const prefixes: Record<ExperimentName, string> = {
  moments: '',
  uniform: 'u.',
  hardmax: 't.',
  sweep: 'w.',
  window: 'l.',
};

function experimentEntries(name: ExperimentName): [string, Entry][] {
  const { builtin, options, sweep }: ExperimentKind = kinds[name];
  const prefix = prefixes[name];
  const optional = prefix !== '';
  const settings = (state: PageState) => state.experiments[name];
  const grid = entry<Range>(
    range,
    settings,
    (state, value) => Object.assign(settings(state), value),
    optional,
  );
  return [
    [`${prefix}law`, keyed(settings, 'law', lawField(builtin.laws), optional)],
    [`${prefix}d`, keyed(settings, 'dimension', settingFields.dimension, optional)],
    [`${prefix}${sweep.symbol}`, keyed(settings, 'sweep', sweep.field, optional)],
    [`${prefix}n`, grid],
    [`${prefix}r`, keyed(settings, 'replicates', settingFields.replicates, optional)],
    [`${prefix}s`, keyed(settings, 'seed', settingFields.seed, optional)],
    [`${prefix}e`, keyed(settings, 'precision', settingFields.precision, true)],
    ...options.map(({ key, name: option, field }): [string, Entry] => [
      `${prefix}${key}`,
      entry(
        field as Field<string | number>,
        (state) => settings(state).options[option]!,
        (state, value) => {
          const { options } = settings(state);
          settings(state).options = { ...options, [option]: value };
        },
        true,
      ),
    ]),
  ];
}

const view = (state: PageState) => state.view;
const plane = (state: PageState) => state.plane;

const entries = new Map<string, Entry>([
  ...experimentEntries('moments').slice(0, -1),
  ['m', keyed(view, 'tokens', viewFields.tokens, false)],
  ['h', keyed(view, 'head', viewFields.head, false)],
  ['c', keyed(view, 'colour', viewFields.colour, false)],
  ...experimentEntries('moments').slice(-1),
  ['z', keyed(view, 'window', viewFields.window, true)],
  ['q', keyed(view, 'pooling', viewFields.pooling, true)],
  ['p.law', keyed(plane, 'law', planeFields.law, true)],
  ['p.n', keyed(plane, 'tokens', planeFields.tokens, true)],
  ['p.R', keyed(plane, 'radius', planeFields.radius, true)],
  ['p.x', keyed(plane, 'query', planeFields.query, true)],
  ['p.s', keyed(plane, 'seed', planeFields.seed, true)],
  ...experimentNames.filter((name) => name !== 'moments').flatMap(experimentEntries),
]);

export function defaultState(): PageState {
  const settings = experimentNames.map((name) => [name, defaultSettings(kinds[name])]);
  return {
    experiments: Object.fromEntries(settings) as Record<ExperimentName, Settings>,
    plane: { ...defaultPlane, query: [...defaultPlane.query] },
    view: { ...defaultView },
  };
}

/** `#v=1&law=gaussian&…` */
export function writeAddress(state: PageState): string {
  const usual = defaultState();
  const parts = [...entries]
    .filter(([, { optional, write }]) => !optional || write(state) !== write(usual))
    .map(([key, { write }]) => `${key}=${write(state)}`);
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
  const asked = given.getAll('v').join(' and ');
  if (asked !== version) {
    const what = !given.has('v') ? 'no version' : `version ${quote(asked)}`;
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
  return [`${what}, but the ${known.name} is ${known.expected}; ${before || 'none'} is used.`];
}
