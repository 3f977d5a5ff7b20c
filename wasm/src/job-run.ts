import type { Control, Progress } from './api.ts';
import { wholeNumber } from './arguments.ts';
import type { FromJob, JobRequest } from './messages.ts';
import type { Pool, PoolWorker } from './pool.ts';
import { Stopwatch, TimeLeft } from './time.ts';

/** A worker has at least this many items, so that it never waits for the next one, ... */
const fewestItems = 2;
/** ... and at most this many; in between, small items are handed out for so long a time. */
const mostItems = 256;
const queueMilliseconds = 100;

/** One worker of a run. */
interface Hand {
  worker: PoolWorker;
  opened: boolean;
  /** The items before this one have all that they need, in this worker. */
  startable: number;
  items: Set<number>;
  /** Of the items that it has; `underWay` of it is done. */
  work: number;
  underWay: number;
  /** Work a millisecond; 0 until it is known. */
  pace: number;
}

/** Executes a job on the pool. What its values amount to is the business of who extends this. */
export abstract class JobRun<Answer> {
  protected readonly id: number;
  readonly #pool: Pool;
  readonly #request: JobRequest;
  readonly #control: Control;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: unknown) => void;
  #hands: Hand[] = [];
  #works: Float64Array | null = null;
  protected preliminaryItems = 0;
  #totalWork = 0;
  #workDone = 0;
  #itemsDone = 0;
  #next = 0;
  #fraction = 0;
  readonly #watch = new Stopwatch();
  readonly #timeLeft = new TimeLeft();
  #over = false;

  constructor(
    pool: Pool,
    request: JobRequest,
    control: Control,
    [resolve, reject]: [(answer: Answer) => void, (error: unknown) => void],
  ) {
    const { signal, pause, workers } = control;
    signal?.throwIfAborted();
    if (workers !== undefined) wholeNumber('workers', workers, 1, Infinity);
    this.#control = control;
    this.#resolve = resolve;
    this.#reject = reject;
    this.id = pool.nextId();
    this.#pool = pool;
    this.#request = request;
    const [first] = pool.choose(1);
    signal?.addEventListener('abort', this.#abort);
    pause?.addEventListener('change', this.#pauseChanged);
    if (!pause?.paused) this.#watch.start();
    this.#employ(first!);
  }

  #employ(worker: PoolWorker): void {
    const hand: Hand = {
      worker,
      opened: false,
      startable: 0,
      items: new Set(),
      work: 0,
      underWay: 0,
      pace: 0,
    };
    this.#hands.push(hand);
    worker.openJob(
      this.id,
      { message: (message) => this.#receive(hand, message), failure: (error) => this.#lose(hand, error) },
      {
        type: 'open',
        job: this.id,
        request: this.#request,
        paused: this.#control.pause?.paused ?? false,
      },
    );
  }

  /** Not more than there are items for. */
  #employOthers(items: number): void {
    const most = Math.min(this.#control.workers ?? this.#pool.size, items);
    const [first] = this.#hands;
    const others = this.#pool.choose(this.#pool.size).filter((worker) => worker !== first!.worker);
    for (const worker of others.slice(0, most - 1)) this.#employ(worker);
  }

  /** Once, before anything is found. */
  protected opened(_edges: Float64Array | null): void {}
  /** Finished items and the values of each. */
  protected abstract found(items: number[], values: Float64Array<ArrayBuffer>[]): void;
  /** Everything is found. */
  protected abstract complete(): void;
  /** The answer to a `fold`. */
  protected folded(_json: string): void {}

  /** The one that folds what all of them find, in between its own slices. */
  protected get folder(): PoolWorker {
    return this.#hands[0]!.worker;
  }

  protected get isComplete(): boolean {
    return this.#itemsDone === this.#works?.length;
  }

  protected get isOver(): boolean {
    return this.#over;
  }

  protected get progress(): Omit<Progress, 'items'> {
    const done = this.isComplete;
    return {
      fraction: done ? 1 : this.#fraction,
      secondsLeft: done ? 0 : this.#timeLeft.seconds,
      secondsRunning: this.#watch.seconds,
    };
  }

  protected succeed(answer: Answer): void {
    this.#end(() => this.#resolve(answer));
  }

  protected fail(error: unknown): void {
    this.#end(() => this.#reject(error));
  }

  protected ended(): void {}

  #receive(hand: Hand, message: FromJob): void {
    if (this.#over) return;
    switch (message.type) {
      case 'opened':
        return this.#open(hand, message);
      case 'report':
        return this.#take(hand, message);
      case 'document':
        return this.folded(message.json);
      case 'failed':
        return this.fail(new Error(message.message));
    }
  }

  #open(hand: Hand, { works, preliminaryItems, startable, edges }: FromJob & { type: 'opened' }): void {
    hand.opened = true;
    hand.startable = startable;
    if (!this.#works) {
      this.#works = works;
      this.preliminaryItems = preliminaryItems;
      this.#totalWork = works.reduce((sum, work) => sum + work, 0);
      this.opened(edges);
      if (this.isComplete) return this.complete();
      this.#employOthers(works.length);
    }
    this.#fill(hand);
  }

  /** Items go out in order, so that what is there early is a whole picture. */
  #fill(hand: Hand): void {
    const works = this.#works!;
    const end = Math.min(works.length, hand.startable);
    const items: number[] = [];
    while (this.#next < end && this.#wantsMore(hand)) {
      const item = this.#next++;
      hand.items.add(item);
      hand.work += works[item]!;
      items.push(item);
    }
    if (items.length > 0) hand.worker.post({ type: 'items', job: this.id, items });
  }

  #wantsMore(hand: Hand): boolean {
    if (hand.items.size < fewestItems) return true;
    return hand.items.size < mostItems && hand.work - hand.underWay < hand.pace * queueMilliseconds;
  }

  #take(hand: Hand, { items, values, ...report }: FromJob & { type: 'report' }): void {
    for (const item of items) {
      hand.items.delete(item);
      hand.work -= this.#works![item]!;
      this.#workDone += this.#works![item]!;
    }
    Object.assign(hand, report);
    this.#fill(hand);
    this.#noteProgress();
    if (items.length === 0) return;
    this.#itemsDone += items.length;
    this.#share(items, values);
    this.found(items, values);
    if (this.isComplete) this.complete();
  }

  /** What others wait for goes to all. */
  #share(items: number[], values: Float64Array<ArrayBuffer>[]): void {
    items.forEach((item, i) => {
      if (item >= this.preliminaryItems) return;
      for (const { worker } of this.#hands) {
        worker.post({ type: 'add', job: this.id, items: [item], values: [values[i]!] });
      }
    });
  }

  #noteProgress(): void {
    const underWay = this.#hands.reduce((sum, hand) => sum + hand.underWay, 0);
    const fraction = Math.min(1, (this.#workDone + underWay) / this.#totalWork);
    this.#fraction = Math.max(this.#fraction, fraction);
    this.#timeLeft.note(this.#watch.seconds, this.#fraction);
  }

  readonly #abort = (): void => this.fail(this.#control.signal?.reason);

  readonly #pauseChanged = (): void => {
    const paused = this.#control.pause!.paused;
    if (paused) this.#watch.stop();
    else this.#watch.start();
    for (const { worker } of this.#hands) worker.post({ type: 'pause', job: this.id, paused });
  };

  /** Without a worker that never got as far as to have items the others can go on. */
  #lose(hand: Hand, error: Error): void {
    if (hand.opened || hand === this.#hands[0]) this.fail(error);
    else this.#hands = this.#hands.filter((one) => one !== hand);
  }

  #end(settle: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.ended();
    this.#control.signal?.removeEventListener('abort', this.#abort);
    this.#control.pause?.removeEventListener('change', this.#pauseChanged);
    for (const { worker } of this.#hands) worker.closeJob(this.id);
    settle();
  }
}
