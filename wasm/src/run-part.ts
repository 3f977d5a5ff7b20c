import type { Core, ExperimentRun } from './core.ts';
import type { FromRun, ToRun } from './messages.ts';
import { Pace, type Job } from './slices.ts';

const reportMilliseconds = 30;

/** A worker's part in one run: executes the items that it is given and, when asked to, merges everyone's. */
export class RunPart implements Job {
  readonly #post: (message: FromRun) => void;
  readonly #run: number;
  readonly #handle: ExperimentRun;
  readonly #works: Float64Array<ArrayBuffer>;
  readonly #pace = new Pace();
  #queue: number[] = [];
  #current: { item: number; fraction: number } | null = null;
  #paused: boolean;
  #finished: { item: number; values: Float64Array<ArrayBuffer> }[] = [];
  #reported = 0;

  /** Throws the sentence that says what is wrong with the spec. */
  constructor(core: Core, open: ToRun & { type: 'open' }, post: (message: FromRun) => void) {
    this.#post = post;
    this.#run = open.run;
    this.#paused = open.paused;
    this.#handle = new core.ExperimentRun(open.spec);
    this.#works = this.#handle.works();
    post({ type: 'opened', run: open.run, works: this.#works });
  }

  get ready(): boolean {
    return !this.#paused && (this.#current !== null || this.#queue.length > 0);
  }

  receive(message: ToRun): void {
    switch (message.type) {
      case 'items':
        this.#queue.push(...message.items);
        break;
      case 'pause':
        this.#paused = message.paused;
        this.#report();
        break;
      case 'add':
        message.items.forEach((item, i) => this.#handle.add(item, message.values[i]!));
        break;
      case 'fold':
        this.#post({ type: 'result', run: this.#run, json: this.#handle.result() });
        break;
      case 'open':
      case 'close':
        break;
    }
  }

  step(deadline: number): void {
    this.#pace.keep(deadline, (work) => this.#advance(work));
    if (!this.ready || performance.now() - this.#reported >= reportMilliseconds) this.#report();
  }

  delete(): void {
    this.#handle.delete();
  }

  /** Returns the work done, 0 when there is none left. */
  #advance(work: number): number {
    if (!this.#current) {
      const item = this.#queue.shift();
      if (item === undefined) return 0;
      this.#handle.begin(item);
      this.#current = { item, fraction: 0 };
    }
    const { item, fraction } = this.#current;
    const finished = this.#handle.advance(work);
    this.#current.fraction = finished ? 1 : this.#handle.fractionDone();
    const done = (this.#current.fraction - fraction) * this.#works[item]!;
    if (finished) {
      this.#finished.push({ item, values: this.#handle.values() });
      this.#current = null;
    }
    return done;
  }

  #report(): void {
    this.#post({
      type: 'report',
      run: this.#run,
      items: this.#finished.map(({ item }) => item),
      values: this.#finished.map(({ values }) => values),
      underWay: this.#current ? this.#current.fraction * this.#works[this.#current.item]! : 0,
      pace: this.#pace.perMillisecond,
    });
    this.#finished = [];
    this.#reported = performance.now();
  }
}
