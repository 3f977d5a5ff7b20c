import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { piecesOf, workloads } from '../../wasm/workloads.ts';
import { call, install } from './install.ts';
import { variants } from './package.ts';

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
console.log(result.complete, typeof PauseController, import.meta.resolve('@asymptoken/core/relaxed.wasm').slice(-12),
  (await import('@asymptoken/core/schema.json', { with: { type: 'json' } })).default.$defs.Result.type);
`;

/** The contract's types: what is right is taken, and what is wrong is not. */
const types = `
import {
  load,
  type Contract,
  type Law,
  type MomentsSpec,
  type NumberArray,
  type Result,
} from '@asymptoken/core';
const laws: Law[] = [
  { type: 'gaussian', dimension: 2 },
  { type: 'gaussian', dimension: 2, mean: 1, covariance: 0.5 },
  { type: 'gaussian', dimension: 2, mean: [0, 1], covariance: [1, 2] },
  { type: 'gaussian', dimension: 2, mean: { input: 'mean' }, covariance: [[1, 0], [0, 1]] },
  { type: 'box', dimension: 2, half_widths: [1, 2] },
  { type: 'points', points: { input: 'tokens' }, weights: [1, 2] },
];
const spec: MomentsSpec = {
  experiment: 'moments',
  law: laws[0]!,
  attention: { matrix: [[1, 0], [0, 1]], value: [[1, 2]] },
  tokens: { from: 10, to: 1000, count: 4 },
};
// @ts-expect-error
const none: MomentsSpec = { experiment: 'moments' };
// @ts-expect-error
const misspelt: MomentsSpec = { ...spec, replicate: 3 };
const tokens: NumberArray = { data: new Float32Array(6), shape: [3, 2] };
const asymptoken = await load();
const result: Result = await asymptoken.run(spec, { inputs: { tokens } });
export const slope: number | null | undefined = result.curves[0]?.fits['mean']?.slope;
export const low: number | null | undefined = result.curves[0]?.fits['mean']?.interval?.low;
export const mean: number | null | undefined = result.curves[0]?.points[0]?.metrics['mean']?.mean;
export const title: string | undefined = result.metrics[0]?.title;
export const document: Contract = (await asymptoken.limit(spec)).spec;
export const { weights } = await asymptoken.heatmap({ queries: tokens, keys: tokens }, { rows: [0, 1] });
void none, misspelt;
`;

/** Of each binary, beside its core. */
const pieces = piecesOf(workloads);

test('the packed folder installs into an empty one, runs, and type-checks', (t) => {
  const { path, files, remove } = install();
  t.after(remove);
  for (const file of [
    'LICENSE',
    'README.md',
    'api.d.ts',
    'contract.d.ts',
    'index.d.ts',
    'index.js',
    'schema.json',
    'worker.js',
    ...variants.flatMap((variant) => [
      `${variant}.wasm`,
      ...pieces.map((piece) => `${variant}-${piece}.wasm`),
    ]),
  ]) {
    assert.ok(files.includes(file), `${file} in ${files.join(', ')}`);
  }
  const binaries = files.filter((file) => file.endsWith('.wasm'));
  assert.equal(binaries.length, variants.length * (1 + pieces.length), binaries.join(', '));
  // Each figure has one, and the heatmap.
  for (const figure of ['moments', 'map', 'uniform', 'hardmax', 'window', 'heatmap'])
    assert.ok(pieces.includes(figure), figure);
  writeFileSync(join(path, 'use.js'), script);
  assert.equal(call(process.execPath, ['use.js'], path), 'true function relaxed.wasm object\n');

  writeFileSync(join(path, 'use.ts'), types);
  const tsc = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');
  const strict = ['--strict', '--noEmit', '--target', 'es2023', '--lib', 'es2023,dom', '--types', ''];
  call(process.execPath, [tsc, ...strict, '--module', 'nodenext', 'use.ts'], path);
});
