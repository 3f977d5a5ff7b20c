import assert from 'node:assert/strict';
import { test } from 'node:test';
import './core-modules.ts';

const { defaultState, readAddress, writeAddress } = await import('../../web/src/figures/address.ts');
type PageState = ReturnType<typeof defaultState>;

/** What version 1 of the address has always had in it. */
const always = 'law=gaussian&d=5&H=0.5,1,2&n=100-3000x8&r=100&s=42&m=128&h=2&c=log';
const plain = `#v=1&${always}`;

function read(hash: string): PageState {
  const { state, problems } = readAddress(hash);
  assert.deepEqual(problems, [], hash);
  return state;
}

test('without an address the page has its defaults, and writes them', () => {
  assert.deepEqual(read(''), defaultState());
  assert.deepEqual(read('#'), defaultState());
  assert.equal(writeAddress(defaultState()), plain);
  assert.deepEqual(read(plain), defaultState());
  assert.deepEqual(read('#v=1'), defaultState());
});

/** One entry of a link, and all that it changes of what the page shows. */
const entries: [string, (state: PageState) => void][] = [
  ['law=sphere', ({ experiments }) => (experiments.moments.law = 'sphere')],
  ['d=4', ({ experiments }) => (experiments.moments.dimension = 4)],
  ['H=0.125,3', ({ experiments }) => (experiments.moments.sweep = [0.125, 3])],
  ['n=50-400x5', ({ experiments }) => Object.assign(experiments.moments, { from: 50, to: 400, points: 5 })],
  ['r=12', ({ experiments }) => (experiments.moments.replicates = 12)],
  ['s=9007199254740991', ({ experiments }) => (experiments.moments.seed = 9007199254740991)],
  ['m=64', ({ view }) => (view.tokens = 64)],
  ['h=0', ({ view }) => (view.head = 0)],
  ['c=linear', ({ view }) => (view.colour = 'linear')],
  ['e=8', ({ experiments }) => (experiments.moments.precision = 8)],
  ['z=100,200,64', ({ view }) => (view.window = { row: 100, column: 200, size: 64 })],
  ['q=mean', ({ view }) => (view.pooling = 'mean')],
  ['p.law=box', ({ plane }) => (plane.law = 'box')],
  ['p.n=5000', ({ plane }) => (plane.tokens = 5000)],
  ['p.R=1.5', ({ plane }) => (plane.radius = 1.5)],
  ['p.x=-0.9,1.75', ({ plane }) => (plane.query = [-0.9, 1.75])],
  ['p.s=9', ({ plane }) => (plane.seed = 9)],
  ['u.law=ball', ({ experiments }) => (experiments.uniform.law = 'ball')],
  ['u.d=3', ({ experiments }) => (experiments.uniform.dimension = 3)],
  ['u.R=0.75,1.5', ({ experiments }) => (experiments.uniform.sweep = [0.75, 1.5])],
  ['u.n=50-800x4', ({ experiments }) => Object.assign(experiments.uniform, { from: 50, to: 800, points: 4 })],
  ['u.r=10', ({ experiments }) => (experiments.uniform.replicates = 10)],
  ['u.s=5', ({ experiments }) => (experiments.uniform.seed = 5)],
  ['u.e=5', ({ experiments }) => (experiments.uniform.precision = 5)],
  ['t.law=gaussian', ({ experiments }) => (experiments.hardmax.law = 'gaussian')],
  ['t.d=7', ({ experiments }) => (experiments.hardmax.dimension = 7)],
  ['t.T=0,0.5', ({ experiments }) => (experiments.hardmax.sweep = [0, 0.5])],
  ['t.n=10-90x3', ({ experiments }) => Object.assign(experiments.hardmax, { from: 10, to: 90, points: 3 })],
  ['t.r=8', ({ experiments }) => (experiments.hardmax.replicates = 8)],
  ['t.s=1', ({ experiments }) => (experiments.hardmax.seed = 1)],
  ['t.e=1', ({ experiments }) => (experiments.hardmax.precision = 1)],
  ['t.u=critical', ({ experiments }) => (experiments.hardmax.options = { unit: 'critical' })],
  ['w.law=two_point', ({ experiments }) => (experiments.sweep.law = 'two_point')],
  ['w.d=2', ({ experiments }) => (experiments.sweep.dimension = 2)],
  ['w.H=0.5', ({ experiments }) => (experiments.sweep.sweep = [0.5])],
  ['w.n=20-40x2', ({ experiments }) => Object.assign(experiments.sweep, { from: 20, to: 40, points: 2 })],
  ['w.r=9', ({ experiments }) => (experiments.sweep.replicates = 9)],
  ['w.s=3', ({ experiments }) => (experiments.sweep.seed = 3)],
  ['w.e=2', ({ experiments }) => (experiments.sweep.precision = 2)],
  ['l.law=gaussian', ({ experiments }) => (experiments.window.law = 'gaussian')],
  ['l.d=4', ({ experiments }) => (experiments.window.dimension = 4)],
  ['l.H=2,4', ({ experiments }) => (experiments.window.sweep = [2, 4])],
  ['l.n=25-100x2', ({ experiments }) => Object.assign(experiments.window, { from: 25, to: 100, points: 2 })],
  ['l.r=11', ({ experiments }) => (experiments.window.replicates = 11)],
  ['l.s=4', ({ experiments }) => (experiments.window.seed = 4)],
  ['l.e=3', ({ experiments }) => (experiments.window.precision = 3)],
  [
    'l.N=256',
    ({ experiments }) => (experiments.window.options = { ...experiments.window.options, context: 256 }),
  ],
  ['l.k=0', ({ experiments }) => (experiments.window.options = { ...experiments.window.options, random: 0 })],
];

test('each entry of a link changes just what it says, and is written as it was read', () => {
  for (const [entry, change] of entries) {
    const expected = defaultState();
    change(expected);
    assert.deepEqual(read(`#v=1&${entry}`), expected, entry);
    const key = entry.split('=')[0]!;
    const others = ['v=1', ...always.split('&')].filter((usual) => !usual.startsWith(`${key}=`));
    assert.deepEqual(writeAddress(expected).slice(1).split('&').sort(), [...others, entry].sort());
  }
});

test('a link that sets everything is read, and written as it was', () => {
  const hash = `#v=1&${entries.map(([entry]) => entry).join('&')}`;
  const expected = defaultState();
  for (const [, change] of entries) change(expected);
  assert.deepEqual(read(hash), expected);
  assert.equal(writeAddress(expected), hash);
  assert.ok(hash.length < 1000, 'far from the longest that is read');
});

test('a state that is read shares nothing with the defaults', () => {
  const state = read('#v=1&p.x=1,1');
  state.experiments.moments.sweep.push(9);
  state.view.tokens = 2;
  assert.equal(writeAddress(defaultState()), plain);
});

test('what other programs make of a link is read too', () => {
  const state = read('v=1&H=0.5%2C1%2C2&z=1%2C2%2C30&d=%34');
  assert.deepEqual(state.experiments.moments.sweep, [0.5, 1, 2]);
  assert.equal(state.experiments.moments.dimension, 4);
  assert.deepEqual(state.view.window, { row: 1, column: 2, size: 30 });
});

test('laws of the plane have the names that links of before have', () => {
  for (const [former, law] of [
    ['circle', 'sphere'],
    ['square', 'box'],
  ] as const) {
    const state = read(`#v=1&p.law=${former}`);
    assert.equal(state.plane.law, law);
    assert.equal(writeAddress(state), `${plain}&p.law=${law}`);
  }
});

// ---- Links from strangers ---------------------------------------------------------------------------------------------------

/** What is wrong with a link, and the whole of what is said of it; all else is left at its default. */
const hostile: [string, string, string[]][] = [
  [
    'an unknown setting',
    'v=1&evil=1',
    ['The link sets “evil”, which this page does not have; it is ignored.'],
  ],
  [
    'a dimension that is no number',
    'v=1&d=NaN',
    ['The link sets d to “NaN”, but the dimension is a whole number from 1 to 1024; 5 is used.'],
  ],
  [
    'a dimension that is too large',
    'v=1&d=1e99',
    ['The link sets d to “1e99”, but the dimension is a whole number from 1 to 1024; 5 is used.'],
  ],
  [
    'markup',
    'v=1&c=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E',
    [
      'The link sets c to “<img src=x onerror=alert(1)>”, but the colour scale is one of linear, log; log is used.',
    ],
  ],
  [
    'horizons that are not positive',
    'v=1&H=1,-2',
    [
      'The link sets H to “1,-2”, but the list of horizons is 1 to 16 numbers above 0 and up to 1000, separated by commas; 0.5,1,2 is used.',
    ],
  ],
  [
    'too many horizons',
    `v=1&w.H=${'1,'.repeat(16)}1`,
    [
      'The link sets w.H to “1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1”, but the list of horizons is 1 to 16 numbers above 0 and up to 1000, separated by commas; 0.25,0.4,0.6,0.8,1,1.25,1.6,2,2.5,3 is used.',
    ],
  ],
  [
    'a broken range',
    'v=1&n=100-x3',
    [
      'The link sets n to “100-x3”, but the range of n is SMALLEST-LARGESTxPOINTS, such as 100-3000x8; 100-3000x8 is used.',
    ],
  ],
  [
    'a range of too many points',
    'v=1&u.n=100-200x41',
    [
      'The link sets u.n to “100-200x41”, but the range of n is SMALLEST-LARGESTxPOINTS, such as 100-3000x8; 200-6000x6 is used.',
    ],
  ],
  [
    'a setting given twice',
    'v=1&s=1&s=2',
    [
      'The link sets s more than once, but the seed is a whole number from 0 to 9007199254740991; 42 is used.',
    ],
  ],
  [
    'prototypes for keys',
    'v=1&__proto__=1&constructor=2',
    ['__proto__', 'constructor'].map(
      (key) => `The link sets “${key}”, which this page does not have; it is ignored.`,
    ),
  ],
  [
    'a prototype for a law',
    'v=1&p.law=__proto__&t.u=constructor',
    [
      'The link sets p.law to “__proto__”, but the token law of the plane is one of clusters, gaussian, gaussian_mixture, sphere, ball, box, two_point, autoregressive; clusters is used.',
      'The link sets t.u to “constructor”, but the unit of temperature is one of fixed, logarithmic, critical; fixed is used.',
    ],
  ],
  [
    'a law that needs numbers of one’s own',
    'v=1&u.law=points',
    [
      'The link sets u.law to “points”, but the token law is one of gaussian, gaussian_mixture, sphere, ball, box, two_point, autoregressive; gaussian is used.',
    ],
  ],
  [
    'a negative temperature',
    'v=1&t.T=-1',
    [
      'The link sets t.T to “-1”, but the list of temperatures is 1 to 16 numbers from 0 to 1000, separated by commas; 0,0.001,0.01,0.1,1 is used.',
    ],
  ],
  [
    'a query out of the plane',
    'v=1&p.x=99,99',
    [
      'The link sets p.x to “99,99”, but the query of the plane is two numbers of at most 10, such as 1.6,0.8; 1.6,0.8 is used.',
    ],
  ],
  [
    'another version',
    'v=2&d=7',
    ['The link has version “2”; this page reads version 1 and shows its defaults.'],
  ],
  ['no version', 'd=7', ['The link has no version; this page reads version 1 and shows its defaults.']],
  [
    'an empty version',
    'v=&d=7',
    ['The link has version “”; this page reads version 1 and shows its defaults.'],
  ],
  [
    'two versions',
    'v=1&v=2',
    ['The link has version “1 and 2”; this page reads version 1 and shows its defaults.'],
  ],
  [
    'a novel',
    `v=1&d=${'7'.repeat(5000)}`,
    ['The link is longer than any of this page, so the defaults are shown.'],
  ],
  [
    'bytes that are no text',
    'v=1&d=%FF%00%E0%A4%A',
    ['The link sets d to “\uFFFD\0\uFFFD%A”, but the dimension is a whole number from 1 to 1024; 5 is used.'],
  ],
  [
    'a long value',
    `v=1&r=${'9'.repeat(50)}`,
    [
      `The link sets r to “${'9'.repeat(40)}…”, but the number of replicates is a whole number from 1 to 1000000; 100 is used.`,
    ],
  ],
];

for (const [what, hash, problems] of hostile) {
  test(`a link with ${what} is answered with one sentence each, and the defaults`, () => {
    assert.deepEqual(readAddress(`#${hash}`), { state: defaultState(), problems });
  });
}

test('a part of the heatmap that is none is the whole', () => {
  const { state, problems } = readAddress('#v=1&z=1,2,0');
  assert.deepEqual(state, defaultState());
  assert.equal(problems.length, 1);
  assert.match(
    problems[0]!,
    /^The link sets z to “1,2,0”, but the part of the heatmap is ROW,COLUMN,SIZE.*; none is used\.$/,
  );
});

test('what can be used of a link is used', () => {
  const { state, problems } = readAddress('#v=1&d=x&s=7&evil=1&u.R=2');
  assert.equal(problems.length, 2);
  assert.equal(state.experiments.moments.dimension, 5);
  assert.equal(state.experiments.moments.seed, 7);
  assert.deepEqual(state.experiments.uniform.sweep, [2]);
});

/** Numbers that are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('whatever a link says, it is read, and what is written of it is a good link', () => {
  const random = numbers(7);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random.next().value * from.length)]!;
  const keys = [...entries.map(([entry]) => entry.split('=')[0]!), 'x', '', 'v', 'p.', 'toString', '%'];
  const values = [
    ...entries.map(([entry]) => entry.split('=')[1]!),
    '',
    '-1',
    '0',
    '1e9',
    '%00',
    '%',
    '&',
    '=',
    '#',
    '[]',
    'null',
    '٣',
    '1-1x1',
    ',,,',
    '1.5',
  ];
  let good = 0;
  for (let i = 0; i < 2000; i++) {
    const parts = Array.from({ length: 1 + (i % 4) }, () => `${pick(keys)}=${pick(values)}`);
    const { state, problems } = readAddress(`#v=1&${parts.join('&')}`);
    for (const problem of problems) assert.match(problem, /^The link [^]*\.$/);
    if (problems.length === 0) good++;
    const written = writeAddress(state);
    assert.deepEqual(readAddress(written), { state, problems: [] }, written);
  }
  assert.ok(good > 100 && good < 1900, `${good} of 2000 links were good`);
});
