import { core, sentence, type Asymptoken, type PooledHeatmap, type Spec } from '../core.ts';
import type { Run } from '../figure/run-bar.ts';
import type { RunState } from '../figure/runner.ts';
import { duration, whole } from '../format.ts';
import { sizeOf, type PixelRange, type Portion, type Tiles } from './tiles.ts';

/** Whose weights they are: those between the first n tokens of a spec's law, under one of its heads. */
export interface Source {
  spec: Spec;
  n: number;
  head: number;
}

/** Computes the tiles that a view lacks, a portion at a time: starts, pauses, steps, cancels it. */
export class TileRun implements Run {
  state: RunState = 'idle';
  progress: Run['progress'] = null;
  problem = '';
  outcome = '';
  /** From asking to the core's answer, of the last cancel. */
  cancelMilliseconds: number | null = null;

  readonly #changed: () => void;
  #abort = new AbortController();
  /** Of the portion under way. */
  #portion = new AbortController();
  #held = false;
  #stepping = false;
  #asked = 0;
  /** Lets the one go on that waits. */
  #wake: () => void = () => undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Replaces what is under way. `step`: only the next portion, then a pause; `paused`: a pause at once. */
  start(source: Source, tiles: Tiles, range: PixelRange, { step = false, paused = false } = {}): void {
    const { signal } = this.#begin();
    this.#stepping = step;
    const portions = tiles.missing(range);
    if (portions.length === 0) return this.#enter('done');
    const missing = portions.reduce((sum, portion) => sum + sizeOf(portion), 0);
    const work = { source, tiles, portions, missing, all: tiles.area(range) };
    this.progress = { fraction: 1 - missing / work.all, secondsLeft: null };
    this.#enter(paused ? 'paused' : 'running');
    void this.#run(work, signal);
  }

  /** At once: the portion under way is asked for again afterwards. */
  pause(): void {
    if (this.state !== 'running') return;
    this.#portion.abort();
    this.#enter('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#stepping = false;
    this.#enter('running');
    this.#wake();
  }

  /** From a pause. */
  step(): void {
    this.resume();
    this.#stepping = true;
  }

  /** What has been computed is kept. */
  cancel(): void {
    if (this.state !== 'running' && this.state !== 'paused') return;
    this.#asked = performance.now();
    this.#end();
    this.#enter('cancelled');
  }

  reset(): void {
    this.#begin();
    this.outcome = '';
    this.#enter('idle');
  }

  refuse(problem: string): void {
    this.#begin();
    this.problem = problem;
    this.#enter('error');
  }

  get held(): boolean {
    return this.#held;
  }

  set held(held: boolean) {
    if (held === this.#held) return;
    this.#held = held;
    if (held) this.#portion.abort();
    else this.#wake();
    this.#changed();
  }

  #end(): void {
    this.#abort.abort();
    this.#portion.abort();
    this.#wake();
  }

  #begin(): AbortController {
    this.#end();
    this.#stepping = false;
    this.progress = null;
    this.problem = '';
    return (this.#abort = new AbortController());
  }

  async #run(work: Work, signal: AbortSignal): Promise<void> {
    try {
      const { asymptoken } = await core();
      const seconds = await this.#compute(asymptoken, work, signal);
      this.outcome = `${whole(work.missing)} weights in ${duration(seconds)}`;
      this.#enter('done');
    } catch (error) {
      if (signal.aborted) return this.#answered(signal);
      this.problem = sentence(error);
      this.#enter('error');
    }
  }

  /** Returns the seconds that it took, without pauses. */
  async #compute(asymptoken: Asymptoken, work: Work, signal: AbortSignal): Promise<number> {
    const { source, tiles, portions, missing, all } = work;
    let seconds = 0;
    let done = 0;
    for (const portion of portions) {
      let pooled: PooledHeatmap | null = null;
      while (!pooled) {
        await this.#mayGoOn(signal);
        const started = performance.now();
        pooled = await this.#ask(asymptoken, source, portion);
        seconds += (performance.now() - started) / 1000;
      }
      signal.throwIfAborted();
      tiles.add(portion, pooled);
      done += sizeOf(portion);
      // The first moments say little about the rest.
      const left = seconds > 0.2 ? (seconds * (missing - done)) / done : null;
      this.progress = { fraction: 1 - (missing - done) / all, secondsLeft: left };
      if (this.#stepping && done < missing) {
        this.#stepping = false;
        this.pause();
      } else this.#changed();
    }
    return seconds;
  }

  /** null when it has been interrupted. */
  async #ask(
    asymptoken: Asymptoken,
    { spec, n, head }: Source,
    { level, weights }: Portion,
  ): Promise<PooledHeatmap | null> {
    const { signal } = (this.#portion = new AbortController());
    try {
      return await asymptoken.pooledHeatmap(spec, { n, head, ...weights, side: 2 ** level, signal });
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  async #mayGoOn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.state === 'paused' || this.#held) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      signal.throwIfAborted();
    }
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

interface Work {
  source: Source;
  tiles: Tiles;
  portions: Portion[];
  /** How many weights, of all that the view's tiles stand for. */
  missing: number;
  all: number;
}
