import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { ToWorker } from '../../wasm/src/messages.ts';

/** What the workers of a pool are told, and when: the one that compiles the core is number 0. */
export class Threads {
  /** To each worker, in the order in which it was posted. */
  readonly told: ToWorker[][] = [];
  readonly #threads: Worker[] = [];
  readonly #held = new Map<number, (() => void)[]>();

  /** From now until the test ends. */
  constructor(t: TestContext) {
    const original = Worker.prototype.postMessage;
    const receive = (thread: Worker, message: ToWorker, send: () => void) => {
      if (!this.#threads.includes(thread)) this.told[this.#threads.push(thread) - 1] = [];
      const index = this.#threads.indexOf(thread);
      this.told[index]!.push(message);
      const held = this.#held.get(index);
      if (held) held.push(send);
      else send();
    };
    t.mock.method(Worker.prototype, 'postMessage', function (this: Worker, message: ToWorker, transfer?: []) {
      receive(this, message, () => original.call(this, message, transfer));
    });
  }

  /** What this worker is told waits. */
  hold(index: number): void {
    this.#held.set(index, []);
  }

  release(index: number): void {
    const waiting = this.#held.get(index) ?? [];
    this.#held.delete(index);
    for (const send of waiting) send();
  }

  /** Items that the worker was given so far. */
  itemsOf(index: number): number[] {
    return (this.told[index] ?? []).flatMap((message) => (message.type === 'items' ? message.items : []));
  }
}
