import { core, sentence, type PauseController, type Progress, type Result, type Spec } from './core.ts';

export type RunState = 'idle' | 'running' | 'paused' | 'done' | 'cancelled' | 'error';

/** One experiment at a time: starts, pauses, cancels it, and holds what it has found so far. */
export class Runner {
  state: RunState = 'idle';
  result: Result | null = null;
  progress: Progress | null = null;
  /** One sentence, in state `error`. */
  problem = '';
  /** From asking to the core's answer, of the last cancel. */
  cancelMilliseconds: number | null = null;

  readonly #changed: () => void;
  #abort = new AbortController();
  /** null until the core is there. */
  #pause: PauseController | null = null;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Replaces what is under way. */
  async start(spec: Spec): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#pause = null;
    this.result = null;
    this.progress = null;
    this.problem = '';
    this.#enter('running');
    try {
      const { asymptoken, newPause } = await core();
      abort.signal.throwIfAborted();
      const pause = (this.#pause = newPause());
      if (this.state === 'paused') pause.pause();
      const result = await asymptoken.run(spec, {
        signal: abort.signal,
        pause: pause.signal,
        onPartial: (partial, progress) => {
          if (abort.signal.aborted) return;
          this.result = partial;
          this.progress = progress;
          this.#changed();
        },
      });
      if (abort.signal.aborted) return;
      this.result = result;
      this.#enter('done');
    } catch (error) {
      if (abort.signal.aborted) return this.#answered(abort.signal);
      this.problem = sentence(error);
      this.#enter('error');
    }
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.#pause?.pause();
    this.#enter('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#pause?.resume();
    this.#enter('running');
  }

  /** Keeps what has been measured. */
  cancel(): void {
    if (this.state !== 'running' && this.state !== 'paused') return;
    this.#asked = performance.now();
    this.#abort.abort();
    this.#enter('cancelled');
  }

  /** For settings that cannot be run. */
  refuse(problem: string): void {
    this.#abort.abort();
    this.problem = problem;
    this.#enter('error');
  }

  #asked = 0;

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
