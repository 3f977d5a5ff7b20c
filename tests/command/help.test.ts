import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse, succeed } from './command.ts';

const commands = ['spec', 'run', 'show', 'limit', 'attend', 'weights', 'tokens', 'bench'];

test('--version names the version and what this machine computes with', () => {
  assert.match(succeed(['--version']), /^asymptoken \d+\.\d+\.\d+, SIMD targets .*\b(sse2|neon64)\b/);
});

test('--help lists the commands and the exit codes', () => {
  const manual = succeed(['--help']);
  for (const command of commands) assert.match(manual, new RegExp(`^  ${command} `, 'm'));
  assert.match(manual, /Exit codes/);
});

for (const command of commands) {
  test(`${command} --help is a manual with an example`, () => {
    const manual = succeed([command, '--help']);
    assert.match(manual, new RegExp(`^Usage: asymptoken ${command}`, 'm'));
    assert.match(manual, new RegExp(`^Examples?:\n  asymptoken ${command} `, 'm'));
  });
}

test('a command line that does not fit gets one sentence and the way to the manual', () => {
  refuse([], ['command is missing', 'asymptoken --help']);
  refuse(['frobnicate'], ['command is frobnicate', commands.join(', ')]);
  refuse(['run', 'moments', '--outptu', 'x'], ['option is --outptu', 'asymptoken run --help']);
  refuse(['run', 'moments', 'map'], ['argument is map']);
  refuse(['run'], ['SPEC is missing', 'asymptoken run --help']);
  refuse(['run', 'moments', '--output'], ['--output is given without a value']);
  refuse(['attend', '--keys', 'k.npy', '--values', 'v.npy'], ['--queries is missing']);
});
