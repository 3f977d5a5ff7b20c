import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, install } from './install.ts';

/** As a user would: it closes nothing, and still ends. */
const script = `
import { load, PauseController } from '@asymptoken/core';
const asymptoken = await load({ workers: 2 });
const result = await asymptoken.run({
  experiment: 'moments',
  law: { type: 'gaussian', dimension: 2, covariance: 0.3 },
  attention: { matrix: 1 },
  tokens: [20, 40, 80],
  replicates: 5,
});
console.log(result.complete, typeof PauseController, import.meta.resolve('@asymptoken/core/relaxed.wasm').slice(-12));
`;

const types = `
import { load, type Result } from '@asymptoken/core';
const result: Result = await (await load()).run({ experiment: 'moments' });
export const slope: number | undefined = result.curves[0]?.fit['mean']?.slope;
`;

test('the packed folder installs into an empty one, runs, and type-checks', (t) => {
  const { path, files, remove } = install();
  t.after(remove);
  for (const file of [
    'LICENSE',
    'README.md',
    'index.d.ts',
    'index.js',
    'relaxed.wasm',
    'relaxed-rest.wasm',
    'simd128.wasm',
    'simd128-rest.wasm',
    'worker.js',
  ]) {
    assert.ok(files.includes(file), `${file} in ${files.join(', ')}`);
  }
  writeFileSync(join(path, 'use.js'), script);
  assert.equal(call(process.execPath, ['use.js'], path), 'true function relaxed.wasm\n');

  writeFileSync(join(path, 'use.ts'), types);
  const tsc = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');
  const strict = ['--strict', '--noEmit', '--target', 'es2023', '--lib', 'es2023,dom', '--types', ''];
  call(process.execPath, [tsc, ...strict, '--module', 'nodenext', 'use.ts'], path);
});
