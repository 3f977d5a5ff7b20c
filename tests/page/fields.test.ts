import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  numbersFromZero,
  oneOf,
  positiveNumbers,
  quote,
  wholeNumber,
  type Field,
} from '../../web/src/base/fields.ts';
import { viewFields } from '../../web/src/heatmap/view.ts';
import './core-modules.ts';

const { settingFields } = await import('../../web/src/experiment/settings.ts');
const { planeFields } = await import('../../web/src/plane/view.ts');

/** What of these texts a field takes, and as what; the others it refuses. */
function takes<T>(field: Field<T>, good: [string, T][], bad: string[]): void {
  for (const [text, value] of good) assert.deepEqual(field.parse(text), value, `${field.name}: ${text}`);
  for (const text of bad) assert.equal(field.parse(text), null, `${field.name}: ${text}`);
}

/** What somebody may write in place of a number. */
const nonsense = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '-1',
  '+1',
  '1e',
  '1_000',
  '0x10',
  '1n',
  '１',
  '1.2.3',
  'null',
  '<b>',
  '\0',
];

test('whole numbers', () => {
  takes(
    wholeNumber('n', 1, 1000),
    [
      ['1', 1],
      [' 7 ', 7],
      ['007', 7],
      ['1000', 1000],
    ],
    [...nonsense, '0', '1001', '1.5', '1e2', '9'.repeat(40)],
  );
  const seed = wholeNumber('seed', 0, Number.MAX_SAFE_INTEGER);
  takes(
    seed,
    [
      ['0', 0],
      ['9007199254740991', 9007199254740991],
    ],
    ['9007199254740992', '9007199254740993', '10000000000000000'],
  );
  assert.equal(seed.expected, 'a whole number from 0 to 9007199254740991');
  assert.equal(seed.format(9007199254740991), '9007199254740991');
});

test('lists of positive numbers', () => {
  const field = positiveNumbers('horizons', 3, 1000);
  takes(
    field,
    [
      ['0.5', [0.5]],
      ['0.5,1,2', [0.5, 1, 2]],
      [' 1 ; 2\t3 ', [1, 2, 3]],
      ['.5,1.', [0.5, 1]],
      ['1e2,1E-3', [100, 0.001]],
      ['1,,2,', [1, 2]],
    ],
    [...nonsense, ',', '0', '1,-2', '1001', '1,2,3,4', '1e-400', '1e400', '1,x'],
  );
  assert.equal(field.format([0.125, 3]), '0.125,3');
  assert.equal(field.expected, '1 to 3 numbers above 0 and up to 1000, separated by commas');
});

test('lists of numbers from 0', () => {
  takes(
    numbersFromZero('temperatures', 2, 10),
    [
      ['0', [0]],
      ['0,10', [0, 10]],
    ],
    [...nonsense, '-0.1', '10.1', '0,1,2'],
  );
});

test('choices', () => {
  const field = oneOf('scale', ['linear', 'log']);
  takes(field, [['log', 'log']], [...nonsense, 'Log', ' log', 'constructor', '__proto__']);
  assert.equal(field.expected, 'one of linear, log');
});

test('what is quoted is cut where a sentence has no more room', () => {
  assert.equal(quote('x'), '“x”');
  assert.equal(quote('7'.repeat(40)), `“${'7'.repeat(40)}”`);
  assert.equal(quote('7'.repeat(41)), `“${'7'.repeat(40)}…”`);
});

test('every setting has its bounds, and takes them', () => {
  const bounds: [Field<number>, number, number][] = [
    [settingFields.dimension, 1, 1024],
    [settingFields.from, 1, 1000000],
    [settingFields.to, 1, 1000000],
    [settingFields.points, 1, 40],
    [settingFields.replicates, 1, 1000000],
    [settingFields.precision, 0, 100],
    [settingFields.seed, 0, Number.MAX_SAFE_INTEGER],
    [viewFields.tokens, 2, 16384],
    [viewFields.head, 0, 15],
    [planeFields.tokens, 10, 20000],
    [planeFields.seed, 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [field, least, most] of bounds) {
    takes(
      field,
      [
        [String(least), least],
        [String(most), most],
      ],
      [String(least - 1), String(most + 1), '2.5'],
    );
  }
});

test('a part of the heatmap', () => {
  const { window } = viewFields;
  takes(
    window,
    [
      ['100,200,64', { row: 100, column: 200, size: 64 }],
      ['0,0,1', { row: 0, column: 0, size: 1 }],
    ],
    [...nonsense, '1,2,0', '1,2', '1,2,3,4', '1, 2,3', '-1,2,3', '123456,0,8', '1.5,2,3'],
  );
  assert.equal(window.format({ row: 100, column: 200, size: 64 }), '100,200,64');
  assert.equal(window.format(null), '');
});

test('a query and a ball of the plane', () => {
  takes(
    planeFields.query,
    [
      ['1.6,0.8', [1.6, 0.8]],
      ['-0.9,1.75', [-0.9, 1.75]],
      ['10,0', [10, 0]],
      ['6,8', [6, 8]],
    ],
    [...nonsense, '1', '1,2,3', '99,99', '8,8', '1, 2', '1.2345,0', '1e1,0', '.5,.5'],
  );
  assert.equal(planeFields.query.format([1.6, -0.8000001]), '1.6,-0.8');
  takes(
    planeFields.radius,
    [
      ['0.1', 0.1],
      ['10', 10],
      ['2.125', 2.125],
    ],
    [...nonsense, '0', '0.09', '10.1', '1e1'],
  );
  assert.equal(planeFields.radius.format(2.5), '2.5');
});

test('laws of the plane may have the names that older links give them', () => {
  takes(
    planeFields.law,
    [
      ['clusters', 'clusters'],
      ['sphere', 'sphere'],
      ['circle', 'sphere'],
      ['square', 'box'],
      ['box', 'box'],
    ],
    ['points', 'Circle', '', '__proto__', 'constructor', 'toString'],
  );
});
