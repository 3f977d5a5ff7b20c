import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** The binary under test; build/native/asymptoken unless ASYMPTOKEN_COMMAND names another. */
export const command =
  process.env['ASYMPTOKEN_COMMAND'] ?? join(import.meta.dirname, '../../build/native/asymptoken');

if (!existsSync(command))
  throw new Error(`the command is missing: there is no ${command}; build it with ./dev build native`);

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command to its end. */
export function asymptoken(args: string[], options: { cwd?: string; input?: string } = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
}

/** Runs the command, which is expected to succeed without complaint, and returns its standard output. */
export function succeed(args: string[], options: { cwd?: string; input?: string } = {}): string {
  const outcome = asymptoken(args, options);
  assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: '' });
  return outcome.stdout;
}

/**
 * Runs the command, which is expected to refuse: exit code 2, nothing on standard output, and one sentence of the form
 * `asymptoken: FIELD is VALUE; expected ...` on standard error in which each of `words` stands.
 */
export function refuse(
  args: string[],
  words: (string | RegExp)[],
  options: { cwd?: string; input?: string } = {},
) {
  const outcome = asymptoken(args, options);
  assert.equal(outcome.code, 2, `exit code, with ${outcome.stderr}`);
  assert.equal(outcome.stdout, '');
  assert.match(outcome.stderr, /^asymptoken: [^\n]+ is [^\n]+; expected [^\n]+\n$/);
  for (const word of words)
    assert.ok(
      typeof word === 'string' ? outcome.stderr.includes(word) : word.test(outcome.stderr),
      `${word} in ${outcome.stderr}`,
    );
}

/** The command under way. */
export interface Running {
  process: ChildProcess;
  pid: number;
  end: Promise<Outcome & { signal: NodeJS.Signals | null }>;
}

export function start(args: string[], options: { cwd?: string } = {}): Running {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const end = new Promise<Outcome & { signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  assert.ok(child.pid !== undefined);
  return { process: child, pid: child.pid, end };
}

/** Resolves once `condition` holds; rejects after a minute. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  test.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** How many whole lines a file has; 0 when there is none. */
export function lineCount(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

export function assertEmpty(folder: string): void {
  assert.deepEqual(readdirSync(folder), []);
}
