import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result, Spec } from '../../wasm/src/api.ts';
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

/** What the command finds. */
export function runNatively(spec: Spec, options: string[] = []): Result {
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  try {
    const file = join(folder, 'spec.json');
    const output = join(folder, 'result.json');
    writeFileSync(file, JSON.stringify(spec));
    const { stderr, code } = call(command, [
      'run',
      file,
      '--output',
      output,
      '--progress',
      'none',
      ...options,
    ]);
    assert.equal(code, 0, stderr);
    return JSON.parse(readFileSync(output, 'utf8')) as Result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function limitNatively(spec: Spec): unknown {
  const { stdout, stderr, code } = call(command, ['limit', '-'], JSON.stringify(spec));
  assert.equal(code, 0, stderr);
  return JSON.parse(String(stdout)) as unknown;
}

/** The sentence with which the command refuses a spec. */
export function refusedNatively(spec: Spec): string {
  const { stderr, code } = call(command, ['run', '-', '--progress', 'none'], JSON.stringify(spec));
  assert.equal(code, 2, stderr);
  return stderr.replace(/^asymptoken: /, '').trimEnd();
}

/** The outputs of the command's deterministic attention. */
export function attendNatively(queries: Matrix, keys: Matrix, values: Matrix): Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  try {
    const [q, k, v, o] = ['q', 'k', 'v', 'o'].map((name) => join(folder, `${name}.npy`)) as string[];
    writeNpy(q!, queries);
    writeNpy(k!, keys);
    writeNpy(v!, values);
    const args = ['attend', '--queries', q!, '--keys', k!, '--values', v!, '--output', o!, '--deterministic'];
    const { stderr, code } = call(command, args);
    assert.equal(code, 0, stderr);
    return readNpy(o!).values as Float32Array;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first n tokens of a replicate, as the bytes of their floats. */
export function tokensNatively(spec: Spec, n: number, replicate: number): Buffer {
  const { stdout, stderr, code } = call(tokensProgram, [String(n), String(replicate)], JSON.stringify(spec));
  assert.equal(code, 0, stderr);
  return stdout;
}
