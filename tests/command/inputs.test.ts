import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attendOne, normalMatrix } from './attention.ts';
import {
  asymptoken,
  assertEmpty,
  lineCount,
  refuse,
  start,
  succeed,
  temporaryFolder,
  until,
} from './command.ts';
import {
  type Matrix,
  type Numbers,
  npyBytes,
  npyHeader,
  writeFortranNpy,
  writeNpy,
  writeVector,
} from './npy.ts';
import { estimateOf, fitOf, parseLimit, parseSpec, readResult, withoutProvenance } from './result.ts';

// One's own arrays: specs ask for them by {"input": NAME}, and --input NAME=FILE.npy gives them.

const set = (settings: Record<string, unknown>) =>
  Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${JSON.stringify(value)}`]);
const give = (files: Record<string, string>) =>
  Object.entries(files).flatMap(([name, file]) => ['--input', `${name}=${file}`]);

const ownTokens = { law: { type: 'points', points: { input: 'tokens' } } };

/** Words that are as good as random, 32 bits each. */
function* words(seed: number): Generator<number, never> {
  for (let state = seed | 0; ;) {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    yield (word ^ (word >>> 14)) | 0;
  }
}

function uniformMatrix(rows: number, columns: number, seed: number, size = 1): Matrix {
  const values = new Float32Array(rows * columns);
  const source = words(seed);
  for (let k = 0; k < values.length; ++k) values[k] = (size * source.next().value) / 2 ** 31;
  return { rows, columns, values };
}

function rowsOf({ rows, columns, values }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(values.slice(i * columns, (i + 1) * columns)));
}

// The promise: an array of one's own of the size that people have.
test('200,000 x 64 tokens of one’s own go through moments and map', (t) => {
  const folder = temporaryFolder(t);
  const tokens = uniformMatrix(200_000, 64, 1, Math.sqrt(3));
  const queries = uniformMatrix(500, 64, 2, Math.sqrt(3));
  writeNpy(join(folder, 'tokens.npy'), tokens);
  writeNpy(join(folder, 'x.npy'), queries);
  const timed = (what: string, args: string[]) => {
    const began = performance.now();
    const text = succeed(args, { cwd: folder });
    const seconds = (performance.now() - began) / 1000;
    t.diagnostic(`${what}: ${seconds.toFixed(1)} s`);
    assert.ok(seconds < 60, `${what} took ${seconds} s`);
    return text;
  };

  // The limit of every token as a query is an average over 200,000^2 pairs; of given queries over fewer.
  const small = { tokens: [100, 200, 400], replicates: 3 };
  const moments = [
    ...['moments', ...set({ ...ownTokens, 'attention.matrix': 0.01, queries: { input: 'x' }, ...small })],
    ...give({ tokens: 'tokens.npy', x: 'x.npy' }),
  ];
  timed('moments', ['run', ...moments, '--output', 'moments.json']);
  const result = readResult(join(folder, 'moments.json'));
  assert.equal(result.inputs['tokens']!.layout, '200000 x 64 float32');
  assert.match(result.inputs['tokens']!.fingerprint, /^[0-9a-f]{32}$/);
  assert.equal(result.inputs['x']!.layout, '500 x 64 float32');
  assert.notEqual(result.inputs['x']!.fingerprint, result.inputs['tokens']!.fingerprint);
  assert.match(result.title, /^moments: points tokens, d = 64, /);
  assert.equal(result.complete, true);
  for (const point of result.curves[0]!.points) {
    // sqrt(64/n), as averages over n of 64 numbers of variance 1 are.
    const expected = Math.sqrt(64 / point.n);
    assert.ok(Math.abs(estimateOf(point, 'mean').mean / expected - 1) < 0.25, `${point.n}`);
    assert.equal(estimateOf(point, 'mean').count, 3);
  }
  assert.ok(Math.abs(fitOf(result.curves[0]!, 'mean').slope + 0.5) < 0.2);

  const given = rowsOf(queries).slice(0, 2);
  const map = [
    ...['map', ...set({ ...ownTokens, 'attention.matrix': 0.2, queries: { points: given }, ...small })],
    ...give({ tokens: 'tokens.npy' }),
  ];
  timed('map', ['run', ...map, '--output', 'map.json']);
  const mapResult = readResult(join(folder, 'map.json'));
  assert.deepEqual(mapResult.inputs, { tokens: result.inputs['tokens'] });
  const { curves } = parseLimit<{ gamma: number[]; log_mgf: number }>(
    timed('limit of map', ['limit', ...map]),
  );
  given.forEach((_, query) => {
    const { output, logSumExp } = attendOne(queries, query, tokens, tokens, 0.2);
    const { gamma, log_mgf } = curves[query]!.limit;
    output.forEach((expected, k) =>
      assert.ok(Math.abs(gamma[k]! - expected) < 1e-11, `${gamma[k]}, ${expected}`),
    );
    assert.ok(Math.abs(log_mgf - (logSumExp - Math.log(200_000))) < 1e-11);
  });
});

test('the limit over one’s own tokens is attention of the definition, every token a query or given ones', (t) => {
  const folder = temporaryFolder(t);
  const tokens = normalMatrix(1700, 3, 1, Float64Array);
  const queries = normalMatrix(90, 3, 2, Float64Array);
  writeNpy(join(folder, 'y.npy'), tokens);
  writeNpy(join(folder, 'x.npy'), queries);
  for (const [asked, given, files] of [
    ['tokens', tokens, { tokens: 'y.npy' }],
    [{ input: 'x' }, queries, { tokens: 'y.npy', x: 'x.npy' }],
  ] as const) {
    const { curves } = parseLimit<{ mean: number[]; covariance: number[][] }>(
      succeed(
        [
          ...['limit', 'moments', ...set({ ...ownTokens, 'attention.matrix': 0.7, queries: asked })],
          ...give(files),
        ],
        { cwd: folder },
      ),
    );
    const { mean, covariance } = curves[0]!.limit;
    const outputs = Array.from(
      { length: given.rows },
      (_, row) => attendOne(given, row, tokens, tokens, 0.7).output,
    );
    const average = (of: (output: Float64Array) => number) =>
      outputs.reduce((sum, output) => sum + of(output), 0) / outputs.length;
    for (let a = 0; a < 3; ++a) {
      assert.ok(Math.abs(mean[a]! - average((output) => output[a]!)) < 1e-12);
      for (let b = 0; b < 3; ++b) {
        const product = average((output) => (output[a]! - mean[a]!) * (output[b]! - mean[b]!));
        assert.ok(Math.abs(covariance[a]![b]! - product) < 1e-12);
      }
    }
  }
});

/** A run over one's own tokens that takes a fraction of a second. */
const own = {
  ...ownTokens,
  'attention.matrix': 0.5,
  tokens: [20, 40, 80],
  replicates: 4,
  'fit.resamples': 50,
};

test('column by column or row by row: the same numbers, the same result, the same fingerprint', (t) => {
  const folder = temporaryFolder(t);
  // More rows than are read at once.
  const tokens = normalMatrix(5003, 37, 1, Float32Array);
  const covariance = normalMatrix(37, 37, 2, Float64Array);
  const outcomes = [writeNpy, writeFortranNpy].map((write, k) => {
    write(join(folder, 'y.npy'), tokens);
    write(join(folder, 'a.npy'), covariance);
    const settings = set({ ...own, 'attention.matrix': { input: 'A' }, queries: { radii: 0.01 } });
    const files = give({ tokens: 'y.npy', A: 'a.npy' });
    succeed(['run', 'map', ...settings, ...files, '--output', `${k}.json`], { cwd: folder });
    return readResult(join(folder, `${k}.json`));
  });
  assert.equal(withoutProvenance(join(folder, '1.json')), withoutProvenance(join(folder, '0.json')));
  assert.deepEqual(outcomes[1]!.inputs, outcomes[0]!.inputs);
  assert.deepEqual(
    Object.entries(outcomes[0]!.inputs).map(([name, { layout }]) => [name, layout]),
    [
      ['A', '37 x 37 float64'],
      ['tokens', '5003 x 37 float32'],
    ],
  );
});

test('a fingerprint is of the numbers, their type and their shape, and of nothing else', (t) => {
  const folder = temporaryFolder(t);
  const small = normalMatrix(6, 2, 1, Float32Array);
  const inputOf = (write: (file: string) => void): string => {
    write(join(folder, 'y.npy'));
    succeed(
      [
        'run',
        'map',
        ...set({ ...own, queries: { radii: 1 } }),
        ...give({ tokens: 'y.npy' }),
        '--output',
        'r.json',
      ],
      { cwd: folder },
    );
    return readResult(join(folder, 'r.json')).inputs['tokens']!.fingerprint;
  };
  const usual = inputOf((file) => writeNpy(file, small));
  assert.equal(
    inputOf((file) => writeFileSync(file, npyBytes(npyHeader('=f4', '(6, 2)'), small.values, 2))),
    usual,
  );
  const others = [
    inputOf((file) => writeNpy(file, { ...small, values: Float64Array.from(small.values) })),
    inputOf((file) => writeNpy(file, { rows: 4, columns: 3, values: small.values })),
    inputOf((file) => writeNpy(file, { rows: 2, columns: 6, values: small.values })),
    inputOf((file) => {
      const changed = small.values.slice();
      changed[11]! += 2 ** -20;
      writeNpy(file, { ...small, values: changed });
    }),
    inputOf((file) => {
      const swapped = small.values.slice();
      [swapped[0], swapped[1]] = [swapped[1]!, swapped[0]!];
      writeNpy(file, { ...small, values: swapped });
    }),
  ];
  assert.equal(new Set([usual, ...others]).size, 6);
});

test('an input is what the same numbers in the spec are', (t) => {
  const folder = temporaryFolder(t);
  const [points, queries, matrix] = [
    normalMatrix(9, 3, 1, Float64Array),
    normalMatrix(4, 3, 2, Float64Array),
    normalMatrix(3, 3, 3, Float64Array),
  ];
  const value = normalMatrix(2, 3, 4, Float64Array);
  const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const mean = Float64Array.of(0.1, -0.2, 0.3);
  const covariance: Matrix = {
    rows: 3,
    columns: 3,
    values: Float64Array.of(2, 0.5, 0, 0.5, 1, 0.2, 0, 0.2, 3),
  };
  for (const [name, array] of Object.entries({ points, queries, matrix, value, covariance }))
    writeNpy(join(folder, `${name}.npy`), array);
  for (const [name, array] of Object.entries({ weights, mean }))
    writeVector(join(folder, `${name}.npy`), array);
  // A column is a list too.
  writeNpy(join(folder, 'column.npy'), { rows: 9, columns: 1, values: weights });
  const files = (...names: string[]) => give(Object.fromEntries(names.map((name) => [name, `${name}.npy`])));
  const small = { tokens: [10, 20, 40], replicates: 2, 'fit.resamples': 20 };
  const gaussian = { type: 'gaussian', dimension: 3 };
  const cases: [string, Record<string, unknown>, Record<string, unknown>, string[]][] = [
    [
      'map',
      { law: { type: 'points', points: { input: 'points' }, weights: { input: 'weights' } } },
      { law: { type: 'points', dimension: 3, points: rowsOf(points), weights: Array.from(weights) } },
      files('points', 'weights'),
    ],
    [
      'map',
      { law: { type: 'points', points: { input: 'points' }, weights: { input: 'column' } } },
      { law: { type: 'points', dimension: 3, points: rowsOf(points), weights: Array.from(weights) } },
      files('points', 'column'),
    ],
    [
      'map',
      { law: { ...gaussian, mean: { input: 'mean' }, covariance: { input: 'covariance' } } },
      { law: { ...gaussian, mean: Array.from(mean), covariance: rowsOf(covariance) } },
      files('mean', 'covariance'),
    ],
    [
      'map',
      { law: gaussian, attention: { matrix: { input: 'matrix' }, value: { input: 'value' } } },
      { law: gaussian, attention: { matrix: rowsOf(matrix), value: rowsOf(value) } },
      files('matrix', 'value'),
    ],
    ['map', { queries: { input: 'queries' } }, { queries: { points: rowsOf(queries) } }, files('queries')],
    [
      'map',
      { queries: { points: { input: 'queries' } } },
      { queries: { points: rowsOf(queries) } },
      files('queries'),
    ],
    [
      'hardmax',
      { law: gaussian, query: { point: { input: 'mean' } }, temperatures: [0.5, 1] },
      { law: gaussian, query: { point: Array.from(mean) }, temperatures: [0.5, 1] },
      files('mean'),
    ],
    [
      'uniform',
      { law: { type: 'box', dimension: 3, half_widths: { input: 'weights3' } }, 'ball.starts': 2 },
      { law: { type: 'box', dimension: 3, half_widths: [1, 2, 3] }, 'ball.starts': 2 },
      give({ weights3: 'weights3.npy' }),
    ],
    [
      'moments',
      { law: { ...gaussian, covariance: { input: 'covariance' } }, 'attention.scales': [1] },
      { law: { ...gaussian, covariance: rowsOf(covariance) }, 'attention.scales': [1] },
      files('covariance'),
    ],
    [
      'window',
      {
        law: { type: 'autoregressive', dimension: 3, correlation: 0.5, mean: { input: 'mean' } },
        context: 60,
        random: 2,
      },
      {
        law: { type: 'autoregressive', dimension: 3, correlation: 0.5, mean: Array.from(mean) },
        context: 60,
        random: 2,
      },
      files('mean'),
    ],
  ];
  writeVector(join(folder, 'weights3.npy'), Float64Array.of(1, 2, 3));
  for (const [experiment, asked, written, given] of cases) {
    succeed(['run', experiment, ...set({ ...small, ...asked }), ...given, '--output', 'asked.json'], {
      cwd: folder,
    });
    succeed(['run', experiment, ...set({ ...small, ...written }), '--output', 'written.json'], {
      cwd: folder,
    });
    const [first, second] = ['asked.json', 'written.json'].map((name) => readResult(join(folder, name))) as [
      ReturnType<typeof readResult>,
      ReturnType<typeof readResult>,
    ];
    const { spec: askedSpec, inputs, provenance, ...rest } = first;
    const { spec, inputs: none, provenance: other, ...expected } = second;
    assert.deepEqual(rest, expected, `${experiment} ${JSON.stringify(asked)}`);
    assert.ok(Object.keys(inputs).length === given.length / 2 && provenance && other);
    assert.deepEqual(none, {});
    assert.match(JSON.stringify(askedSpec), /"input"/);
    assert.doesNotMatch(JSON.stringify(spec), /"input"/);
  }
});

test('every command that reads a spec takes inputs', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'y.npy'), normalMatrix(6, 2, 1, Float32Array));
  const settings = [...set({ ...own, queries: { radii: 1 } })];
  const files = give({ tokens: 'y.npy' });
  const options = { cwd: folder };
  const spec = parseSpec(succeed(['spec', 'map', ...settings, ...files], options));
  // An array says how wide it is.
  assert.deepEqual(spec['law'], { type: 'points', dimension: 2, points: { input: 'tokens' }, weights: 1 });
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(spec));
  for (const args of [
    ['limit', 'mine.json'],
    ['run', 'mine.json'],
    ['weights', 'mine.json'],
    ['tokens', 'mine.json', '--output', 'out.npy'],
  ]) {
    succeed([...args, ...files], options);
    refuse(args, ['law.points.input is "tokens"', 'none is'], options);
  }
});

const at = (value: number, place: number) => (matrix: Matrix) => {
  const values = matrix.values.slice() as Numbers;
  values[place] = value;
  return { ...matrix, values };
};

test('arrays that are missing, unasked for or do not fit: a sentence each', (t) => {
  const folder = temporaryFolder(t);
  const y = normalMatrix(6, 4, 1, Float32Array);
  writeNpy(join(folder, 'y.npy'), y);
  writeNpy(join(folder, 'square.npy'), normalMatrix(4, 4, 1, Float32Array));
  writeNpy(join(folder, 'nan.npy'), at(NaN, 13)(y));
  writeNpy(join(folder, 'infinite.npy'), at(-Infinity, 23)(y));
  writeVector(join(folder, 'vector.npy'), y.values.slice(0, 4));
  writeFileSync(join(folder, 'text.npy'), '1.0 2.0\n3.0 4.0\n');
  writeFileSync(join(folder, 'short.npy'), npyBytes(npyHeader('<f4', '(7, 4)'), y.values));
  writeFileSync(join(folder, 'integers.npy'), npyBytes(npyHeader('<i4', '(6, 4)'), y.values));
  const before = readdirSync(folder);
  const base = { ...own, queries: { radii: 1 } };
  const wrong: [string, Record<string, unknown>, string[], (string | RegExp)[]][] = [
    ['asked for and not given', {}, [], ['law.points.input is "tokens"', 'none is']],
    [
      'asked for by another name',
      {},
      give({ token: 'y.npy', other: 'y.npy' }),
      ['law.points.input is "tokens"', 'other, token'],
    ],
    [
      'given and not asked for',
      {},
      give({ tokens: 'y.npy', x: 'square.npy' }),
      ['input x is 4 x 4 float32', '{"input": "x"}'],
    ],
    [
      'given to a spec that asks for none',
      { law: { type: 'gaussian', dimension: 4 } },
      give({ x: 'y.npy' }),
      ['input x'],
    ],
    [
      'given twice',
      {},
      [...give({ tokens: 'y.npy' }), ...give({ tokens: 'square.npy' })],
      ['input tokens is given twice'],
    ],
    [
      'of the wrong width',
      { queries: { input: 'x' } },
      give({ tokens: 'y.npy', x: 'vector.npy' }),
      ['queries.input is x, 4 float32', 'rows of 4'],
    ],
    [
      'of another width than the spec says',
      { 'law.dimension': 3 },
      give({ tokens: 'y.npy' }),
      ['law.points.input is tokens, 6 x 4 float32', 'rows of 3'],
    ],
    [
      'of too many rows',
      { 'attention.matrix': { input: 'A' } },
      give({ tokens: 'y.npy', A: 'y.npy' }),
      ['attention.matrix.input is A, 6 x 4 float32', '4 rows of 4'],
    ],
    [
      'a matrix where a list belongs',
      { 'law.weights': { input: 'w' } },
      give({ tokens: 'y.npy', w: 'square.npy' }),
      ['law.weights.input is w, 4 x 4 float32', '6 numbers'],
    ],
    [
      'a list of the wrong length',
      { 'law.weights': { input: 'w' } },
      give({ tokens: 'y.npy', w: 'vector.npy' }),
      ['law.weights.input is w, 4 float32', '6 numbers'],
    ],
    ['with a NaN', {}, give({ tokens: 'nan.npy' }), ['tokens is nan at row 3, column 1', 'finite']],
    [
      'with an infinity where another input is fine',
      { queries: { input: 'x' } },
      give({ tokens: 'y.npy', x: 'infinite.npy' }),
      ['x is -inf at row 5, column 3', 'finite'],
    ],
    ['a missing file', {}, give({ tokens: 'nothing.npy' }), ['nothing.npy', 'No such file', '.npy']],
    ['a folder', {}, give({ tokens: '.' }), ['not a regular file']],
    ['no .npy file', {}, give({ tokens: 'text.npy' }), ['text.npy', 'not a .npy file']],
    ['a file that is cut', {}, give({ tokens: 'short.npy' }), ['short.npy', '7 x 4 float32']],
    ['integers', {}, give({ tokens: 'integers.npy' }), ['integers.npy', '<i4', 'float32 or float64']],
    ['no name', {}, ['--input', '=y.npy'], ['--input is =y.npy', 'name=file']],
    ['no file', {}, ['--input', 'tokens'], ['--input is tokens', 'name=file']],
    [
      'where no array belongs',
      { seed: { input: 'tokens' } },
      give({ tokens: 'y.npy' }),
      ['seed is {"input":"tokens"}', 'integer'],
    ],
    [
      'a name that is none',
      { 'law.points': { input: 7 } },
      give({ tokens: 'y.npy' }),
      ['law.points is {"input":7}', '{"input": NAME}'],
    ],
    [
      'more than a name',
      { 'law.points': { input: 'tokens', row: 1 } },
      give({ tokens: 'y.npy' }),
      ['law.points is {"input":"tokens","row":1}', 'nothing more'],
    ],
  ];
  for (const [what, changes, inputs, words] of wrong) {
    const args = ['map', ...set({ ...base, ...changes }), ...inputs];
    refuse(['run', ...args, '--output', 'r.json', '--checkpoint', 'c'], words, { cwd: folder });
    const { code } = asymptoken(['spec', ...args], { cwd: folder });
    assert.equal(code, 2, `spec with an array ${what}`);
  }
  assert.deepEqual(readdirSync(folder), before);
});

test('a checkpoint goes on with the array that it was begun with, wherever that lies', async (t) => {
  const folder = temporaryFolder(t);
  const tokens = normalMatrix(3000, 8, 1, Float32Array);
  writeNpy(join(folder, 'y.npy'), tokens);
  const long = set({ ...ownTokens, 'attention.matrix': 0.5, tokens: [200, 400, 800, 3000], replicates: 30 });
  const resumable = (file: string) => [
    ...['run', 'moments', ...long, ...give({ tokens: file })],
    ...['--checkpoint', 'c', '--output', 'resumed.json'],
  ];
  const running = start(resumable('y.npy'), { cwd: folder });
  // The first items are of the limit, those of replicates come after.
  await until(() => lineCount(join(folder, 'c')) >= 8, 'the checkpoint to grow');
  running.process.kill('SIGINT');
  assert.equal((await running.end).code, 130);
  const kept = lineCount(join(folder, 'c'));
  assert.ok(kept < 2 + 120, 'stopped in the middle');
  const head = JSON.parse(readFileSync(join(folder, 'c'), 'utf8').split('\n')[0]!) as Record<string, any>;
  assert.equal(head['inputs'].tokens.layout, '3000 x 8 float32');

  // Another number, another shape, another type: not the array that it was.
  const before = readFileSync(join(folder, 'c'));
  const wrong: [string, Matrix][] = [
    ['number.npy', at(0.5, 23_999)(tokens)],
    [
      'shape.npy',
      { rows: 3001, columns: 8, values: Float32Array.of(...tokens.values, ...new Float32Array(8)) },
    ],
    ['type.npy', { ...tokens, values: Float64Array.from(tokens.values) }],
  ];
  for (const [file, changed] of wrong) {
    writeNpy(join(folder, file), changed);
    refuse(
      resumable(file),
      ['--checkpoint is c', 'another array as input tokens', head['inputs'].tokens.fingerprint, 'a new file'],
      { cwd: folder },
    );
    assert.deepEqual(readFileSync(join(folder, 'c')), before);
  }

  // The same numbers in another file and order are.
  writeFortranNpy(join(folder, 'elsewhere.npy'), tokens);
  succeed(resumable('elsewhere.npy'), { cwd: folder });
  assert.deepEqual(readFileSync(join(folder, 'c')).subarray(0, before.length), before);
  succeed(['run', 'moments', ...long, ...give({ tokens: 'y.npy' }), '--output', 'whole.json'], {
    cwd: folder,
  });
  assert.equal(
    withoutProvenance(join(folder, 'resumed.json')),
    withoutProvenance(join(folder, 'whole.json')),
  );
  assert.deepEqual(readResult(join(folder, 'resumed.json')).inputs, head['inputs']);
});

test('a checkpoint names the one input of several that has changed', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'y.npy'), normalMatrix(6, 2, 1, Float32Array));
  writeNpy(join(folder, 'x.npy'), normalMatrix(3, 2, 2, Float32Array));
  const args = [
    ...['run', 'map', ...set({ ...own, queries: { input: 'x' } }), ...give({ tokens: 'y.npy', x: 'x.npy' })],
    ...['--checkpoint', 'c'],
  ];
  succeed(args, { cwd: folder });
  writeNpy(join(folder, 'x.npy'), normalMatrix(3, 2, 3, Float32Array));
  refuse(args, ['--checkpoint is c', 'another array as input x'], { cwd: folder });
});

test('show needs no arrays: a result says what they were', (t) => {
  const folder = temporaryFolder(t);
  const elsewhere = temporaryFolder(t);
  writeNpy(join(folder, 'y.npy'), normalMatrix(6, 2, 1, Float32Array));
  const args = ['run', 'map', ...set({ ...own, queries: { radii: [1, 2] } }), ...give({ tokens: 'y.npy' })];
  succeed([...args, '--output', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  cpSync(join(folder, 'r.json'), join(elsewhere, 'r.json'));
  const table = succeed(['show', 'r.json', '--svg', 'r.svg'], { cwd: elsewhere });
  assert.equal(table, succeed(args, { cwd: folder }));
  assert.deepEqual(readFileSync(join(elsewhere, 'r.svg')), readFileSync(join(folder, 'r.svg')));
  // Its spec runs again, given the same array.
  const spec = JSON.stringify(readResult(join(elsewhere, 'r.json')).spec);
  succeed(['run', '-', ...give({ tokens: 'y.npy' }), '--output', 'again.json'], { cwd: folder, input: spec });
  assert.equal(withoutProvenance(join(folder, 'again.json')), withoutProvenance(join(folder, 'r.json')));
});

test('an input for a spec that is not there is refused', (t) => {
  const folder = temporaryFolder(t);
  refuse(['spec', '--input', 'x=y.npy'], ['--input'], { cwd: folder });
  assertEmpty(folder);
});
