import {
  core,
  type Inputs,
  type PauseController,
  type Progress,
  type Result,
  type Spec,
} from '../base/core.ts';
import { duration, whole } from '../base/format.ts';
import { isWithin } from '../chart/model.ts';
import { Run } from '../figure/run.ts';

export interface StartOptions {
  /** The run ends early once every standard error is within this fraction of its mean; 0: never. */
  precision: number;
  inputs: Inputs;
  /** Only the first numbers: it pauses as soon as there are some. */
  step?: boolean;
}

/** One experiment at a time, and what it has found so far. */
export class Runner extends Run {
  result: Result | null = null;
  /** It ended because it was precise enough. */
  preciseEnough = false;
  /** null until the core is there. */
  #pause: PauseController | null = null;

  get outcome(): string {
    const { result } = this;
    if (!result) return '';
    const samples = `${whole(result.items.done)} samples in ${duration(result.provenance.wall_seconds)}`;
    return this.preciseEnough ? `precise enough after ${samples}` : samples;
  }

  /** Replaces what is under way. */
  async start(spec: Spec, { precision, inputs, step = false }: StartOptions): Promise<void> {
    const signal = this.begin();
    this.stepping = step;
    this.enter('running');
    try {
      const { asymptoken, newPause } = await core();
      signal.throwIfAborted();
      this.#pause = newPause();
      this.obey();
      const result = await asymptoken.run(spec, {
        signal,
        inputs,
        pause: this.#pause.signal,
        onPartial: (partial, progress) => {
          if (!signal.aborted) this.#take(partial, progress, precision);
        },
      });
      if (signal.aborted) return;
      this.result = result;
      this.enter('done');
    } catch (error) {
      this.fail(error, signal);
    }
  }

  /** A result from elsewhere. */
  show(result: Result): void {
    this.begin();
    this.result = result;
    this.enter('done');
  }

  protected override begin(): AbortSignal {
    this.#pause = null;
    this.result = null;
    this.preciseEnough = false;
    return super.begin();
  }

  protected obey(): void {
    if (this.waits) this.#pause?.pause();
    else this.#pause?.resume();
  }

  #take(partial: Result, progress: Progress, precision: number): void {
    const more = partial.items.done > (this.result?.items.done ?? 0);
    this.result = partial;
    this.progress = progress;
    if (precision > 0 && isWithin(partial, precision)) {
      this.preciseEnough = true;
      return this.finish();
    }
    if (this.stepping && more) {
      this.stepping = false;
      return this.pause();
    }
    this.changed();
  }
}
