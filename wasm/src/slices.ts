/** Cuts a worker's work into slices, so that it hears what the page says in between. */

const sliceMilliseconds = 10;

export interface Sliced {
  /** Whether there is something to do now. */
  readonly ready: boolean;
  /** Works until `deadline`, by performance.now(). */
  step(deadline: number): void;
}

/** Gives slices to jobs in turn. */
export class Slices {
  #jobs: { job: Sliced; fail: (error: unknown) => void }[] = [];
  readonly #soon = soon(() => this.#next());
  #due = false;

  /** `fail` hears of it when a step throws; the job is then no longer here. */
  add(job: Sliced, fail: (error: unknown) => void): void {
    this.#jobs.push({ job, fail });
    this.wake();
  }

  remove(job: Sliced): void {
    this.#jobs = this.#jobs.filter((each) => each.job !== job);
  }

  /** Call it when a job has become ready. */
  wake(): void {
    if (this.#due || !this.#jobs.some(({ job }) => job.ready)) return;
    this.#due = true;
    this.#soon();
  }

  #next(): void {
    this.#due = false;
    const turn = this.#jobs.find(({ job }) => job.ready);
    if (!turn) return;
    this.remove(turn.job);
    this.#jobs.push(turn);
    try {
      turn.job.step(performance.now() + sliceMilliseconds);
    } catch (error) {
      this.remove(turn.job);
      turn.fail(error);
    }
    this.wake();
  }
}

/** A function that has `task` done once what is waiting has been heard, and without the delay of a timer. */
function soon(task: () => void): () => void {
  // Node would go through a thousand messages to oneself before it looks at another port.
  const { setImmediate } = globalThis as { setImmediate?: (task: () => void) => void };
  if (setImmediate) return () => setImmediate(task);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = task;
  return () => port2.postMessage(null);
}

/** Learns how much work fits in a time. */
export class Pace {
  /** Below any machine's speed, so that the first steps are short. */
  #perMillisecond = 2e4;
  #learned = false;

  get perMillisecond(): number {
    return this.#perMillisecond;
  }

  /** Does `step` again and again until the deadline, or until it returns 0; it returns the work that it did. */
  keep(deadline: number, step: (work: number) => number): void {
    const start = performance.now();
    // Some browsers round the clock to many milliseconds; the work done is then the better clock.
    const most = this.#perMillisecond * (deadline - start) * (this.#learned ? 2 : 100);
    let now = start;
    let total = 0;
    while (now < deadline && total < most) {
      const done = step(this.#perMillisecond * Math.min(deadline - now, (deadline - start) / 4));
      if (done === 0) break;
      total += done;
      now = performance.now();
    }
    if (now - start >= 1) this.#learn(total / (now - start));
  }

  #learn(rate: number): void {
    this.#perMillisecond = this.#learned ? 0.7 * this.#perMillisecond + 0.3 * rate : rate;
    this.#learned = true;
  }
}
