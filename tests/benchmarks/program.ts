/** A contestant that is a program; contestants/contestant.hpp has the protocol. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Contestant, Entry, Times, Workload } from './comparison.ts';

/** An entry that starts the program; threads of the peers' libraries are limited to those asked for. */
export function program(command: string, args: string[] = []): Entry {
  return (workload, threads) => Program.start(command, args, workload, threads);
}

class Program implements Contestant {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  name = '';
  error = Number.NaN;

  private constructor(command: string, args: string[], threads: number) {
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Its matrix products are called from threads of its own, where OpenBLAS would add threads to threads.
      env: { ...process.env, OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: '1' },
    });
    this.#lines = createInterface(this.#process.stdout!)[Symbol.asyncIterator]();
  }

  static async start(command: string, args: string[], workload: Workload, threads: number): Promise<Program> {
    const started = new Program(command, args, threads);
    const { contestant, error } = (await started.#ask({ ...workload, threads })) as {
      contestant: string;
      error: number;
    };
    started.name = contestant;
    started.error = error;
    return started;
  }

  async measure(seconds: number): Promise<Times> {
    return (await this.#ask({ seconds })) as Times;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.stdin!.end();
    await once(this.#process, 'exit');
  }

  async #ask(question: object): Promise<unknown> {
    this.#process.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#process.spawnargs.join(' ')} ended in the middle of a comparison`);
    return JSON.parse(value);
  }
}
