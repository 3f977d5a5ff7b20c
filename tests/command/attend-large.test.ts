import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attendOne, normalMatrix } from './attention.ts';
import { start, temporaryFolder } from './command.ts';
import { readNpy, writeNpy } from './npy.ts';

/** The most memory that a process has had so far, in bytes; nothing once it has ended. */
function peakMemory(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? 1024 * Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}

// The promise of the README: one attention over arrays of 100,000 x 64, any size that fits.
test('attend on 100,000 x 64: below 200 MB, and 100 rows agree with float64 to 1e-5', async (t) => {
  const folder = temporaryFolder(t);
  const n = 100_000;
  const [queries, keys, values] = [1, 2, 3].map((seed) => normalMatrix(n, 64, seed, Float32Array)) as [
    ReturnType<typeof normalMatrix>,
    ReturnType<typeof normalMatrix>,
    ReturnType<typeof normalMatrix>,
  ];
  writeNpy(join(folder, 'q.npy'), queries);
  writeNpy(join(folder, 'k.npy'), keys);
  writeNpy(join(folder, 'v.npy'), values);

  const arrays = ['--queries', 'q.npy', '--keys', 'k.npy', '--values', 'v.npy'];
  const running = start(['attend', ...arrays, '--output', 'o.npy', '--stats', 's.json'], { cwd: folder });
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, peakMemory(running.pid) ?? 0)), 100);
  const outcome = await running.end;
  clearInterval(watch);
  assert.deepEqual({ code: outcome.code, stderr: outcome.stderr }, { code: 0, stderr: '' });

  const stats = JSON.parse(readFileSync(join(folder, 's.json'), 'utf8')) as { peak_memory_bytes: number };
  t.diagnostic(`peak memory ${(stats.peak_memory_bytes / 1e6).toFixed(0)} MB`);
  // Keys and values alone take 51 MB: less would mean that we looked at the wrong process.
  assert.ok(peak > 51e6 && peak < 200e6, `${peak} bytes`);
  assert.ok(
    Math.abs(stats.peak_memory_bytes / peak - 1) < 0.1,
    `${stats.peak_memory_bytes} by its own account`,
  );

  const output = readNpy(join(folder, 'o.npy'));
  assert.deepEqual([output.rows, output.columns], [n, 64]);
  for (let row = 0; row < n; row += n / 100) {
    const { output: expected } = attendOne(queries, row, keys, values, 1 / 8);
    const size = expected.reduce((largest, number) => Math.max(largest, Math.abs(number)), 0);
    for (let k = 0; k < 64; ++k) {
      const off = Math.abs(output.values[row * 64 + k]! - expected[k]!);
      assert.ok(off <= 1e-5 * size, `row ${row}, column ${k} is off by ${off}, where outputs are ${size}`);
    }
  }
});
