import type { Row } from './comparison.ts';
import { median } from './statistics.ts';

/** Columns of a table; all but the first are aligned at the right. */
function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const header = ['', 'ms', 'time to ours', '(least - most)', 'GFLOP/s', 'of peak', 'MB', 'error'];

/** The rows of one workload. */
export function table(rows: Row[]): string {
  const { place, workload, threads } = rows[0]!;
  const what = workload.kind === 'moments' ? 'mean and covariance of the output' : 'attention';
  const lines = rows.map((row) => [
    `  ${row.contestant}`,
    median(row.milliseconds).toFixed(1),
    row.ratio.median.toFixed(2),
    `(${row.ratio.min.toFixed(2)} - ${row.ratio.max.toFixed(2)})`,
    row.gigaflops.toFixed(1),
    `${(100 * row.fraction_of_peak).toFixed(0)} %`,
    row.peak_memory === undefined ? '' : (row.peak_memory / 1e6).toFixed(0),
    row.error.toExponential(0),
  ]);
  const title = `${what}, n = ${workload.n}, d = ${workload.d}; ${place}, threads: ${threads}`;
  return `${title}\n${aligned([header, ...lines])}\n`;
}
