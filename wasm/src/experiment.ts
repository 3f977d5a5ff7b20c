import type { Inputs, Limit, LimitOptions, Replicates, Result, RunOptions, Spec } from './api.ts';
import { checkedInputs } from './arguments.ts';
import type { ReplicateShape } from './core.ts';
import { JobRun } from './job-run.ts';
import type { JobRequest } from './messages.ts';
import { nodeModule } from './node.ts';
import type { Pool } from './pool.ts';

/** Runs an experiment on the pool. Rejects with the core's sentence, or with the signal's reason. */
export function run(pool: Pool, spec: Spec, options: RunOptions = {}): Promise<Result> {
  const request = requestOf('experiment', spec, options.inputs);
  return new Promise((...settle) => new ExperimentRun(pool, request, options, settle));
}

/** What is known of it without running it. */
export function limit(pool: Pool, spec: Spec, options: LimitOptions = {}): Promise<Limit> {
  const request = requestOf('limit', spec, options.inputs);
  return new Promise((...settle) => new LimitRun(pool, request, options, settle));
}

/** What each replicate measures. */
export function replicates(pool: Pool, spec: Spec, options: LimitOptions = {}): Promise<Replicates> {
  const request = requestOf('replicates', spec, options.inputs);
  return new Promise((...settle) => new ReplicatesRun(pool, request, options, settle));
}

function requestOf(kind: 'experiment' | 'replicates' | 'limit', spec: Spec, inputs: Inputs = {}): JobRequest {
  return { kind, spec: JSON.stringify(spec), inputs: checkedInputs(inputs) };
}

class ExperimentRun extends JobRun<Result> {
  readonly #options: RunOptions;
  #changed = false;
  #folding = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    pool: Pool,
    request: JobRequest,
    options: RunOptions,
    settle: [(result: Result) => void, (error: unknown) => void],
  ) {
    super(pool, request, options, settle);
    this.#options = options;
  }

  protected override found(items: number[], values: Float64Array<ArrayBuffer>[]): void {
    this.folder.post({ type: 'add', job: this.id, items, values });
    this.#changed = true;
    this.#fold();
  }

  protected override complete(): void {
    this.#fold();
  }

  /** Asks for the result so far; while there is more to come, not more often than the caller wants it. */
  #fold(): void {
    if (this.#folding || this.isOver) return;
    if (!this.isComplete && (!this.#changed || !this.#options.onPartial || this.#timer !== undefined)) return;
    this.#changed = false;
    this.#folding = true;
    this.folder.post({ type: 'fold', job: this.id });
  }

  protected override folded(json: string): void {
    this.#folding = false;
    try {
      const result = JSON.parse(json) as Result;
      result.provenance.wall_seconds = this.progress.secondsRunning;
      if (nodeModule('node:worker_threads')) result.provenance.target = 'node';
      this.#options.onPartial?.(result, { ...this.progress, items: result.items });
      if (result.complete) return this.succeed(result);
    } catch (error) {
      // Thrown by onPartial: whoever started the run hears of it.
      return this.fail(error);
    }
    if (this.isOver) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#fold();
    }, this.#options.partialInterval ?? 100);
    // All that was missing may have come while this was under way.
    if (this.isComplete) this.#fold();
  }

  protected override ended(): void {
    clearTimeout(this.#timer);
  }
}

class ReplicatesRun extends JobRun<Replicates> {
  readonly #values: Float64Array[] = [];

  protected override found(items: number[], values: Float64Array<ArrayBuffer>[]): void {
    items.forEach((item, i) => (this.#values[item] = values[i]!));
  }

  protected override complete(): void {
    this.folder.post({ type: 'fold', job: this.id });
  }

  protected override folded(json: string): void {
    const found = this.#values.slice(this.preliminaryItems);
    const values = new Float64Array(found.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const one of found) {
      values.set(one, at);
      at += one.length;
    }
    this.succeed({ ...(JSON.parse(json) as ReplicateShape), values });
  }
}

class LimitRun extends JobRun<Limit> {
  protected override found(): void {}

  protected override complete(): void {
    this.folder.post({ type: 'fold', job: this.id });
  }

  protected override folded(json: string): void {
    this.succeed(JSON.parse(json) as Limit);
  }
}
