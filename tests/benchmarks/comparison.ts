/** Contestants measured in turn, A B C A B C ..., so that what the machine does meanwhile hits all of them alike. */

import { median, spread, type Spread } from './statistics.ts';

/** n queries attend to n keys of d numbers; `moments` asks for mean and covariance of the outputs only. `peak` is as many
 * operations in registers as attention would take. */
export interface Workload {
  kind: 'attention' | 'moments' | 'peak';
  n: number;
  d: number;
  /** Where there are not as many of them as keys. */
  queries?: number;
}

export interface Times {
  milliseconds: number;
  /** Of all threads together; where it can be known. */
  processor_milliseconds?: number;
  /** Bytes. */
  peak_memory?: number;
}

/** Ready to run one workload; its results have been verified. */
export interface Contestant {
  readonly name: string;
  /** The largest absolute difference to float64. */
  readonly error: number;
  /** Runs for about so many seconds. */
  measure(seconds: number): Promise<Times>;
  close(): Promise<void>;
}

export interface Row {
  place: string;
  workload: Workload;
  threads: number;
  contestant: string;
  /** Whether the ratios of the others are to this one. */
  ours: boolean;
  error: number;
  /** Of each round, by the schedule's clock. */
  milliseconds: number[];
  /** Time of this one to that of ours in the same round. */
  ratio: Spread;
  gigaflops: number;
  /** Of the multiply-adds that the machine makes in registers, measured in the same rounds. */
  fraction_of_peak: number;
  peak_memory?: number;
}

/** What a contestant starts from: nothing, when it is not installed. */
export type Entry = (workload: Workload, threads: number) => Promise<Contestant>;

export interface Schedule {
  rounds: number;
  /** How long a turn lasts at least. */
  seconds: number;
  /** Wall time, or the processor's, which a busy machine disturbs less. The latter says nothing of several threads. */
  clock: 'wall' | 'processor';
}

/** More than float32 rounding explains; measured are some 1e-7. */
const largestError = 1e-5;

/** Threads of a peer may go on spinning for a moment after its turn. */
const rest = 30;

export function operations({ n, d }: Workload): number {
  return 4 * n * n * d;
}

/** Some 50 ms on one core. */
const peakWorkload: Workload = { kind: 'peak', n: 16384, d: 4 };

/** The first of `ours` is what the others are compared with. */
export async function compare(
  place: string,
  workload: Workload,
  threads: number,
  entries: { ours: Entry[]; peers: Entry[]; peak: Entry },
  schedule: Schedule,
): Promise<Row[]> {
  const contestants: Contestant[] = [];
  try {
    for (const entry of [...entries.ours, ...entries.peers]) contestants.push(await entry(workload, threads));
    contestants.push(await entries.peak(peakWorkload, threads));
    for (const { name, error } of contestants) {
      if (!(error <= largestError)) {
        throw new Error(
          `${name} is wrong at n = ${workload.n}, d = ${workload.d}: it differs from float64 by ${error}`,
        );
      }
    }
    const times = await inTurn(contestants, schedule);
    return rowsOf(place, workload, threads, entries.ours.length, contestants, times, schedule.clock);
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.close()));
  }
}

async function inTurn(contestants: Contestant[], { rounds, seconds }: Schedule): Promise<Times[][]> {
  const times: Times[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      times[index]!.push(await contestant.measure(seconds));
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }
  return times;
}

/** Of times of the same rounds. */
export function ratioOf(times: number[], reference: number[]): Spread {
  return spread(times.map((time, round) => time / reference[round]!));
}

function rowsOf(
  place: string,
  workload: Workload,
  threads: number,
  ours: number,
  contestants: Contestant[],
  times: Times[][],
  clock: Schedule['clock'],
): Row[] {
  const clocked = times.map((turns) =>
    turns.map((turn) => (clock === 'wall' ? turn.milliseconds : turn.processor_milliseconds!)),
  );
  const reference = clocked[0]!;
  const share = operations(workload) / operations(peakWorkload);
  const peak = clocked.at(-1)!.map((time) => time * share);
  return contestants.slice(0, -1).map(({ name, error }, index) => {
    const mine = clocked[index]!;
    const { peak_memory } = times[index]![0]!;
    return {
      place,
      workload,
      threads,
      contestant: name,
      ours: index < ours,
      error,
      milliseconds: mine,
      ratio: ratioOf(mine, reference),
      gigaflops: operations(workload) / median(mine) / 1e6,
      fraction_of_peak: median(mine.map((time, round) => peak[round]! / time)),
      ...(peak_memory !== undefined && { peak_memory }),
    };
  });
}
