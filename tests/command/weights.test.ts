import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalMatrix } from './attention.ts';
import { asymptoken, command, refuse, start, succeed, temporaryFolder } from './command.ts';
import { type Matrix, writeFortranNpy, writeNpy, writeVector } from './npy.ts';

// Tokens that are one of two numbers, -1.5 and 1.5: their logits under A = 1 are one of two numbers too, and every weight
// follows from which tokens are which.

const spec = (n: number, more: object = {}) =>
  JSON.stringify({
    schema: 1,
    experiment: 'map',
    seed: 3,
    law: { type: 'points', dimension: 1, points: [[-1.5], [1.5]] },
    attention: { matrix: 1 },
    queries: { points: [[1]] },
    tokens: [5, n],
    replicates: 1,
    ...more,
  });

function numbers(csv: string): number[][] {
  assert.ok(csv.endsWith('\n'));
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').map(Number));
}

/** The signs of the tokens, told by which weights of the first row are the large ones, and all weights from them. */
function expected(weights: number[][]): number[][] {
  const [first] = weights;
  const middle = (Math.max(...first!) + Math.min(...first!)) / 2;
  const signs = first!.map((weight) => (weight > middle ? 1 : -1));
  return signs.map((query) => {
    const powers = signs.map((key) => Math.exp(1.5 * 1.5 * query * key));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  });
}

function assertClose(actual: number[][], wanted: number[][], tolerance = 5e-6): void {
  assert.deepEqual([actual.length, actual[0]!.length], [wanted.length, wanted[0]!.length]);
  actual.forEach((row, i) =>
    row.forEach((weight, j) =>
      assert.ok(
        Math.abs(weight / wanted[i]![j]! - 1) < tolerance,
        `(${i}, ${j}): ${weight}, ${wanted[i]![j]}`,
      ),
    ),
  );
}

/** The largest or mean weight of each block of the rows and columns that are asked for. */
function pooledBlocks(weights: number[][], side: number, pooling: string): number[][] {
  const [rows, columns] = [weights.length, weights[0]!.length];
  return Array.from({ length: Math.ceil(rows / side) }, (_, row) =>
    Array.from({ length: Math.ceil(columns / side) }, (__, column) => {
      const block = weights
        .slice(row * side, (row + 1) * side)
        .flatMap((line) => line.slice(column * side, (column + 1) * side));
      const sum = block.reduce((a, b) => a + b);
      return pooling === 'mean' ? sum / block.length : block.reduce((a, b) => Math.max(a, b));
    }),
  );
}

test('weights are a softmax of the first n tokens, a query a line', () => {
  const all = numbers(succeed(['weights', '-'], { input: spec(300) }));
  assert.equal(all.length, 300);
  const wanted = expected(all);
  assertClose(all, wanted);
  const part = ['--rows', '7:207', '--columns', '290:300'];
  const block = numbers(succeed(['weights', '-', ...part], { input: spec(300) }));
  assertClose(
    block,
    wanted.slice(7, 207).map((row) => row.slice(290, 300)),
  );
});

for (const pooling of ['largest', 'mean']) {
  test(`a number for each block of weights: their ${pooling}`, () => {
    const wanted = expected(numbers(succeed(['weights', '-'], { input: spec(300) })));
    for (const side of [2, 7, 128, 1000]) {
      const options = ['--side', String(side), '--pooling', pooling, '--rows', '3:300', '--threads', '2'];
      const pooled = numbers(succeed(['weights', '-', ...options], { input: spec(300) }));
      assertClose(pooled, pooledBlocks(wanted.slice(3), side, pooling));
    }
  });
}

test('head and replicate are those that are asked for; threads change nothing', () => {
  const swept = spec(200, {
    experiment: 'moments',
    attention: { weights: 'random', seed: 7, scales: [0.5, 2] },
    queries: undefined,
  });
  const run = (...options: string[]) => succeed(['weights', '-', ...options], { input: swept });
  const usual = run();
  assert.equal(run('--head', '0', '--replicate', '0', '--threads', '1'), usual);
  assert.equal(run('--threads', '3'), usual);
  assert.notEqual(run('--head', '1'), usual);
  assert.notEqual(run('--replicate', '1'), usual);
});

test('the file takes its place when it is whole', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'w.csv');
  assert.equal(succeed(['weights', '-', '--output', file], { input: spec(40) }), '');
  assert.equal(numbers(readFileSync(file, 'utf8')).length, 40);
  const source = join(folder, 'spec.json');
  writeFileSync(source, spec(100_000));
  const running = start(['weights', source, '--output', file, '--side', '10', '--progress', 'json']);
  await new Promise<void>((resolve) => running.process.stderr!.once('data', () => resolve()));
  running.process.kill('SIGINT');
  const { code, stderr } = await running.end;
  assert.equal(code, 130);
  assert.match(stderr, /interrupted; the weights are not complete/);
  assert.equal(numbers(readFileSync(file, 'utf8')).length, 40);
  assert.deepEqual(readdirSync(folder).sort(), ['spec.json', 'w.csv']);
});

/** Softmax of scale <x, k>, from the definition, in float64. */
function softmax(queries: Matrix, keys: Matrix, scale: number): number[][] {
  const d = queries.columns;
  return Array.from({ length: queries.rows }, (_, i) => {
    const logits = Array.from({ length: keys.rows }, (__, j) => {
      let product = 0;
      for (let k = 0; k < d; ++k) product += queries.values[i * d + k]! * keys.values[j * d + k]!;
      return scale * product;
    });
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const powers = logits.map((logit) => Math.exp(logit - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  });
}

for (const [m, n, d, scale] of [
  [211, 300, 20, undefined],
  [1, 1, 1, undefined],
  [3, 1000, 64, 0.5],
  [150, 7, 3, -1.5],
] as const) {
  test(`weights between arrays agree with the definition: ${m} queries, ${n} keys of ${d}, scale ${scale ?? 'default'}`, (t) => {
    const folder = temporaryFolder(t);
    const options = scale === undefined ? [] : ['--scale', String(scale)];
    const run = (...more: string[]) =>
      succeed(['weights', '--queries', 'q.npy', '--keys', 'k.npy', ...options, ...more], { cwd: folder });
    for (const type of [Float32Array, Float64Array]) {
      const queries = normalMatrix(m, d, 1, type);
      const keys = normalMatrix(n, d, 2, type);
      writeNpy(join(folder, 'q.npy'), queries);
      writeNpy(join(folder, 'k.npy'), keys);
      const wanted = softmax(queries, keys, scale ?? 1 / Math.sqrt(d));
      const all = numbers(run());
      // Logits of some 10 are rounded to 1e-6 of a unit, and weights with them.
      assertClose(all, wanted, 2e-5);
      for (const row of all) {
        const sum = row.reduce((a, b) => a + b);
        assert.ok(Math.abs(sum - 1) < 2e-5, `a row sums to ${sum}`);
      }
      const text = run('--threads', '1');
      assert.equal(run('--threads', '5'), text);
      for (const [name, array] of [
        ['q.npy', queries],
        ['k.npy', keys],
      ] as const) {
        writeFortranNpy(join(folder, name), array);
        assert.equal(run(), text, `${name} column by column`);
      }
      const last = Math.max(1, n - 3);
      const part = ['--rows', `0:${m}`, '--columns', `${last - 1}:${last}`];
      assertClose(
        numbers(run(...part)),
        wanted.map((row) => row.slice(last - 1, last)),
        2e-5,
      );
      for (const pooling of ['largest', 'mean'])
        assertClose(
          numbers(run('--side', '16', '--pooling', pooling)),
          pooledBlocks(wanted, 16, pooling),
          2e-5,
        );
    }
  });
}

test('weights --deterministic: the same text with every instruction set', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'q.npy'), normalMatrix(70, 33, 1, Float32Array));
  writeNpy(join(folder, 'k.npy'), normalMatrix(301, 33, 2, Float32Array));
  const targets = succeed(['--version']).trim().split(': ')[1]!.split(' ');
  for (const source of [
    ['--queries', 'q.npy', '--keys', 'k.npy'],
    ['moments', '--set', 'tokens=150'],
  ]) {
    const outputs = targets.map((target) =>
      succeed(['weights', ...source, '--deterministic', '--simd', target], { cwd: folder }),
    );
    for (const output of outputs) assert.equal(output, outputs[0]);
  }
});

test('weights refuses arrays that do not fit, and arrays beside a spec', (t) => {
  const folder = temporaryFolder(t);
  const keys = normalMatrix(5, 3, 2, Float32Array);
  const withNaN = { ...keys, values: keys.values.map((value, k) => (k === 7 ? NaN : value)) };
  writeNpy(join(folder, 'q.npy'), normalMatrix(4, 3, 1, Float32Array));
  writeNpy(join(folder, 'k.npy'), keys);
  writeNpy(join(folder, 'wide.npy'), normalMatrix(5, 4, 2, Float32Array));
  writeNpy(join(folder, 'nan.npy'), withNaN);
  writeVector(join(folder, 'line.npy'), new Float32Array(5));
  const before = readdirSync(folder);
  const arrays = (queries: string, key: string) => ['--queries', queries, '--keys', key];
  const wrong: [string[], (string | RegExp)[]][] = [
    [[], ['--queries is missing', 'or a SPEC']],
    [
      ['--queries', 'q.npy'],
      ['--keys is missing', 'or a SPEC'],
    ],
    [
      ['--keys', 'k.npy'],
      ['--queries is missing', 'or a SPEC'],
    ],
    [
      ['moments', '--queries', 'q.npy'],
      ['--queries is q.npy', 'left out', 'SPEC'],
    ],
    [
      ['moments', '--keys', 'k.npy'],
      ['--keys is k.npy', 'left out', 'SPEC'],
    ],
    [
      ['moments', '--scale', '2'],
      ['--scale is 2', 'left out', 'SPEC'],
    ],
    [arrays('q.npy', 'wide.npy'), ['wide.npy is 5 x 4 float32', 'q.npy', '3']],
    [arrays('q.npy', 'line.npy'), ['line.npy is 5 float32', 'q.npy', '3']],
    [arrays('nan.npy', 'k.npy'), ['nan.npy is nan at row 2, column 1', 'finite']],
    [arrays('q.npy', 'nan.npy'), ['nan.npy is nan at row 2, column 1', 'finite']],
    [arrays('q.npy', 'nothing.npy'), ['nothing.npy', 'No such file']],
    [arrays('q.npy', '.'), ['not a regular file']],
    [
      [...arrays('q.npy', 'k.npy'), '--scale', 'inf'],
      ['--scale is inf', 'finite number'],
    ],
    [
      [...arrays('q.npy', 'k.npy'), '--rows', '0:5'],
      ['--rows is 0:5', '<= 4'],
    ],
    [
      [...arrays('q.npy', 'k.npy'), '--columns', '0:6'],
      ['--columns is 0:6', '<= 5'],
    ],
  ];
  for (const [options, words] of wrong)
    refuse(['weights', ...options, '--output', 'w.csv'], words, { cwd: folder });
  assert.deepEqual(readdirSync(folder), before);
});

test('options that only a spec has a use for are refused beside arrays', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'q.npy'), normalMatrix(4, 3, 1, Float32Array));
  for (const [option, value] of [
    ['--set', 'tokens=5'],
    ['--input', 'x=q.npy'],
    ['--head', '4'],
    ['--replicate', '1'],
  ] as const)
    refuse(['weights', '--queries', 'q.npy', '--keys', 'q.npy', option, value], [option], { cwd: folder });
});

test('logits beyond float32 are refused, as by attend', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'q.npy'), normalMatrix(4, 3, 1, Float32Array));
  const arrays = ['--queries', 'q.npy', '--keys', 'q.npy', '--scale', '1e39'];
  refuse(['attend', ...arrays, '--values', 'q.npy'], ['not finite', 'float32'], { cwd: folder });
  refuse(['weights', ...arrays], ['float32'], { cwd: folder });
});

test('more tokens than any machine holds are refused at once', () => {
  // With 2 GB to itself: what is refused first needs none, and what is not does not slow the machine down.
  const limited = spawnSync(
    'sh',
    ['-c', 'ulimit -v 2000000; exec "$0" weights - --set tokens=1000000000000', command],
    { input: spec(40), encoding: 'utf8' },
  );
  assert.match(limited.stderr, /tokens is 1000000000000; expected .*\d [GT]B/);
  assert.equal(limited.status, 2);
});

test('what cannot be computed is refused in one sentence', () => {
  const wrong: [string[], (string | RegExp)[]][] = [
    [['--rows', '5'], ['--rows is 5; expected FIRST:LAST with 0 <= FIRST < LAST <= 40']],
    [['--rows', '5:'], ['--rows is 5:']],
    [['--rows', '9:9'], ['--rows is 9:9']],
    [
      ['--columns', '0:41'],
      ['--columns is 0:41', '<= 40'],
    ],
    [['--columns=-1:4'], ['--columns is -1:4']],
    [['--head', '1'], ['--head is 1; expected an integer from 0 to 0']],
    [['--side', '0'], ['--side is 0; expected an integer from 1']],
    [['--side', 'x'], ['--side is x']],
    [['--replicate', '1.5'], ['--replicate is 1.5']],
    [['--pooling', 'median'], ['--pooling is median; expected largest or mean']],
    [['--output', '/nowhere/w.csv'], ['--output is /nowhere/w.csv']],
    [
      ['--set', 'tokens=1000000000'],
      ['tokens is 1000000000', /\d [GT]B/],
    ],
  ];
  for (const [options, words] of wrong) refuse(['weights', '-', ...options], words, { input: spec(40) });
  assert.equal(asymptoken(['weights', 'nothing']).code, 2);
});
