import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Limit, Result, Spec } from '../../wasm/src/api.ts';
import { readNpy, writeNpy, type Matrix } from '../command/npy.ts';

/** The command to agree with; build/native/asymptoken unless ASYMPTOKEN_COMMAND names another. */
const command =
  process.env['ASYMPTOKEN_COMMAND'] ?? join(import.meta.dirname, '../../build/native/asymptoken');
/** tokens.cpp, built beside it. */
const tokensProgram = join(dirname(command), 'asymptoken_tokens');

for (const program of [command, tokensProgram]) {
  if (!existsSync(program))
    throw new Error(`a program is missing: there is no ${program}; build it with ./dev build native`);
}

function call(program: string, args: string[], input = ''): { stdout: Buffer; stderr: string; code: number } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (error) throw error;
  return { stdout, stderr: String(stderr), code: status ?? -1 };
}

/** What this command can run on this machine, such as `avx2` and `sse2`. */
export function simdTargets(): string[] {
  const { stdout, stderr, code } = call(command, ['--version']);
  assert.equal(code, 0, stderr);
  return String(stdout).trim().split(': ')[1]!.split(' ');
}

/** Arrays by the names under which a spec asks for them. */
export type Matrices = Record<string, Matrix>;

/** Calls `use` with a folder that is there until it returns. */
function inFolder<Answer>(use: (folder: string) => Answer): Answer {
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the arrays there and returns the options that name them. */
function inputOptions(folder: string, inputs: Matrices): string[] {
  return Object.entries(inputs).flatMap(([name, matrix]) => {
    const file = join(folder, `${name}.npy`);
    writeNpy(file, matrix);
    return ['--input', `${name}=${file}`];
  });
}

/** The files that `run` writes, by the options that ask for them. */
export function filesNatively<Option extends string>(
  spec: Spec,
  files: readonly Option[],
  inputs: Matrices = {},
  options: string[] = [],
): Record<Option, string> {
  return inFolder((folder) => {
    const file = join(folder, 'spec.json');
    writeFileSync(file, JSON.stringify(spec));
    const outputs = files.flatMap((option) => [option, join(folder, option)]);
    const args = ['run', file, ...inputOptions(folder, inputs), ...outputs, '--progress', 'none', ...options];
    const { stderr, code } = call(command, args);
    assert.equal(code, 0, stderr);
    return Object.fromEntries(
      files.map((option) => [option, readFileSync(join(folder, option), 'utf8')]),
    ) as Record<Option, string>;
  });
}

/** What the command finds. */
export function runNatively(spec: Spec, options: string[] = [], inputs: Matrices = {}): Result {
  return JSON.parse(filesNatively(spec, ['--output'], inputs, options)['--output']) as Result;
}

export function limitNatively(spec: Spec): Limit {
  const { stdout, stderr, code } = call(command, ['limit', '-'], JSON.stringify(spec));
  assert.equal(code, 0, stderr);
  return JSON.parse(String(stdout)) as Limit;
}

/** The sentence with which the command refuses a spec. */
export function refusedNatively(spec: Spec, inputs: Matrices = {}): string {
  return inFolder((folder) => {
    const args = ['run', '-', ...inputOptions(folder, inputs), '--progress', 'none'];
    return sentence(call(command, args, JSON.stringify(spec)));
  });
}

function sentence({ stderr, code }: { stderr: string; code: number }): string {
  assert.equal(code, 2, stderr);
  return stderr.replace(/^asymptoken: /, '').trimEnd();
}

/** What `show` makes of a result: the lines of a table, and of a CSV file. */
export function showNatively(result: string): { table: string; csv: string } {
  return inFolder((folder) => {
    const csv = join(folder, 'csv');
    const table = call(command, ['show', '-'], result);
    assert.equal(table.code, 0, table.stderr);
    const drawn = call(command, ['show', '-', '--csv', csv], result);
    assert.equal(drawn.code, 0, drawn.stderr);
    return { table: String(table.stdout), csv: readFileSync(csv, 'utf8') };
  });
}

/** The weights of queries against keys, as `weights` writes them. */
export function weightsNatively(queries: Matrix, keys: Matrix, options: string[] = []): Float32Array {
  return inFolder((folder) => {
    const [q, k] = [join(folder, 'q.npy'), join(folder, 'k.npy')];
    writeNpy(q, queries);
    writeNpy(k, keys);
    const { stdout, stderr, code } = call(command, ['weights', '--queries', q, '--keys', k, ...options]);
    assert.equal(code, 0, stderr);
    return Float32Array.from(String(stdout).trim().split(/[,\n]/), Number);
  });
}

/** The sentence with which the command refuses a file for an array. */
export function npyRefusedNatively(name: string, bytes: Uint8Array): string {
  return inFolder((folder) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const args = ['weights', '--queries', file, '--keys', file];
    return sentence(call(command, args)).replace(file, name);
  });
}

/** The outputs of the command's deterministic attention. */
export function attendNatively(queries: Matrix, keys: Matrix, values: Matrix): Float32Array {
  return inFolder((folder) => {
    const [q, k, v, o] = ['q', 'k', 'v', 'o'].map((name) => join(folder, `${name}.npy`)) as string[];
    writeNpy(q!, queries);
    writeNpy(k!, keys);
    writeNpy(v!, values);
    const args = ['attend', '--queries', q!, '--keys', k!, '--values', v!, '--output', o!, '--deterministic'];
    const { stderr, code } = call(command, args);
    assert.equal(code, 0, stderr);
    return readNpy(o!).values as Float32Array;
  });
}

/** The first n tokens of a replicate, as the bytes of their floats. */
export function tokensNatively(spec: Spec, n: number, replicate: number): Buffer {
  const { stdout, stderr, code } = call(tokensProgram, [String(n), String(replicate)], JSON.stringify(spec));
  assert.equal(code, 0, stderr);
  return stdout;
}

/** The same as the command writes them, of a spec that may ask for arrays. */
export function tokensByCommand(spec: Spec, n: number, replicate: number, inputs: Matrices = {}): Matrix {
  return inFolder((folder) => {
    const output = join(folder, 'output.npy');
    const args = ['tokens', '-', '--count', String(n), '--replicate', String(replicate), '--output', output];
    const { stderr, code } = call(command, [...args, ...inputOptions(folder, inputs)], JSON.stringify(spec));
    assert.equal(code, 0, stderr);
    return readNpy(output);
  });
}
