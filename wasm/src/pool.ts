import type { Variant } from './api.ts';
import type { Binary, CompiledBinary } from './binary.ts';
import type {
  FromJob,
  FromWorker,
  Kind,
  Loaded,
  Question,
  Questions,
  ToJob,
  ToWorker,
  WasmSource,
} from './messages.ts';
import { startThread, type Thread } from './thread.ts';

/** What one worker of a job tells who runs it. */
export interface JobListener {
  message(message: FromJob): void;
  /** The worker is no more. */
  failure(error: Error): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

export interface PoolOptions {
  variant: Variant;
  size: number;
  binary: Binary;
  /** Null: the one beside this module. */
  worker: URL | null;
}

/** A worker with the core in it. */
export class PoolWorker {
  readonly #pool: Pool;
  readonly #thread: Thread;
  readonly #waiting = new Map<number, Waiting>();
  readonly #jobs = new Map<number, JobListener>();
  /** Whether the core is in it; what it is told before waits until then. */
  ready = false;

  constructor(pool: Pool, script: URL | null) {
    this.#pool = pool;
    this.#thread = startThread(script, {
      message: (message) => this.#receive(message),
      failure: (error) => this.#pool.replace(this, error),
    });
  }

  /** How much it has to do. */
  get busyness(): number {
    return this.#waiting.size + this.#jobs.size;
  }

  async load({ variant, binary }: WasmSource): Promise<Loaded> {
    const loaded = await this.#send<Loaded>((id) => ({ type: 'load', id, variant, binary }));
    this.ready = true;
    return loaded;
  }

  /** Rejects with the core's sentence. */
  ask<K extends Kind>(question: Extract<Question, { kind: K }>): Promise<Questions[K]['answer']> {
    return this.#send((id) => ({ type: 'ask', id, question }));
  }

  openJob(job: number, listener: JobListener, message: ToJob): void {
    this.#jobs.set(job, listener);
    this.#thread.post(message);
    this.#pool.busynessChanged();
  }

  post(message: ToJob): void {
    if (this.#jobs.has(message.job)) this.#thread.post(message);
  }

  closeJob(job: number): void {
    if (!this.#jobs.delete(job)) return;
    this.#thread.post({ type: 'close', job });
    this.#pool.busynessChanged();
  }

  keepAlive(alive: boolean): void {
    this.#thread.keepAlive(alive);
  }

  end(error: Error): void {
    this.#thread.end();
    const waiting = [...this.#waiting.values()];
    const jobs = [...this.#jobs.values()];
    this.#waiting.clear();
    this.#jobs.clear();
    for (const one of waiting) one.reject(error);
    for (const job of jobs) job.failure(error);
  }

  #send<Answer>(message: (id: number) => ToWorker): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.#pool.nextId();
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      this.#thread.post(message(id));
      this.#pool.busynessChanged();
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'answer':
        return this.#settle(message.id)?.resolve(message.answer);
      case 'refusal':
        return this.#settle(message.id)?.reject(new Error(message.message));
      case 'broken':
        return this.#pool.replace(this, new Error(`The computation stopped: ${message.message}`));
      default:
        return this.#jobs.get(message.job)?.message(message);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#pool.busynessChanged();
    return waiting;
  }
}

/** The workers. The first one compiles the core and hands it to the others. */
export class Pool {
  readonly size: number;
  readonly #options: PoolOptions;
  #workers: PoolWorker[] = [];
  #binary: CompiledBinary | null = null;
  #closed: Error | null = null;
  #lastId = 0;

  private constructor(options: PoolOptions) {
    this.#options = options;
    this.size = options.size;
  }

  /** Resolves when the first worker is ready; the others may still be starting. */
  static async start(options: PoolOptions): Promise<{ pool: Pool; version: string }> {
    const pool = new Pool(options);
    try {
      const [first, ...others] = Array.from({ length: options.size }, () => pool.#add());
      const { binary, version } = await first!.load(options);
      pool.#binary = binary;
      for (const worker of others) pool.#load(worker, binary);
      return { pool, version };
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** At most `count` workers, at least one: those that are ready first, then the least busy. */
  choose(count: number): PoolWorker[] {
    if (this.#closed) throw this.#closed;
    if (this.#workers.length === 0) throw new Error('No worker is left; expected memory for one more.');
    const rank = (worker: PoolWorker) => (worker.ready ? 0 : 1e6) + worker.busyness;
    return [...this.#workers].sort((a, b) => rank(a) - rank(b)).slice(0, count);
  }

  /** A worker that failed may be in any state: another one takes its place. */
  replace(worker: PoolWorker, error: Error): void {
    if (this.#closed || !this.#workers.includes(worker)) return;
    this.#workers = this.#workers.filter((one) => one !== worker);
    // One that never got ready would fail again; the others do its work.
    if (worker.ready && this.#binary) this.#load(this.#add(), this.#binary);
    worker.end(error);
  }

  /** A Node process stays alive while a worker has something to do, and no longer. */
  busynessChanged(): void {
    const busy = this.#workers.some((worker) => worker.busyness > 0);
    for (const worker of this.#workers) worker.keepAlive(busy);
  }

  close(): void {
    this.#closed ??= new Error('This Asymptoken is closed.');
    for (const worker of this.#workers.splice(0)) worker.end(this.#closed);
  }

  #add(): PoolWorker {
    const worker = new PoolWorker(this, this.#options.worker);
    this.#workers.push(worker);
    return worker;
  }

  #load(worker: PoolWorker, binary: CompiledBinary): void {
    worker
      .load({ variant: this.#options.variant, binary })
      .catch((error: Error) => this.replace(worker, error));
  }
}
