import { ratioOf, type Row, type Workload } from './comparison.ts';
import type { LinearRow } from './linear.ts';
import { median, type Spread } from './statistics.ts';

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

const spreadText = ({ median, min, max }: Spread) =>
  `${median.toFixed(2)} (${min.toFixed(2)} - ${max.toFixed(2)})`;
const percent = (fraction: number) => `${(100 * fraction).toFixed(0)} %`;

function named({ kind, n, d }: Workload): string {
  return `${kind}, n = ${n}, d = ${d}`;
}

/** The rows of one workload. */
export function table(rows: Row[]): string {
  const { place, workload, threads } = rows[0]!;
  const header = ['', 'ms', 'time to ours', 'GFLOP/s', 'of peak', 'MB', 'error'];
  const lines = rows.map((row) => [
    `  ${row.contestant}`,
    median(row.milliseconds).toFixed(1),
    spreadText(row.ratio),
    row.gigaflops.toFixed(1),
    percent(row.fraction_of_peak),
    row.peak_memory === undefined ? '' : (row.peak_memory / 1e6).toFixed(0),
    row.error.toExponential(0),
  ]);
  return `${named(workload)}; ${place}, threads: ${threads}\n${aligned([header, ...lines])}\n`;
}

export function linearTable(rows: LinearRow[]): string {
  const header = ['', 'ms', 'GFLOP/s', 'Eigen to ours'];
  const lines = rows.map((row) => [
    `  ${row.variant}, ${row.rows} x ${row.inputs} x ${row.outputs}`,
    row.milliseconds.toFixed(2),
    row.gigaflops.toFixed(1),
    spreadText(row.eigen_to_ours),
  ]);
  return `matrix products in wasm under Node, one thread\n${aligned([header, ...lines])}\n`;
}

/** Everything at once: each of ours beside the fastest peer of its comparison. */
export function summary(rows: Row[]): string {
  const header = ['', 'threads', 'ms', 'of peak', 'faster than the best peer', ''];
  const lines = rows
    .filter(({ ours }) => ours)
    .map((row) => {
      const peers = rows.filter(
        (other) =>
          !other.ours &&
          other.place === row.place &&
          other.workload === row.workload &&
          other.threads === row.threads,
      );
      const best = peers.sort((a, b) => median(a.milliseconds) - median(b.milliseconds))[0];
      return [
        `${named(row.workload)}: ${row.contestant}`,
        String(row.threads),
        median(row.milliseconds).toFixed(1),
        percent(row.fraction_of_peak),
        best ? spreadText(ratioOf(best.milliseconds, row.milliseconds)) : '',
        best?.contestant ?? '',
      ];
    });
  return aligned([header, ...lines]);
}
