import { sentence, type Progress } from '../base/core.ts';

export type RunState = 'idle' | 'running' | 'paused' | 'done' | 'cancelled' | 'error';

/** What a run bar works: paused, resumed, stepped and cancelled; how it starts is its own. */
export abstract class Run {
  state: RunState = 'idle';
  /** null before there is any. */
  progress: Pick<Progress, 'fraction' | 'secondsLeft'> | null = null;
  /** One sentence, in state `error`. */
  problem = '';
  /** From asking to the core's answer, of the last cancel. */
  cancelMilliseconds: number | null = null;
  /** What has been done, in state `done`; '' where nothing had to be. */
  abstract readonly outcome: string;

  /** It pauses as soon as there is something more. */
  protected stepping = false;
  protected readonly changed: () => void;
  #abort = new AbortController();
  #held = false;
  #asked = 0;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.enter('paused');
    this.obey();
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.stepping = false;
    this.enter('running');
    this.obey();
  }

  /** From a pause: a little more, and pauses again. */
  step(): void {
    if (this.state !== 'paused') return;
    this.resume();
    this.stepping = true;
  }

  /** Keeps what there is. */
  cancel(): void {
    if (this.state !== 'running' && this.state !== 'paused') return;
    this.#asked = performance.now();
    this.#abort.abort();
    this.enter('cancelled');
  }

  /** Back to before the first run. */
  reset(): void {
    this.begin();
    this.enter('idle');
  }

  /** For what cannot be run. */
  refuse(problem: string): void {
    this.#abort.abort();
    this.problem = problem;
    this.enter('error');
  }

  /** Waits while its figure is off the screen. */
  get held(): boolean {
    return this.#held;
  }

  set held(held: boolean) {
    if (held === this.#held) return;
    this.#held = held;
    this.obey();
    this.changed();
  }

  protected get waits(): boolean {
    return this.state === 'paused' || this.#held;
  }

  /** Waits, or goes on. */
  protected abstract obey(): void;

  /** Ends what is under way. The signal is aborted when the next thing begins, or by a cancel. */
  protected begin(): AbortSignal {
    this.#abort.abort();
    this.stepping = false;
    this.progress = null;
    this.problem = '';
    this.#abort = new AbortController();
    return this.#abort.signal;
  }

  /** What was begun with this signal has ended by an error, its own or for having been aborted. */
  protected fail(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) {
      this.problem = sentence(error);
      this.enter('error');
    } else if (signal === this.#abort.signal && this.state === 'cancelled') {
      this.cancelMilliseconds = performance.now() - this.#asked;
      this.changed();
    }
  }

  /** What is under way is enough. */
  protected finish(): void {
    this.#abort.abort();
    this.enter('done');
  }

  protected enter(state: RunState): void {
    this.state = state;
    this.changed();
  }
}
