import assert from 'node:assert/strict';
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalMatrix } from './attention.ts';
import { refuse, succeed, temporaryFolder } from './command.ts';
import { type Numbers, npyBytes, npyHeader, readNpy, writeFortranNpy, writeNpy } from './npy.ts';

// Arrays that attend must refuse, each given as the keys beside good queries (4 x 3) and values (5 x 2).

const good = { queries: normalMatrix(4, 3, 1, Float32Array), values: normalMatrix(5, 2, 3, Float32Array) };
const numbers = normalMatrix(5, 3, 2, Float32Array).values;

function withNumber(index: number, value: number): Numbers {
  const copy = numbers.slice();
  copy[index] = value;
  return copy;
}

const header = npyHeader('<f4', '(5, 3)');
const badKeys: [string, Buffer, (string | RegExp)[]][] = [
  ['an empty file', Buffer.alloc(0), ['0 bytes long']],
  ['a text file', Buffer.from('1.0 2.0 3.0\n4.0 5.0 6.0\n'), ['not a .npy file']],
  ['a file cut in its header', npyBytes(header, numbers).subarray(0, 50), ['50 bytes long', '128 bytes']],
  [
    'a file cut in its data',
    npyBytes(header, numbers).subarray(0, 128 + 59),
    ['187 bytes long', '188 bytes', '5 x 3 float32'],
  ],
  [
    'a file that is too long',
    npyBytes(header, withNumber(0, 1).buffer.byteLength ? new Float32Array(16) : numbers),
    ['192 bytes long', '188 bytes'],
  ],
  ['a future format', npyBytes(header, numbers, 4), ['format 4', 'format 1, 2 or 3']],
  ['integers', npyBytes(npyHeader('<i4', '(5, 3)'), numbers), ['<i4', 'float32 or float64']],
  ['float16', npyBytes(npyHeader('<f2', '(5, 3)'), numbers), ['<f2', 'float32 or float64']],
  ['big-endian numbers', npyBytes(npyHeader('>f4', '(5, 3)'), numbers), ['>f4', 'little-endian']],
  [
    'a structured array',
    npyBytes(`{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (5, 3), }`, numbers),
    [`[('x', '<f4')]`],
  ],
  [
    'an order that is neither',
    npyBytes(npyHeader('<f4', '(5, 3)', 'Perhaps'), numbers),
    ['unreadable header', 'fortran_order'],
  ],
  ['one dimension', npyBytes(npyHeader('<f4', '(15,)'), numbers), ['shape (15,)', 'two dimensions']],
  [
    'three dimensions',
    npyBytes(npyHeader('<f4', '(5, 3, 1)'), numbers),
    ['shape (5, 3, 1)', 'two dimensions'],
  ],
  ['no dimension', npyBytes(npyHeader('<f4', '()'), numbers), ['shape ()', 'two dimensions']],
  [
    'no rows',
    npyBytes(npyHeader('<f4', '(0, 3)'), new Float32Array(0)),
    ['shape (0, 3)', 'at least one row'],
  ],
  ['a negative shape', npyBytes(npyHeader('<f4', '(-5, 3)'), numbers), ['shape (-5, 3)']],
  [
    'a shape beyond any file',
    npyBytes(npyHeader('<f4', '(999999999999999999, 9)'), numbers),
    ['999999999999999999'],
  ],
  ['a header of other words', npyBytes(`{'shape': (5, 3), 'order': 'C'}`, numbers), ['unreadable header']],
  [
    'a header that breaks off',
    npyBytes(`{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3)`, numbers),
    ['unreadable header'],
  ],
  [
    'the wrong number of columns',
    npyBytes(npyHeader('<f4', '(3, 5)'), numbers),
    ['shape (3, 5)', 'q.npy', '3'],
  ],
  [
    'float64 beside float32',
    npyBytes(npyHeader('<f8', '(5, 3)'), Float64Array.from(numbers)),
    ['float64', 'q.npy', 'float32'],
  ],
  ['a number that is NaN', npyBytes(header, withNumber(7, NaN)), ['nan at row 2, column 1', 'finite']],
  [
    'a number that is infinite',
    npyBytes(header, withNumber(14, -Infinity)),
    ['-inf at row 4, column 2', 'finite'],
  ],
];

for (const [what, bytes, words] of badKeys) {
  test(`attend refuses ${what}`, (t) => {
    const folder = temporaryFolder(t);
    writeNpy(join(folder, 'q.npy'), good.queries);
    writeFileSync(join(folder, 'k.npy'), bytes);
    writeNpy(join(folder, 'v.npy'), good.values);
    const before = readdirSync(folder);
    const args = [
      '--queries',
      'q.npy',
      '--keys',
      'k.npy',
      '--values',
      'v.npy',
      '--output',
      'o.npy',
      '--stats',
      's.json',
    ];
    refuse(['attend', ...args], ['k.npy', ...words], { cwd: folder });
    assert.deepEqual(readdirSync(folder), before);
  });
}

test('attend reads every .npy format and header style', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'q.npy'), good.queries);
  writeNpy(join(folder, 'v.npy'), good.values);
  const outputs = [
    npyBytes(header, numbers, 1),
    npyBytes(header, numbers, 2),
    npyBytes(header, numbers, 3),
    npyBytes(`{ "shape":(5,3) ,"descr":"<f4","fortran_order":False}`, numbers),
    npyBytes(npyHeader('=f4', '(5, 3,)'), numbers),
    npyBytes(npyHeader('float32', '(5L, 3L)'), numbers),
  ].map((bytes) => {
    writeFileSync(join(folder, 'k.npy'), bytes);
    return JSON.parse(
      succeed(['attend', '--queries', 'q.npy', '--keys', 'k.npy', '--values', 'v.npy'], { cwd: folder }),
    ).mean as number[];
  });
  for (const output of outputs) assert.deepEqual(output, outputs[0]);
});

test('attend reads arrays row by row or column by column: the same numbers, the same bytes', (t) => {
  const folder = temporaryFolder(t);
  // Not a whole number of any kernel's tiles or of any piece that is read at once.
  const shapes = { q: [331, 37], k: [4099, 37], v: [4099, 5] } as const;
  for (const type of [Float32Array, Float64Array]) {
    const outputs = [writeNpy, writeFortranNpy].map((write) => {
      Object.entries(shapes).forEach(([name, [rows, columns]], seed) =>
        write(join(folder, `${name}.npy`), normalMatrix(rows, columns, seed + 1, type)),
      );
      const arrays = ['--queries', 'q.npy', '--keys', 'k.npy', '--values', 'v.npy'];
      const args = ['attend', ...arrays, '--output', 'o.npy', '--stats', 's.json', '--entropy', 'e.npy'];
      succeed(args, { cwd: folder });
      const { seconds, peak_memory_bytes, ...stats } = JSON.parse(
        readFileSync(join(folder, 's.json'), 'utf8'),
      ) as Record<string, unknown>;
      assert.ok(seconds && peak_memory_bytes);
      // What is written is always row by row.
      assert.equal(readNpy(join(folder, 'o.npy')).rows, 331);
      return [readFileSync(join(folder, 'o.npy')), readFileSync(join(folder, 'e.npy')), stats];
    });
    assert.deepEqual(outputs[1], outputs[0]);
  }
});

test('an order that means nothing, of one row or one column, changes nothing', (t) => {
  const folder = temporaryFolder(t);
  for (const [m, n, d] of [
    [700, 900, 1],
    [1, 1, 65],
  ] as const) {
    const outputs = [writeNpy, writeFortranNpy].map((write) => {
      write(join(folder, 'q.npy'), normalMatrix(m, d, 1, Float32Array));
      write(join(folder, 'k.npy'), normalMatrix(n, d, 2, Float32Array));
      write(join(folder, 'v.npy'), normalMatrix(n, 1, 3, Float32Array));
      const arrays = ['--queries', 'q.npy', '--keys', 'k.npy', '--values', 'v.npy'];
      assert.equal(succeed(['attend', ...arrays, '--output', 'o.npy'], { cwd: folder }), '');
      return readFileSync(join(folder, 'o.npy'));
    });
    assert.deepEqual(outputs[1], outputs[0]);
  }
});

test('attend refuses what is missing, does not fit together or does not fit in memory', (t) => {
  const folder = temporaryFolder(t);
  writeNpy(join(folder, 'q.npy'), good.queries);
  writeNpy(join(folder, 'k.npy'), { rows: 5, columns: 3, values: numbers });
  writeNpy(join(folder, 'v.npy'), good.values);
  const with_ = (changes: Record<string, string>) =>
    Object.entries({
      '--queries': 'q.npy',
      '--keys': 'k.npy',
      '--values': 'v.npy',
      '--output': 'o.npy',
      ...changes,
    }).flat();
  const before = readdirSync(folder);
  const options = { cwd: folder };
  refuse(['attend', ...with_({ '--queries': 'nothing.npy' })], ['nothing.npy', 'No such file'], options);
  refuse(['attend', ...with_({ '--queries': '.' })], ['not a regular file'], options);
  refuse(['attend', ...with_({ '--values': 'q.npy' })], ['q.npy', 'shape (4, 3)', 'k.npy', '5'], options);
  refuse(['attend', ...with_({ '--scale': 'large' })], ['--scale', 'large', 'finite number'], options);
  refuse(['attend', ...with_({ '--scale': 'inf' })], ['--scale', 'inf', 'finite number'], options);
  refuse(['attend', ...with_({ '--output': 'nowhere/o.npy' })], ['--output', 'nowhere/o.npy'], options);
  refuse(['attend', ...with_({ '--stats': 'o.npy' })], ['--stats', 'o.npy'], options);
  for (const option of ['--log-sum-exp', '--participation', '--entropy']) {
    refuse(['attend', ...with_({ [option]: './o.npy' })], [option, './o.npy', 'no other option'], options);
    refuse(['attend', ...with_({ [option]: 'nowhere/n.npy' })], [option, 'nowhere/n.npy'], options);
  }
  refuse(['attend', ...with_({ '--threads': '-1' })], ['--threads', '-1'], options);
  assert.deepEqual(readdirSync(folder), before);

  // Sparse files of 2.5 TB: nothing is stored, and nothing must be read before they are refused.
  const rows = 9_999_999_999;
  for (const [name, columns] of [
    ['k.npy', 3],
    ['v.npy', 60],
  ] as const) {
    const start = npyBytes(npyHeader('<f4', `(${rows}, ${columns})`), new Float32Array(0));
    writeFileSync(join(folder, name), start);
    truncateSync(join(folder, name), start.length + rows * columns * 4);
  }
  refuse(['attend', ...with_({})], ['memory for 9999999999 keys', '2.5 TB', 'GB'], options);
  assert.deepEqual(readdirSync(folder), before);
});
