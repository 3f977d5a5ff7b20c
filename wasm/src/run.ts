import type { Progress, Result, RunOptions, Spec } from './api.ts';
import { wholeNumber } from './arguments.ts';
import type { FromRun } from './messages.ts';
import { nodeModule } from './node.ts';
import type { Pool, PoolWorker } from './pool.ts';
import { Stopwatch, TimeLeft } from './time.ts';

/** A worker has at least this many items, so that it never waits for the next one, ... */
const fewestItems = 2;
/** ... and at most this many; in between, small items are handed out for so long a time. */
const mostItems = 256;
const queueMilliseconds = 100;

/** Runs an experiment on the pool. Rejects with the core's sentence, or with the signal's reason. */
export function run(pool: Pool, spec: Spec, options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => new Run(pool, spec, options, resolve, reject));
}

/** One worker of a run. */
interface Hand {
  worker: PoolWorker;
  opened: boolean;
  items: Set<number>;
  /** Of the items that it has; `underWay` of it is done. */
  work: number;
  underWay: number;
  /** Work a millisecond; 0 until it is known. */
  pace: number;
}

class Run {
  readonly #options: RunOptions;
  readonly #resolve: (result: Result) => void;
  readonly #reject: (error: unknown) => void;
  readonly #id: number;
  #hands: Hand[] = [];
  #works: Float64Array | null = null;
  #totalWork = 0;
  #workDone = 0;
  #itemsDone = 0;
  #next = 0;
  #fraction = 0;

  readonly #watch = new Stopwatch();
  readonly #timeLeft = new TimeLeft();
  #changed = false;
  #folding = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(
    pool: Pool,
    spec: Spec,
    options: RunOptions,
    resolve: (result: Result) => void,
    reject: (error: unknown) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#id = pool.nextId();
    const { signal, pause, workers } = options;
    signal?.throwIfAborted();
    if (workers !== undefined) wholeNumber('workers', workers, 1, Infinity);
    const document = JSON.stringify(spec);
    const chosen = pool.choose(workers ?? pool.size);
    signal?.addEventListener('abort', this.#abort);
    pause?.addEventListener('change', this.#pauseChanged);
    if (!pause?.paused) this.#watch.start();
    this.#hands = chosen.map((worker) => ({
      worker,
      opened: false,
      items: new Set(),
      work: 0,
      underWay: 0,
      pace: 0,
    }));
    for (const hand of this.#hands) {
      hand.worker.openRun(
        this.#id,
        { message: (message) => this.#receive(hand, message), failure: (error) => this.#lose(hand, error) },
        { type: 'open', run: this.#id, spec: document, paused: pause?.paused ?? false },
      );
    }
  }

  /** The one that merges what all of them find, in between its own slices. */
  get #merger(): PoolWorker {
    return this.#hands[0]!.worker;
  }

  #receive(hand: Hand, message: FromRun): void {
    if (this.#ended) return;
    switch (message.type) {
      case 'opened':
        return this.#open(hand, message.works);
      case 'report':
        return this.#take(hand, message);
      case 'result':
        return this.#deliver(message.json);
      case 'failed':
        return this.#fail(new Error(message.message));
    }
  }

  #open(hand: Hand, works: Float64Array): void {
    hand.opened = true;
    if (!this.#works) {
      this.#works = works;
      this.#totalWork = works.reduce((sum, work) => sum + work, 0);
    }
    this.#fill(hand);
  }

  /** Items go out in order, so that what is there early is a whole picture. */
  #fill(hand: Hand): void {
    const works = this.#works!;
    const items: number[] = [];
    while (this.#next < works.length && this.#wantsMore(hand)) {
      const item = this.#next++;
      hand.items.add(item);
      hand.work += works[item]!;
      items.push(item);
    }
    if (items.length > 0) hand.worker.post({ type: 'items', run: this.#id, items });
  }

  #wantsMore(hand: Hand): boolean {
    if (hand.items.size < fewestItems) return true;
    return hand.items.size < mostItems && hand.work - hand.underWay < hand.pace * queueMilliseconds;
  }

  #take(hand: Hand, report: FromRun & { type: 'report' }): void {
    for (const item of report.items) {
      hand.items.delete(item);
      hand.work -= this.#works![item]!;
      this.#workDone += this.#works![item]!;
    }
    hand.underWay = report.underWay;
    hand.pace = report.pace;
    this.#fill(hand);
    this.#noteProgress();
    if (report.items.length === 0) return;
    this.#itemsDone += report.items.length;
    this.#merger.post({ type: 'add', run: this.#id, items: report.items, values: report.values });
    this.#changed = true;
    this.#fold();
  }

  #noteProgress(): void {
    const underWay = this.#hands.reduce((sum, hand) => sum + hand.underWay, 0);
    const fraction = Math.min(1, (this.#workDone + underWay) / this.#totalWork);
    this.#fraction = Math.max(this.#fraction, fraction);
    this.#timeLeft.note(this.#watch.seconds, this.#fraction);
  }

  get #complete(): boolean {
    return this.#itemsDone === this.#works!.length;
  }

  /** Asks the merger for the result so far; while there is more to come, not more often than the caller wants it. */
  #fold(): void {
    if (this.#folding || this.#ended) return;
    if (!this.#complete && (!this.#changed || !this.#options.onPartial || this.#timer !== undefined)) return;
    this.#changed = false;
    this.#folding = true;
    this.#merger.post({ type: 'fold', run: this.#id });
  }

  #deliver(json: string): void {
    this.#folding = false;
    try {
      const result = JSON.parse(json) as Result;
      result.provenance.wall_seconds = this.#watch.seconds;
      if (nodeModule('node:worker_threads')) result.provenance.target = 'node';
      if (result.complete) this.#fraction = 1;
      this.#options.onPartial?.(result, this.#progress(result));
      if (result.complete) return this.#end(() => this.#resolve(result));
    } catch (error) {
      // Thrown by onPartial: whoever started the run hears of it.
      return this.#fail(error);
    }
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#fold();
    }, this.#options.partialInterval ?? 100);
    // All that was missing may have come while this was under way.
    if (this.#complete) this.#fold();
  }

  #progress(result: Result): Progress {
    return {
      fraction: this.#fraction,
      items: result.items,
      secondsLeft: result.complete ? 0 : this.#timeLeft.seconds,
      secondsRunning: this.#watch.seconds,
    };
  }

  readonly #abort = (): void => this.#fail(this.#options.signal?.reason);

  readonly #pauseChanged = (): void => {
    const paused = this.#options.pause!.paused;
    if (paused) this.#watch.stop();
    else this.#watch.start();
    for (const { worker } of this.#hands) worker.post({ type: 'pause', run: this.#id, paused });
  };

  /** Without a worker that never got as far as to have items the others can go on. */
  #lose(hand: Hand, error: Error): void {
    if (hand.opened || hand === this.#hands[0]) this.#fail(error);
    else this.#hands = this.#hands.filter((one) => one !== hand);
  }

  #fail(error: unknown): void {
    this.#end(() => this.#reject(error));
  }

  #end(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#options.pause?.removeEventListener('change', this.#pauseChanged);
    for (const { worker } of this.#hands) worker.closeRun(this.#id);
    settle();
  }
}
