import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse, succeed } from './command.ts';

interface Bench {
  version: string;
  simd: string;
  threads: number;
  attention: { n: number; d: number; milliseconds: number; gigaflops: number; fraction_of_peak: number }[];
}

test('bench --json gives speeds that fit together', () => {
  const { version, simd, threads, attention } = JSON.parse(
    succeed(['bench', '--json', '--threads', '1']),
  ) as Bench;
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.match(succeed(['--version']), new RegExp(simd));
  assert.equal(threads, 1);
  assert.ok(attention.length >= 3);
  for (const { n, d, milliseconds, gigaflops, fraction_of_peak } of attention) {
    const operations = 4 * n * n * d;
    assert.ok(Math.abs(gigaflops / (operations / milliseconds / 1e6) - 1) < 1e-9);
    // Nothing is faster than multiply-adds in registers, but either may be kept waiting by other work on the machine.
    assert.ok(fraction_of_peak > 0.01 && fraction_of_peak < 2, `${fraction_of_peak} of the peak`);
  }
});

test('bench prints a table of the same shapes', () => {
  const table = succeed(['bench', '--threads', '2', '--simd', 'sse2']).split('\n');
  assert.match(table[0]!, /sse2, threads: 2$/);
  assert.match(table[1]!, /^ +n +d +ms +GFLOP\/s +of peak$/);
  for (const line of table.slice(2, 5)) assert.match(line, /^ +\d+ +\d+ +[\d.]+ +[\d.]+ +\d+ %$/);
});

test('bench refuses what it does not know', () => {
  refuse(['bench', '--threads', '0'], ['--threads is 0', '1 to 4096']);
  refuse(['bench', '--simd', 'mmx'], ['SIMD target is mmx']);
  refuse(['bench', '--quick'], ['option is --quick']);
});
