import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attendOne, normalMatrix } from './attention.ts';
import { assertEmpty, refuse, start, succeed, temporaryFolder } from './command.ts';
import { type Matrix, readNpy, writeNpy } from './npy.ts';
import { parseLimit, readResult } from './result.ts';

const small = [
  'map',
  ...['--set', 'attention={"weights":"random","scales":[0.5,2]}'],
  ...['--set', 'queries={"points":[[1,0,-1],[0.3,0.2,0.1]]}'],
  ...['--set', 'tokens=[30,100,300]'],
  ...['--set', 'replicates=3'],
];

/** `matrix` times the transpose of `other`, in float64. */
function timesTransposed(matrix: Matrix, other: Matrix): Matrix {
  const [rows, columns, d] = [matrix.rows, other.rows, matrix.columns];
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < columns; ++j)
      for (let k = 0; k < d; ++k)
        values[i * columns + j]! += matrix.values[i * d + k]! * other.values[j * d + k]!;
  return { rows, columns, values };
}

for (const [what, tokens] of [
  ['a stream for each n', '[30,100,300]'],
  ['nested tokens', '{"list":[30,100,300],"nested":true}'],
] as const) {
  test(`tokens, A and V are those that run measures: ${what}`, (t) => {
    const folder = temporaryFolder(t);
    const spec = [...small, '--set', `tokens=${tokens}`];
    const files = ['--output', 'y.npy', '--matrix', 'a.npy', '--value', 'v.npy'];
    succeed(['run', ...spec, '--output', 'r.json', '--replicates-csv', 'r.csv'], { cwd: folder });
    const { curves } = parseLimit<{ gamma: number[] }>(succeed(['limit', ...spec]));
    const lines = readFileSync(join(folder, 'r.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const queries: Matrix = { rows: 2, columns: 3, values: Float64Array.of(1, 0, -1, 0.3, 0.2, 0.1) };
    let compared = 0;
    for (const line of lines) {
      const cells = line.split(',');
      const [curve, n, replicate, value] = [cells[0], cells.at(-4), cells.at(-3), cells.at(-1)].map(
        Number,
      ) as [number, number, number, number];
      const point = what === 'nested tokens' ? 0 : [30, 100, 300].indexOf(n);
      const which = [
        '--replicate',
        String(replicate),
        '--point',
        String(point),
        '--head',
        curve < 2 ? '0' : '1',
      ];
      // Of nested tokens those of any n are the first of all.
      const count = what === 'nested tokens' ? ['--count', String(n)] : [];
      assert.equal(succeed(['tokens', ...spec, ...which, ...count, ...files], { cwd: folder }), '');
      const [y, A, V] = ['y.npy', 'a.npy', 'v.npy'].map((name) => readNpy(join(folder, name))) as [
        Matrix,
        Matrix,
        Matrix,
      ];
      assert.deepEqual([y.rows, y.columns, A.rows, A.columns, V.rows, V.columns], [n, 3, 3, 3, 3, 3]);
      assert.ok(y.values instanceof Float32Array);
      assert.ok(A.values instanceof Float64Array && V.values instanceof Float64Array);
      const { output } = attendOne(timesTransposed(queries, A), curve % 2, y, timesTransposed(y, V), 1);
      const { gamma } = curves[curve]!.limit;
      const error = Math.hypot(...gamma.map((limit, k) => output[k]! - limit));
      // Outputs of some 1, rounded to float32.
      assert.ok(Math.abs(error - value) < 3e-6, `${line}: ${error}`);
      ++compared;
    }
    assert.equal(compared, 4 * 3 * 3);
  });
}

test('tokens are one stream: fewer are the first of more, threads and instruction sets change nothing', (t) => {
  const folder = temporaryFolder(t);
  const bytes = (...options: string[]) => {
    succeed(['tokens', ...small, '--output', 'y.npy', ...options], { cwd: folder });
    return Buffer.from(readNpy(join(folder, 'y.npy')).values.buffer);
  };
  const usual = bytes('--count', '20000', '--threads', '2');
  assert.equal(usual.length, 20000 * 3 * 4);
  assert.deepEqual(bytes('--count', '20000', '--threads', '1'), usual);
  assert.deepEqual(bytes('--count', '777'), usual.subarray(0, 777 * 12));
  // The n of the first point.
  assert.deepEqual(bytes(), usual.subarray(0, 30 * 12));
  for (const target of succeed(['--version']).trim().split(': ')[1]!.split(' '))
    assert.deepEqual(bytes('--count', '20000', '--simd', target), usual);
  for (const other of [
    ['--replicate', '1'],
    ['--point', '1'],
    ['--set', 'seed=43'],
  ])
    assert.notDeepEqual(bytes('--count', '20000', ...other), usual);
});

test('tokens of a law of given points are rows of them', (t) => {
  const folder = temporaryFolder(t);
  const points = normalMatrix(7, 4, 5, Float32Array);
  writeNpy(join(folder, 'p.npy'), points);
  const law = ['--set', 'law={"type":"points","points":{"input":"mine"}}', '--input', 'mine=p.npy'];
  const attention = ['--set', 'attention={"matrix":2,"value":3}', '--set', 'queries={"radii":1}'];
  const files = ['--output', 'y.npy', '--matrix', 'a.npy', '--value', 'v.npy'];
  succeed(['tokens', 'map', ...law, ...attention, '--count', '500', ...files], { cwd: folder });
  const rows = ({ rows, columns, values }: Matrix) =>
    Array.from({ length: rows }, (_, i) => values.slice(i * columns, (i + 1) * columns).join());
  const given = rows(points);
  const drawn = rows(readNpy(join(folder, 'y.npy')));
  assert.equal(drawn.length, 500);
  for (const row of drawn) assert.ok(given.includes(row));
  assert.equal(new Set(drawn).size, 7);
  for (const [name, factor] of [
    ['a.npy', 2],
    ['v.npy', 3],
  ] as const)
    assert.deepEqual(
      Array.from(readNpy(join(folder, name)).values),
      Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? factor : 0)),
    );
});

test('the weights of a spec are those between its tokens', (t) => {
  const folder = temporaryFolder(t);
  const spec = [
    'map',
    '--set',
    'law.dimension=5',
    '--set',
    'tokens=[10,200]',
    '--set',
    'queries={"radii":1}',
  ];
  succeed(['tokens', ...spec, '--replicate', '2', '--count', '200', '--output', 'y.npy'], { cwd: folder });
  // A is 1.
  const arrays = ['--queries', 'y.npy', '--keys', 'y.npy', '--scale', '1'];
  assert.equal(
    succeed(['weights', ...arrays], { cwd: folder }),
    succeed(['weights', ...spec, '--replicate', '2']),
  );
});

test('tokens refuses what a spec does not have, and to write nothing', (t) => {
  const folder = temporaryFolder(t);
  const wrong: [string[], (string | RegExp)[]][] = [
    [[], ['--output is missing', '--matrix', '--value']],
    [
      ['--output', 'y.npy', '--replicate', '-1'],
      ['--replicate is -1', 'from 0'],
    ],
    [
      ['--output', 'y.npy', '--point', '3'],
      ['--point is 3', 'from 0 to 2'],
    ],
    [
      ['--output', 'y.npy', '--head', '2'],
      ['--head is 2', 'from 0 to 1'],
    ],
    [
      ['--output', 'y.npy', '--count', '0'],
      ['--count is 0', 'from 1'],
    ],
    [
      ['--output', 'y.npy', '--count', 'all'],
      ['--count is all', 'integer'],
    ],
    [
      ['--output', 'y.npy', '--matrix', './y.npy'],
      ['--matrix is ./y.npy', 'no other option'],
    ],
    [
      ['--output', 'nowhere/y.npy'],
      ['--output is nowhere/y.npy', 'No such file'],
    ],
    [
      ['--output', 'y.npy', '--value', 'nowhere/v.npy'],
      ['--value is nowhere/v.npy', 'No such file'],
    ],
    [
      ['--output', 'y.npy', '--set', 'law.type=cauchy'],
      ['law.type', 'cauchy'],
    ],
  ];
  for (const [options, words] of wrong) refuse(['tokens', ...small, ...options], words, { cwd: folder });
  // All n of nested tokens are of one stream.
  const nested = ['--set', 'tokens={"list":[30,100],"nested":true}', '--output', 'y.npy'];
  refuse(['tokens', ...small, ...nested, '--point', '1'], ['--point is 1', 'from 0 to 0'], { cwd: folder });
  refuse(['tokens', '--output', 'y.npy'], ['SPEC is missing'], { cwd: folder });
  assertEmpty(folder);
});

test('an interrupt of tokens leaves nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  const args = ['tokens', ...small, '--count', '100000000', '--output', 'y.npy', '--progress', 'json'];
  const running = start(args, { cwd: folder });
  await new Promise<void>((resolve) => running.process.stderr!.once('data', () => resolve()));
  const asked = performance.now();
  running.process.kill('SIGTERM');
  const { code, stderr } = await running.end;
  assert.equal(code, 143);
  assert.ok(performance.now() - asked < 1000);
  assert.match(stderr, /\nasymptoken: interrupted; nothing was written\n$/);
  assertEmpty(folder);
});

test('what tokens writes goes back in by --input: the same A and V, the same numbers', (t) => {
  const folder = temporaryFolder(t);
  succeed(['tokens', ...small, '--head', '1', '--matrix', 'a.npy', '--value', 'v.npy'], { cwd: folder });
  succeed(['run', ...small, '--output', 'random.json'], { cwd: folder });
  succeed(
    [
      ...['run', ...small, '--output', 'given.json'],
      ...['--set', 'attention={"matrix":{"input":"A"},"value":{"input":"V"}}'],
      ...['--input', 'A=a.npy', '--input', 'V=v.npy'],
    ],
    { cwd: folder },
  );
  const [random, given] = ['random.json', 'given.json'].map((name) => readResult(join(folder, name)));
  assert.deepEqual(
    given!.curves.map(({ points, fits }) => ({ points, fits })),
    random!.curves.slice(2).map(({ points, fits }) => ({ points, fits })),
  );
  assert.deepEqual(Object.keys(given!.inputs), ['A', 'V']);
});

test('tokens that go back in as a law have the moments that attention over them has', (t) => {
  const folder = temporaryFolder(t);
  succeed(['tokens', 'horizons', '--count', '400', '--output', 'y.npy'], { cwd: folder });
  const y = readNpy(join(folder, 'y.npy'));
  const spec = [
    ...['horizons', '--set', 'law={"type":"points","points":{"input":"y"}}', '--input', 'y=y.npy'],
    ...['--set', 'attention={"weights":"random","scales":[1,3]}'],
  ];
  const { curves } = parseLimit<{ mean: number[]; covariance: number[][] }>(
    succeed(['limit', ...spec], { cwd: folder }),
  );
  assert.equal(curves.length, 2);
  curves.forEach(({ limit }, head) => {
    const which = ['--head', String(head), '--matrix', 'a.npy', '--value', 'v.npy'];
    succeed(['tokens', ...spec, ...which], { cwd: folder });
    const queries = timesTransposed(y, readNpy(join(folder, 'a.npy')));
    const values = timesTransposed(y, readNpy(join(folder, 'v.npy')));
    const rows = Array.from({ length: 400 }, (_, row) => attendOne(queries, row, y, values, 1).output);
    const mean = (of: (row: Float64Array) => number) => rows.reduce((sum, row) => sum + of(row), 0) / 400;
    for (let a = 0; a < 5; ++a) {
      assert.ok(Math.abs(limit.mean[a]! - mean((row) => row[a]!)) < 1e-13);
      for (let b = 0; b < 5; ++b) {
        const product = mean((row) => (row[a]! - limit.mean[a]!) * (row[b]! - limit.mean[b]!));
        assert.ok(Math.abs(limit.covariance[a]![b]! - product) < 1e-13);
      }
    }
  });
  assert.deepEqual(readdirSync(folder).sort(), ['a.npy', 'v.npy', 'y.npy']);
});
