import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folder } from './package.ts';

/** Runs a program in a folder and returns what it wrote. */
export function call(program: string, args: string[], cwd: string): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Packs the package and installs it into an empty folder, as from a registry but without one. */
export function install(): { path: string; files: string[]; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  const npm = ['--offline', '--no-audit', '--no-fund', '--loglevel=error', `--cache=${join(path, 'cache')}`];
  const [packed] = JSON.parse(
    call('npm', ['pack', '--json', `--pack-destination=${path}`, ...npm], folder),
  ) as [{ filename: string; files: { path: string }[] }];
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }');
  call('npm', ['install', ...npm, join(path, packed.filename)], path);
  return {
    path,
    files: packed.files.map((file) => file.path).sort(),
    remove: () => rmSync(path, { recursive: true }),
  };
}
