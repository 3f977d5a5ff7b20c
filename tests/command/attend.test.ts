import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { attendOne, normalMatrix } from './attention.ts';
import { command, start, succeed, temporaryFolder } from './command.ts';
import { type Matrix, readNpy, writeNpy } from './npy.ts';

interface Summary {
  min: number;
  mean: number;
  max: number;
}

interface Stats {
  queries: number;
  n: number;
  d: number;
  value_dimension: number;
  scale: number;
  log_sum_exp: Summary;
  participation: Summary;
  entropy: Summary;
  mean: number[];
  covariance: number[][];
  number_type: string;
  simd: string;
  seconds: number;
}

const arrays = ['--queries', 'q.npy', '--keys', 'k.npy', '--values', 'v.npy'];

/** A folder that holds q.npy, k.npy and v.npy. */
function folderWith(test: TestContext, queries: Matrix, keys: Matrix, values: Matrix): string {
  const folder = temporaryFolder(test);
  writeNpy(join(folder, 'q.npy'), queries);
  writeNpy(join(folder, 'k.npy'), keys);
  writeNpy(join(folder, 'v.npy'), values);
  return folder;
}

function assertClose(actual: number, expected: number, scale: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * scale, `${what}: ${actual}, expected ${expected}`);
}

const summaryOf = (numbers: number[]): Summary => ({
  min: Math.min(...numbers),
  mean: numbers.reduce((a, b) => a + b) / numbers.length,
  max: Math.max(...numbers),
});

// float32 rounds each of d products and each of n weights to 6e-8; float64 to 1e-16.
for (const [type, flags, tolerance] of [
  [Float32Array, [], 1e-5],
  [Float64Array, [], 1e-12],
  [Float32Array, ['--float64'], 1e-12],
] as const) {
  for (const [m, n, d, v, scale] of [
    [300, 500, 20, 7, undefined],
    [1, 1, 1, 1, undefined],
    [5, 1, 3, 2, 2],
    [2, 1000, 1, 65, -0.75],
    [40, 33, 64, 64, 5],
  ] as const) {
    const name = `${type.name} ${flags.join()}, ${m} queries, ${n} keys, ${d} -> ${v}, scale ${scale ?? 'default'}`;
    test(`attend agrees with the definition: ${name}`, (t) => {
      const queries = normalMatrix(m, d, 1, type);
      const keys = normalMatrix(n, d, 2, type);
      const values = normalMatrix(n, v, 3, type);
      const folder = folderWith(t, queries, keys, values);
      const scaleArgs = scale === undefined ? [] : ['--scale', String(scale)];
      const args = ['attend', ...arrays, ...scaleArgs, ...flags, '--output', 'o.npy', '--stats', 's.json'];
      assert.equal(succeed(args, { cwd: folder }), '');
      const output = readNpy(join(folder, 'o.npy'));
      const stats = JSON.parse(readFileSync(join(folder, 's.json'), 'utf8')) as Stats;

      const isFloat64 = type === Float64Array || flags.length > 0;
      assert.ok(output.values instanceof (isFloat64 ? Float64Array : Float32Array));
      assert.deepEqual([output.rows, output.columns], [m, v]);
      assert.deepEqual([stats.queries, stats.n, stats.d, stats.value_dimension], [m, n, d, v]);
      assert.equal(stats.number_type, isFloat64 ? 'float64' : 'float32');
      assert.equal(stats.scale, scale ?? 1 / Math.sqrt(d));

      const rows = Array.from({ length: m }, (_, row) => attendOne(queries, row, keys, values, stats.scale));
      rows.forEach((row, i) =>
        row.output.forEach((expected, k) =>
          assertClose(output.values[i * v + k]!, expected, 4, tolerance, `output ${i}, ${k}`),
        ),
      );
      const summaries: [Summary, (row: (typeof rows)[0]) => number][] = [
        [stats.log_sum_exp, (row) => row.logSumExp],
        [stats.participation, (row) => row.participation],
        [stats.entropy, (row) => row.entropy],
      ];
      for (const [actual, of] of summaries) {
        const expected = summaryOf(rows.map(of));
        for (const key of ['min', 'mean', 'max'] as const)
          assertClose(actual[key], expected[key], Math.max(1, Math.abs(expected[key])), 10 * tolerance, key);
      }
      const mean = stats.mean.map((_, k) => summaryOf(rows.map((row) => row.output[k]!)).mean);
      mean.forEach((expected, k) => assertClose(stats.mean[k]!, expected, 4, tolerance, `mean ${k}`));
      for (let a = 0; a < v; ++a)
        for (let b = 0; b < v; ++b) {
          const products = rows.map((row) => (row.output[a]! - mean[a]!) * (row.output[b]! - mean[b]!));
          assertClose(
            stats.covariance[a]![b]!,
            summaryOf(products).mean,
            4,
            4 * tolerance,
            `covariance ${a}, ${b}`,
          );
        }
    });
  }
}

for (const [type, flags, tolerance] of [
  [Float32Array, [], 1e-5],
  [Float64Array, [], 1e-12],
  [Float32Array, ['--float64'], 1e-12],
] as const) {
  test(`attend writes what each query sees, a number a row: ${type.name} ${flags.join()}`, (t) => {
    const [m, n, d, v] = [301, 500, 20, 3];
    const queries = normalMatrix(m, d, 1, type);
    const keys = normalMatrix(n, d, 2, type);
    const values = normalMatrix(n, v, 3, type);
    const folder = folderWith(t, queries, keys, values);
    const columns = { log_sum_exp: '--log-sum-exp', participation: '--participation', entropy: '--entropy' };
    const files = Object.entries(columns).flatMap(([name, option]) => [option, `${name}.npy`]);
    // Nothing on standard output: a file is what was asked for.
    assert.equal(succeed(['attend', ...arrays, ...flags, ...files], { cwd: folder }), '');
    const bytes = Object.keys(columns).map((name) => readFileSync(join(folder, `${name}.npy`)));
    const rows = Array.from({ length: m }, (_, row) =>
      attendOne(queries, row, keys, values, 1 / Math.sqrt(d)),
    );
    const expected = {
      log_sum_exp: rows.map(({ logSumExp }) => logSumExp),
      participation: rows.map(({ participation }) => participation),
      entropy: rows.map(({ entropy }) => entropy),
    };
    for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
      const column = readNpy(join(folder, `${name}.npy`));
      assert.deepEqual([column.rows, column.columns], [m, 1]);
      assert.ok(column.values instanceof Float64Array);
      expected[name].forEach((value, row) =>
        assertClose(
          column.values[row]!,
          value,
          Math.max(1, Math.abs(value)),
          10 * tolerance,
          `${name} ${row}`,
        ),
      );
    }
    // Beside everything else, and with other threads, they are the same.
    const all = ['--output', 'o.npy', '--stats', 's.json', '--threads', '3'];
    succeed(['attend', ...arrays, ...flags, ...files, ...all], { cwd: folder });
    const stats = JSON.parse(readFileSync(join(folder, 's.json'), 'utf8')) as Stats;
    Object.keys(columns).forEach((name, k) => {
      const file = join(folder, `${name}.npy`);
      assert.deepEqual(readFileSync(file), bytes[k]);
      const { min, mean, max } = summaryOf(Array.from(readNpy(file).values));
      const summary = stats[name as keyof typeof columns];
      assert.deepEqual([summary.min, summary.max], [min, max]);
      assertClose(summary.mean, mean, Math.abs(mean), 1e-14, `mean ${name}`);
    });
    assert.equal(readNpy(join(folder, 'o.npy')).rows, m);
  });
}

test('attend --deterministic: the same bytes with every instruction set', (t) => {
  const folder = folderWith(
    t,
    normalMatrix(307, 33, 1, Float32Array),
    normalMatrix(1009, 33, 2, Float32Array),
    normalMatrix(1009, 17, 3, Float32Array),
  );
  const targets = succeed(['--version']).trim().split(': ')[1]!.split(' ');
  const outputs = targets.map((target) => {
    const files = ['--output', 'o.npy', '--log-sum-exp', 'l.npy', '--entropy', 'e.npy'];
    succeed(['attend', ...arrays, '--deterministic', '--simd', target, ...files], { cwd: folder });
    return ['o.npy', 'l.npy', 'e.npy'].map((name) => readFileSync(join(folder, name)));
  });
  for (const output of outputs) assert.deepEqual(output, outputs[0]);
});

test('the number of threads does not change a bit', (t) => {
  const folder = folderWith(
    t,
    normalMatrix(3001, 32, 1, Float32Array),
    normalMatrix(2003, 32, 2, Float32Array),
    normalMatrix(2003, 17, 3, Float32Array),
  );
  const results = ['1', '2', '5'].map((threads) => {
    const args = ['attend', ...arrays, '--threads', threads, '--output', 'o.npy', '--stats', 's.json'];
    succeed(args, { cwd: folder });
    const { seconds: _, ...stats } = JSON.parse(readFileSync(join(folder, 's.json'), 'utf8')) as Stats &
      Record<string, unknown>;
    delete (stats as Record<string, unknown>)['peak_memory_bytes'];
    return { output: readFileSync(join(folder, 'o.npy')), stats };
  });
  for (const result of results) assert.deepEqual(result, results[0]);
});

test('one key far ahead of the others takes all the weight', (t) => {
  // Logits of 1e4 and more: e to their power is no float32, nor float64.
  const keys = normalMatrix(50, 4, 2, Float32Array);
  const values = normalMatrix(50, 3, 3, Float32Array);
  const folder = folderWith(t, normalMatrix(6, 4, 1, Float32Array), keys, values);
  succeed(['attend', ...arrays, '--scale', '1e5', '--output', 'o.npy'], { cwd: folder });
  const output = readNpy(join(folder, 'o.npy')).values;
  for (let i = 0; i < 6; ++i) {
    const row = Array.from(output.subarray(3 * i, 3 * i + 3));
    const match = Array.from({ length: 50 }, (_, j) => Array.from(values.values.subarray(3 * j, 3 * j + 3)));
    assert.ok(match.some((value) => value.every((number, k) => Math.abs(number - row[k]!) < 1e-6)));
  }
});

test('without --output and --stats, the statistics go to standard output', (t) => {
  const small = normalMatrix(10, 2, 1, Float32Array);
  const folder = folderWith(t, small, small, small);
  const stats = JSON.parse(succeed(['attend', ...arrays], { cwd: folder })) as Stats;
  assert.equal(stats.n, 10);
  assert.deepEqual(readdirSync(folder).sort(), ['k.npy', 'q.npy', 'v.npy']);
  assert.equal(succeed(['attend', ...arrays, '--output', 'o.npy'], { cwd: folder }), '');
});

test('an output may replace an input', (t) => {
  const small = normalMatrix(10, 2, 1, Float32Array);
  const folder = folderWith(t, small, small, small);
  succeed(['attend', ...arrays, '--output', 'o.npy'], { cwd: folder });
  succeed(['attend', ...arrays, '--output', 'q.npy'], { cwd: folder });
  assert.deepEqual(readFileSync(join(folder, 'q.npy')), readFileSync(join(folder, 'o.npy')));
});

test('an interrupt leaves nothing behind', async (t) => {
  const large = normalMatrix(40_000, 64, 1, Float32Array);
  const folder = folderWith(t, large, large, large);
  const running = start(
    [
      ...['attend', ...arrays, '--output', 'o.npy', '--stats', 's.json', '--progress', 'json'],
      ...['--log-sum-exp', 'l.npy', '--participation', 'p.npy', '--entropy', 'e.npy'],
    ],
    {
      cwd: folder,
    },
  );
  await new Promise((resolve) => running.process.stderr!.once('data', resolve));
  const asked = performance.now();
  running.process.kill('SIGINT');
  const outcome = await running.end;
  assert.equal(outcome.code, 130);
  assert.ok(performance.now() - asked < 1000);
  assert.match(outcome.stderr, /\nasymptoken: interrupted; nothing was written\n$/);
  assert.deepEqual(readdirSync(folder).sort(), ['k.npy', 'q.npy', 'v.npy']);
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGUSR1', 138],
  ['SIGUSR2', 140],
  ['SIGXCPU', 152],
] as const)
  test(`${signal} ends attend with a word and leaves nothing behind`, async (t) => {
    const large = normalMatrix(40_000, 64, 1, Float32Array);
    const folder = folderWith(t, large, large, large);
    const running = start(['attend', ...arrays, '--output', 'o.npy', '--progress', 'json'], { cwd: folder });
    await new Promise((resolve) => running.process.stderr!.once('data', resolve));
    running.process.kill(signal);
    const outcome = await running.end;
    assert.deepEqual([outcome.code, outcome.signal], [code, null]);
    assert.match(outcome.stderr, /\nasymptoken: interrupted; nothing was written\n$/);
    assert.deepEqual(readdirSync(folder).sort(), ['k.npy', 'q.npy', 'v.npy']);
  });

test('a hang-up that is ignored from the start stays ignored', async (t) => {
  const some = normalMatrix(8000, 64, 1, Float32Array);
  const folder = folderWith(t, some, some, some);
  const line = `trap '' HUP; exec "$0" "$@"`;
  const args = ['attend', ...arrays, '--output', 'o.npy', '--progress', 'json'];
  const child = spawn('sh', ['-c', line, command, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = new Promise((resolve) => child.on('close', (code, signal) => resolve([code, signal])));
  await new Promise((resolve) => child.stderr.once('data', resolve));
  child.kill('SIGHUP');
  child.stderr.resume();
  assert.deepEqual(await end, [0, null]);
  assert.ok(readdirSync(folder).includes('o.npy'));
});

test('an input that becomes shorter under way ends attend with a sentence', async (t) => {
  const keys = normalMatrix(40_000, 64, 1, Float32Array);
  const folder = folderWith(t, keys, keys, keys);
  const running = start(['attend', ...arrays, '--output', 'o.npy', '--progress', 'json'], { cwd: folder });
  await new Promise((resolve) => running.process.stderr!.once('data', resolve));
  truncateSync(join(folder, 'q.npy'), 4096);
  const outcome = await running.end;
  assert.deepEqual([outcome.code, outcome.signal], [2, null]);
  assert.match(
    outcome.stderr,
    /\nasymptoken: an input file is shorter than it was [^\n]+; expected [^\n]+\n$/,
  );
});
