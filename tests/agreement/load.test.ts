import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Variant } from '../../wasm/src/api.ts';
import { facade, folder, open } from './package.ts';

/** The address of a folder with some of the package's files. */
function partOfPackage(t: TestContext, files: string[]): { path: string; base: string } {
  const path = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  t.after(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }');
  for (const file of files) copyFileSync(join(folder, file), join(path, file));
  return { path, base: pathToFileURL(path).href };
}

/** The core and its pieces. */
function binariesOf(variant: Variant): string[] {
  return readdirSync(folder).filter((file) => file.startsWith(variant) && file.endsWith('.wasm'));
}

test('the binary with relaxed SIMD is taken where the engine has it', async (t) => {
  assert.deepEqual(facade.detect(), { simd128: true, relaxed: true });
  assert.equal((await open(t, { workers: 1 })).variant, 'relaxed');
  assert.equal((await open(t, { workers: 1, variant: 'simd128' })).variant, 'simd128');
});

test('detection asks the engine about two different modules', () => {
  const asked: number[][] = [];
  const simd128Only = facade.detect((module) => {
    asked.push([...(module as Uint8Array)]);
    return asked.length === 1;
  });
  assert.deepEqual(simd128Only, { simd128: true, relaxed: false });
  assert.notDeepEqual(asked[0], asked[1]);
});

test('the package works from any folder', async (t) => {
  const { base } = partOfPackage(t, ['worker.js', ...binariesOf('simd128')]);
  const asymptoken = await open(t, { workers: 2, variant: 'simd128', base });
  assert.ok((await asymptoken.specs()).length >= 2);
});

test('a missing worker, a missing binary and an error page instead of it are named', async (t) => {
  const empty = partOfPackage(t, []);
  await assert.rejects(facade.load({ base: empty.base }), { message: /worker\.js/ });
  const { path, base } = partOfPackage(t, ['worker.js']);
  await assert.rejects(facade.load({ base }), {
    message: /relaxed\.wasm cannot be read .*; expected it beside/,
  });
  writeFileSync(join(path, 'relaxed.wasm'), '<!doctype html><title>404</title>');
  await assert.rejects(facade.load({ base }), {
    message: /relaxed\.wasm is not a WebAssembly file; expected/,
  });
  copyFileSync(join(folder, 'relaxed.wasm'), join(path, 'relaxed.wasm'));
  await assert.rejects(facade.load({ base }), {
    message: /relaxed-\w+\.wasm cannot be read .*; expected it beside/,
  });
});

test('pieces of another build are refused, and the worker that met them is replaced', async (t) => {
  const { path, base } = partOfPackage(t, ['worker.js', ...binariesOf('simd128')]);
  for (const file of binariesOf('simd128').filter((name) => name.includes('-'))) {
    copyFileSync(join(folder, file.replace('simd128', 'relaxed')), join(path, file));
  }
  const asymptoken = await open(t, { workers: 1, variant: 'simd128', base });
  const message =
    /^The computation stopped: The part "\w+" of the core is of another build; expected the files of one\.$/;
  await assert.rejects(asymptoken.specs(), { message });
  await assert.rejects(asymptoken.specs(), { message });
});

test('wrong options are refused', async () => {
  await assert.rejects(facade.load({ workers: 0 }), { message: /^workers is 0; expected an integer from 1/ });
  await assert.rejects(facade.load({ variant: 'fast' as Variant }), {
    message: 'variant is "fast"; expected auto, simd128 or relaxed',
  });
});

test('the built-in specs are complete', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const specs = await asymptoken.specs();
  // An experiment has a spec of its own name, and there are more for it.
  const names = specs.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { spec } of specs) {
    assert.ok(spec.experiment && names.includes(spec.experiment), spec.experiment);
    assert.deepEqual(await asymptoken.complete(spec), spec);
  }
});
