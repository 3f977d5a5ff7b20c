import type { FromJob, ToJob } from './messages.ts';
import type { OpenJob } from './open-job.ts';
import { Pace, type Sliced } from './slices.ts';

const reportMilliseconds = 30;

/** A worker's part in one job: executes the items that it is given and, when asked to, folds everyone's. */
export class JobPart implements Sliced {
  readonly #post: (message: FromJob) => void;
  readonly #id: number;
  readonly #open: OpenJob;
  readonly #pace = new Pace();
  /** Preparation waits until there is something to do. */
  #stepsPrepared = 0;
  readonly #steps: number;
  #queue: number[] = [];
  #current: { item: number; fraction: number } | null = null;
  #paused: boolean;
  #finished: { item: number; values: Float64Array<ArrayBuffer> }[] = [];
  #reported = 0;
  /** What else is to be done once everything is prepared: adding, folding. */
  #calls: (() => void)[] = [];

  constructor(id: number, open: OpenJob, paused: boolean, post: (message: FromJob) => void) {
    this.#post = post;
    this.#id = id;
    this.#open = open;
    this.#paused = paused;
    this.#steps = open.job.preparationSteps();
    post({
      type: 'opened',
      job: id,
      works: open.works,
      preliminaryItems: open.job.preliminaryItems(),
      startable: open.job.startable(),
      edges: open.edges,
    });
  }

  get ready(): boolean {
    return !this.#paused && (this.#calls.length > 0 || this.#current !== null || this.#queue.length > 0);
  }

  receive(message: ToJob): void {
    switch (message.type) {
      case 'items':
        this.#queue.push(...message.items);
        break;
      case 'pause':
        this.#paused = message.paused;
        this.#report();
        break;
      case 'add':
        this.#calls.push(() => {
          message.items.forEach((item, i) => this.#open.job.add(item, message.values[i]!));
        });
        break;
      case 'fold':
        this.#calls.push(() => {
          this.#post({ type: 'document', job: this.#id, json: this.#open.document!() });
        });
        break;
      case 'open':
      case 'close':
        break;
    }
  }

  step(deadline: number): void {
    while (this.#stepsPrepared < this.#steps) {
      this.#open.job.prepare(this.#stepsPrepared++);
      if (performance.now() >= deadline) return;
    }
    for (const call of this.#calls.splice(0)) call();
    if (!this.#paused) this.#pace.keep(deadline, (work) => this.#advance(work));
    if (!this.ready || performance.now() - this.#reported >= reportMilliseconds) this.#report();
  }

  delete(): void {
    this.#open.job.delete();
  }

  /** Returns the work done, 0 when there is none left. */
  #advance(work: number): number {
    const { job, works } = this.#open;
    if (!this.#current) {
      const item = this.#queue.shift();
      if (item === undefined) return 0;
      job.begin(item);
      this.#current = { item, fraction: 0 };
    }
    const { item, fraction } = this.#current;
    const finished = job.advance(work);
    this.#current.fraction = finished ? 1 : job.fractionDone();
    const done = (this.#current.fraction - fraction) * works[item]!;
    if (finished) {
      this.#finished.push({ item, values: job.values() });
      this.#current = null;
    }
    return done;
  }

  #report(): void {
    const { job, works } = this.#open;
    this.#post({
      type: 'report',
      job: this.#id,
      items: this.#finished.map(({ item }) => item),
      values: this.#finished.map(({ values }) => values),
      startable: job.startable(),
      underWay: this.#current ? this.#current.fraction * works[this.#current.item]! : 0,
      pace: this.#pace.perMillisecond,
    });
    this.#finished = [];
    this.#reported = performance.now();
  }
}
