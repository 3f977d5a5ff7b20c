import { readFileSync } from 'node:fs';

/** What these tests read of a result file. */
export interface Result {
  schema: number;
  spec: Record<string, unknown>;
  complete: boolean;
  items: { done: number; total: number };
  points_share_tokens: boolean;
  metrics: string[];
  curves: Curve[];
  provenance: { version: string; target: string; simd: string; wall_seconds: number };
}

export interface Curve {
  parameters: Record<string, number>;
  horizon: number;
  points: ({ n: number } & Record<string, Estimate>)[];
  fit: Record<string, Fit>;
  predicted: {
    metric: string;
    quantity: string;
    name: string;
    value: number;
    status: string;
    excess?: number;
  }[];
}

export interface Fit {
  slope: number;
  slope_se: number;
  intercept: number;
  bootstrap: { low: number; high: number; standard_error: number };
}

export interface Estimate {
  mean: number;
  standard_deviation: number;
  count: number;
}

export function readResult(file: string): Result {
  return JSON.parse(readFileSync(file, 'utf8')) as Result;
}

/** The text of a result without what differs from run to run: who computed it and how long that took. */
export function withoutProvenance(file: string): string {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf('"provenance"');
  if (start < 0) throw new Error(`${file} has no provenance`);
  return text.slice(0, start);
}

/** A moments experiment that takes a fraction of a second. */
export const quick = [
  'moments',
  ...['--set', 'law.dimension=3'],
  ...['--set', 'attention.scales=[1,4,9]'],
  ...['--set', 'tokens=[50,100,200,400]'],
  ...['--set', 'replicates=6'],
];

/** The same, where all n share their tokens. */
export const nested = [...quick, '--set', 'tokens={"list": [50, 100, 200, 400], "nested": true}'];

/** A hardmax experiment that takes a fraction of a second, at temperature 0 and above. */
export const hardmax = [
  'hardmax',
  ...['--set', 'temperatures=[0,0.25]'],
  ...['--set', 'tokens=[100,300,1000,3000]'],
  ...['--set', 'replicates=60'],
];
