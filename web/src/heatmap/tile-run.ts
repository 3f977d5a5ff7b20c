import { core, type Asymptoken, type PooledHeatmap, type QueriesAndKeys, type Spec } from '../base/core.ts';
import { Run } from '../figure/run.ts';
import { duration, whole } from '../base/format.ts';
import { sizeOf, type PixelRange, type Portion, type Tiles } from './tiles.ts';

/** Whose weights they are. */
export interface Source {
  /** The first n tokens of a spec's law, under one of its heads; or queries and keys of the reader's. */
  of: Spec | QueriesAndKeys;
  queries: number;
  keys: number;
  head: number;
}

/** How the core is asked for a source's weights. */
export function requestOf({ queries, head }: Source): { n: number; head: number } {
  return { n: queries, head };
}

/** Computes the tiles that a view lacks, a portion at a time. */
export class TileRun extends Run {
  outcome = '';
  /** Of the portion under way. */
  #portion = new AbortController();
  /** Lets the one go on that waits. */
  #wake: () => void = () => undefined;

  /** Replaces what is under way. `step`: only the next portion, then a pause; `paused`: a pause at once. */
  start(source: Source, tiles: Tiles, range: PixelRange, { step = false, paused = false } = {}): void {
    const signal = this.begin();
    signal.addEventListener('abort', () => {
      this.#portion.abort();
      this.#wake();
    });
    this.stepping = step;
    const portions = tiles.missing(range);
    if (portions.length === 0) return this.enter('done');
    const missing = portions.reduce((sum, portion) => sum + sizeOf(portion), 0);
    const work = { source, tiles, portions, missing, all: tiles.area(range) };
    this.progress = { fraction: 1 - missing / work.all, secondsLeft: null };
    this.enter(paused ? 'paused' : 'running');
    void this.#run(work, signal);
  }

  override reset(): void {
    this.outcome = '';
    super.reset();
  }

  /** At once: the portion under way is asked for again afterwards. */
  protected obey(): void {
    if (this.waits) this.#portion.abort();
    else this.#wake();
  }

  async #run(work: Work, signal: AbortSignal): Promise<void> {
    try {
      const { asymptoken } = await core();
      const seconds = await this.#compute(asymptoken, work, signal);
      this.outcome = `${whole(work.missing)} weights in ${duration(seconds)}`;
      this.enter('done');
    } catch (error) {
      this.fail(error, signal);
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
      if (this.stepping && done < missing) {
        this.stepping = false;
        this.pause();
      } else this.changed();
    }
    return seconds;
  }

  /** null when it has been interrupted. */
  async #ask(
    asymptoken: Asymptoken,
    source: Source,
    { level, weights }: Portion,
  ): Promise<PooledHeatmap | null> {
    const { signal } = (this.#portion = new AbortController());
    try {
      return await asymptoken.pooledHeatmap(source.of, {
        ...requestOf(source),
        ...weights,
        side: 2 ** level,
        signal,
      });
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  async #mayGoOn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.waits) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      signal.throwIfAborted();
    }
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
