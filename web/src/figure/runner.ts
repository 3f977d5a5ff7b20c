import {
  core,
  sentence,
  type Estimate,
  type PauseController,
  type Progress,
  type Result,
  type Spec,
} from '../core.ts';

import { duration, whole } from '../format.ts';
import type { Run } from './run-bar.ts';

export type RunState = 'idle' | 'running' | 'paused' | 'done' | 'cancelled' | 'error';

export interface StartOptions {
  /** The run ends early once every standard error is within this fraction of its mean; 0: never. */
  precision: number;
  /** Only the first numbers: it pauses as soon as there are some. */
  step?: boolean;
}

/** One experiment at a time: starts, pauses, steps, cancels it, and holds what it has found so far. */
export class Runner implements Run {
  state: RunState = 'idle';
  result: Result | null = null;
  progress: Progress | null = null;
  /** One sentence, in state `error`. */
  problem = '';
  /** It ended because it was precise enough. */
  preciseEnough = false;
  /** From asking to the core's answer, of the last cancel. */
  cancelMilliseconds: number | null = null;

  readonly #changed: () => void;
  #abort = new AbortController();
  /** null until the core is there. */
  #pause: PauseController | null = null;
  /** Waits while its figure is off the screen. */
  #held = false;
  #stepping = false;
  #asked = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get outcome(): string {
    const { result } = this;
    if (!result) return '';
    const samples = `${whole(result.items.done)} samples in ${duration(result.provenance.wall_seconds)}`;
    return this.preciseEnough ? `precise enough after ${samples}` : samples;
  }

  /** Replaces what is under way. */
  async start(spec: Spec, { precision, step = false }: StartOptions): Promise<void> {
    const { signal } = this.#begin();
    this.#stepping = step;
    this.#enter('running');
    try {
      const { asymptoken, newPause } = await core();
      signal.throwIfAborted();
      this.#pause = newPause();
      this.#obey();
      const result = await asymptoken.run(spec, {
        signal,
        pause: this.#pause.signal,
        onPartial: (partial, progress) => {
          if (!signal.aborted) this.#take(partial, progress, precision);
        },
      });
      if (signal.aborted) return;
      this.result = result;
      this.#enter('done');
    } catch (error) {
      if (signal.aborted) return this.#answered(signal);
      this.problem = sentence(error);
      this.#enter('error');
    }
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.#enter('paused');
    this.#obey();
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#stepping = false;
    this.#enter('running');
    this.#obey();
  }

  /** From a pause: measures a little more, and pauses again. */
  step(): void {
    if (this.state !== 'paused') return;
    this.resume();
    this.#stepping = true;
  }

  /** Keeps what has been measured. */
  cancel(): void {
    if (this.state !== 'running' && this.state !== 'paused') return;
    this.#asked = performance.now();
    this.#abort.abort();
    this.#enter('cancelled');
  }

  /** Back to before the first run. */
  reset(): void {
    this.#begin();
    this.#enter('idle');
  }

  /** For settings that cannot be run. */
  refuse(problem: string): void {
    this.#abort.abort();
    this.problem = problem;
    this.#enter('error');
  }

  /** A result from elsewhere. */
  show(result: Result): void {
    this.#begin();
    this.result = result;
    this.#enter('done');
  }

  get held(): boolean {
    return this.#held;
  }

  set held(held: boolean) {
    if (held === this.#held) return;
    this.#held = held;
    this.#obey();
    this.#changed();
  }

  #begin(): AbortController {
    this.#abort.abort();
    this.#pause = null;
    this.#stepping = false;
    this.result = null;
    this.progress = null;
    this.problem = '';
    this.preciseEnough = false;
    return (this.#abort = new AbortController());
  }

  #take(partial: Result, progress: Progress, precision: number): void {
    const more = partial.items.done > (this.result?.items.done ?? 0);
    this.result = partial;
    this.progress = progress;
    if (precision > 0 && isPreciseEnough(partial, precision)) {
      this.#abort.abort();
      this.preciseEnough = true;
      return this.#enter('done');
    }
    if (this.#stepping && more) {
      this.#stepping = false;
      return this.pause();
    }
    this.#changed();
  }

  #obey(): void {
    if (this.state === 'paused' || this.#held) this.#pause?.pause();
    else this.#pause?.resume();
  }

  #answered(signal: AbortSignal): void {
    if (signal !== this.#abort.signal || this.state !== 'cancelled') return;
    this.cancelMilliseconds = performance.now() - this.#asked;
    this.#changed();
  }

  #enter(state: RunState): void {
    this.state = state;
    this.#changed();
  }
}

/** Fewer replicates do not know their own spread. */
const fewest = 8;

function isPreciseEnough({ curves, metrics }: Result, precision: number): boolean {
  const estimates = curves.flatMap(({ points }) => points.flatMap((point) => metrics.map((m) => point[m])));
  return estimates.every((estimate) => estimate !== null && within(estimate as Estimate, precision));
}

function within({ mean, standard_deviation, count }: Estimate, precision: number): boolean {
  return count >= fewest && standard_deviation / Math.sqrt(count) <= precision * Math.abs(mean);
}
