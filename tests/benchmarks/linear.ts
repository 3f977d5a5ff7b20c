/** The matrix products of an encoder in wasm under Node, beside Eigen's: what wasm/linear.cpp measures. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Spread } from './statistics.ts';

export interface LinearRow {
  variant: string;
  rows: number;
  inputs: number;
  outputs: number;
  milliseconds: number;
  gigaflops: number;
  eigen_to_ours: Spread;
}

const programs = {
  simd128: 'asymptoken_linear_benchmark.js',
  relaxed: 'asymptoken_linear_benchmark_relaxed.js',
};

/** The programs end with an error where a product is wrong. */
export function measureLinear(folder: string): LinearRow[] {
  return Object.entries(programs).flatMap(([variant, name]) =>
    execFileSync(process.execPath, [join(folder, name)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => ({ variant, ...(JSON.parse(line) as Omit<LinearRow, 'variant'>) })),
  );
}
