import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asymptoken, refuse, start, succeed, temporaryFolder } from './command.ts';

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

function assertClose(actual: number[][], wanted: number[][]): void {
  assert.deepEqual([actual.length, actual[0]!.length], [wanted.length, wanted[0]!.length]);
  actual.forEach((row, i) =>
    row.forEach((weight, j) =>
      assert.ok(Math.abs(weight / wanted[i]![j]! - 1) < 5e-6, `(${i}, ${j}): ${weight}, ${wanted[i]![j]}`),
    ),
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
      const blocks = Array.from({ length: Math.ceil(297 / side) }, (_, row) =>
        Array.from({ length: Math.ceil(300 / side) }, (__, column) => {
          const block = wanted
            .slice(3 + row * side, Math.min(3 + (row + 1) * side, 300))
            .flatMap((line) => line.slice(column * side, (column + 1) * side));
          const sum = block.reduce((a, b) => a + b);
          return pooling === 'mean' ? sum / block.length : block.reduce((a, b) => Math.max(a, b));
        }),
      );
      assertClose(pooled, blocks);
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
      ['--set', 'tokens=1000000000000'],
      ['tokens is 1000000000000', /\d GB/],
    ],
  ];
  for (const [options, words] of wrong) refuse(['weights', '-', ...options], words, { input: spec(40) });
  assert.equal(asymptoken(['weights', 'nothing']).code, 2);
});
