/** How time and memory grow with the work, and the exponents. */

import type { Schedule } from './comparison.ts';
import { svg, type Figure, type Series } from './figure.ts';
import { ours } from './native.ts';
import { program } from './program.ts';
import { median, powerLaw, type PowerLaw } from './statistics.ts';

/** What attends to how much; fewer queries than keys where all would take too long. */
interface Size {
  n: number;
  d: number;
  queries?: number;
}

export interface Growth {
  what: string;
  x: 'n' | 'd';
  y: 'milliseconds' | 'megabytes';
  threads: number;
  points: { x: number; y: number }[];
  fit: PowerLaw & { from: number; to: number };
}

/** A sweep, and from where on its points are far enough from the fixed costs to be fitted. */
interface Sweep {
  what: string;
  x: 'n' | 'd';
  y: 'milliseconds' | 'megabytes';
  threads: number[];
  sizes: Size[];
  fitFrom: number;
}

const queries = 1024;

function sweeps(quick: boolean, threads: number[]): Sweep[] {
  const squares = quick ? [1000, 2000, 4000, 8000] : [1000, 2000, 4000, 8000, 16000, 32000];
  const counts = [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
  const dimensions = quick ? [1, 4, 16, 64, 256] : [1, 2, 4, 8, 16, 32, 64, 128, 256];
  const square = squares.map((n) => ({ n, d: 50 }));
  const long = counts.map((n) => ({ n, d: 50, queries }));
  const wide = dimensions.map((d) => ({ n: 16384, d, queries }));
  const time = { y: 'milliseconds', threads } as const;
  const overKeys = { what: `${queries} queries over n keys, d = 50`, x: 'n' } as const;
  return [
    { what: 'n queries over n keys, d = 50', x: 'n', ...time, sizes: square, fitFrom: 2000 },
    { ...overKeys, ...time, sizes: quick ? long.slice(0, 5) : long, fitFrom: 10_000 },
    { what: `${queries} queries over 16384 keys`, x: 'd', ...time, sizes: wide, fitFrom: 16 },
    { ...overKeys, y: 'megabytes', threads: threads.slice(0, 1), sizes: long, fitFrom: 100_000 },
  ];
}

export async function measureGrowth(
  quick: boolean,
  threads: number[],
  schedule: Schedule,
  report: (growth: Growth) => void,
): Promise<Growth[]> {
  const all: Growth[] = [];
  for (const sweep of sweeps(quick, threads)) {
    for (const count of sweep.threads) {
      const points = [];
      for (const size of sweep.sizes) {
        points.push({ x: size[sweep.x], y: await measure(size, sweep.y, count, schedule) });
      }
      const fitted = points.filter(({ x }) => x >= sweep.fitFrom);
      const fit = { ...powerLaw(fitted), from: fitted[0]!.x, to: fitted.at(-1)!.x };
      const growth: Growth = { what: sweep.what, x: sweep.x, y: sweep.y, threads: count, points, fit };
      report(growth);
      all.push(growth);
    }
  }
  return all;
}

async function measure(
  size: Size,
  what: Growth['y'],
  threads: number,
  { rounds, seconds, clock }: Schedule,
): Promise<number> {
  const contestant = await program(ours)({ kind: 'attention', ...size }, threads);
  try {
    if (!(contestant.error <= 1e-5)) {
      throw new Error(`${contestant.name} is wrong at ${JSON.stringify(size)}: off by ${contestant.error}`);
    }
    const times = [];
    for (let round = 0; round < (what === 'megabytes' ? 1 : rounds); round++) {
      times.push(await contestant.measure(what === 'megabytes' ? 0 : seconds));
    }
    if (what === 'megabytes') return times[0]!.peak_memory! / 1e6;
    return median(times.map((one) => (clock === 'wall' ? one.milliseconds : one.processor_milliseconds!)));
  } finally {
    await contestant.close();
  }
}

/** One line: the exponent and its standard error. */
export function sentence({ what, x, y, threads, fit }: Growth): string {
  const exponent = `${x}^(${fit.exponent.toFixed(3)} +- ${fit.standard_error.toFixed(3)})`;
  return `${y} of ${what}, threads ${threads}: grow as ${exponent} from ${x} = ${fit.from} to ${fit.to}`;
}

/** A figure for each thing that grows, by file name; threads are its series. */
export function figures(all: Growth[]): Map<string, string> {
  const drawn = new Map<string, string>();
  for (const growth of all) {
    const name = `${growth.y}-${growth.what.replaceAll(/[^a-z0-9]+/gi, '-')}.svg`;
    if (drawn.has(name)) continue;
    const same = all.filter(({ what, y }) => what === growth.what && y === growth.y);
    const series: Series[] = same.map(({ threads, points, fit, x }) => ({
      label: `threads ${threads}: ${x}^${fit.exponent.toFixed(2)}`,
      points,
      fit,
    }));
    const figure: Figure = { title: growth.what, x: growth.x, y: growth.y, series };
    drawn.set(name, svg(figure));
  }
  return drawn;
}
