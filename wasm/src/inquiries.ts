import type { Attention } from './api.ts';
import type { ArrayAttention, AttentionMatrix, Core, TokenSampler } from './core.ts';
import type { ArrayRequest, AttentionBlock, AttentionRequest, Questions } from './messages.ts';
import { Pace, type Job } from './slices.ts';

/** A job that ends with one answer. `transfer` is what of it may be moved instead of copied. */
export type Finish<Answer> = (answer: Answer, transfer: ArrayBuffer[]) => void;

export interface Inquiry extends Job {
  delete(): void;
}

/** The first tokens of a law. */
export class TokensInquiry implements Inquiry {
  readonly ready = true;
  readonly #finish: Finish<Questions['tokens']['answer']>;
  readonly #sampler: TokenSampler;
  readonly #n: number;
  readonly #dimension: number;
  readonly #work: number;
  readonly #values: Float32Array<ArrayBuffer>;
  readonly #pace = new Pace();
  #made = 0;

  constructor(
    core: Core,
    request: Questions['tokens']['ask'],
    finish: Finish<Questions['tokens']['answer']>,
  ) {
    this.#finish = finish;
    this.#sampler = new core.TokenSampler(request.spec, request.n, request.replicate);
    this.#n = request.n;
    this.#dimension = this.#sampler.dimension();
    this.#work = this.#sampler.work();
    this.#values = new Float32Array(this.#n * this.#dimension);
  }

  step(deadline: number): void {
    this.#pace.keep(deadline, (work) => {
      const count = Math.min(this.#n - this.#made, Math.ceil(work / this.#work));
      if (count > 0) this.#values.set(this.#sampler.sample(this.#made, count), this.#made * this.#dimension);
      this.#made += count;
      return count * this.#work;
    });
    if (this.#made === this.#n) {
      this.#finish({ dimension: this.#dimension, values: this.#values }, [this.#values.buffer]);
    }
  }

  delete(): void {
    this.#sampler.delete();
  }
}

/** Keeps the memory of a block of weights small beside that of the answer. */
const rowsPerBlock = 64;

/** A rectangle of the attention matrix, pooled. */
export class AttentionInquiry implements Inquiry {
  readonly ready = true;
  readonly #finish: Finish<AttentionBlock>;
  readonly #request: AttentionRequest;
  readonly #matrix: AttentionMatrix;
  readonly #block: AttentionBlock;
  readonly #pace = new Pace();
  /** Where the rows under way start. */
  #row: number;

  constructor(core: Core, request: AttentionRequest, finish: Finish<AttentionBlock>) {
    const { rows, columns, side } = request;
    this.#finish = finish;
    this.#request = request;
    this.#row = rows[0];
    this.#matrix = new core.AttentionMatrix(request.spec, request.n, request.head, request.replicate);
    const height = rows[1] - rows[0];
    const size = Math.ceil(height / side) * this.#width;
    const largest = new Float32Array(size);
    this.#block = {
      largest,
      mean: side === 1 ? largest : new Float32Array(size),
      logSumExp: new Float64Array(height),
      participation: new Float64Array(height),
    };
    this.#matrix.begin(this.#row, this.#lastRow, ...columns, side);
  }

  step(deadline: number): void {
    this.#pace.keep(deadline, (work) => {
      if (this.#done) return 0;
      if (this.#matrix.advance(work)) this.#takeRows();
      return work;
    });
    if (this.#done) {
      const arrays = new Set(
        Object.values(this.#block as Record<keyof AttentionBlock, { buffer: ArrayBuffer }>),
      );
      this.#finish(
        this.#block,
        [...arrays].map(({ buffer }) => buffer),
      );
    }
  }

  delete(): void {
    this.#matrix.delete();
  }

  get #done(): boolean {
    return this.#row === this.#request.rows[1];
  }

  /** Of a row of blocks. */
  get #width(): number {
    const { columns, side } = this.#request;
    return Math.ceil((columns[1] - columns[0]) / side);
  }

  /** Whole blocks, where there are. */
  get #lastRow(): number {
    const { rows, side } = this.#request;
    return Math.min(rows[1], this.#row + side * Math.ceil(rowsPerBlock / side));
  }

  #takeRows(): void {
    const { rows, columns, side } = this.#request;
    const row = this.#row - rows[0];
    const { largest, mean, logSumExp, participation } = this.#block;
    largest.set(this.#matrix.largest(), (row / side) * this.#width);
    if (mean !== largest) mean.set(this.#matrix.mean(), (row / side) * this.#width);
    logSumExp.set(this.#matrix.logSumExp(), row);
    participation.set(this.#matrix.participation(), row);
    this.#row = this.#lastRow;
    if (!this.#done) this.#matrix.begin(this.#row, this.#lastRow, ...columns, side);
  }
}

/** Queries that are attended to together. */
const queriesPerBlock = 96;
/** Numbers that are copied at a time. */
const numbersPerPart = 1 << 18;

/** Attention over a caller's arrays. */
export class ArrayInquiry implements Inquiry {
  readonly ready = true;
  readonly #finish: Finish<Attention>;
  readonly #request: ArrayRequest;
  readonly #attention: ArrayAttention;
  readonly #answer: { output: Float32Array<ArrayBuffer>; logSumExp: Float64Array<ArrayBuffer> };
  readonly #pace = new Pace();
  #keysTaken = 0;
  /** Where the queries under way start. */
  #query = 0;

  constructor(core: Core, request: ArrayRequest, finish: Finish<Attention>) {
    const { dimension, valueDimension, scale, deterministic } = request;
    const queries = request.queries.length / dimension;
    this.#finish = finish;
    this.#request = request;
    this.#attention = new core.ArrayAttention(
      request.keys.length / dimension,
      dimension,
      valueDimension,
      scale,
      deterministic,
    );
    this.#answer = {
      output: new Float32Array(queries * valueDimension),
      logSumExp: new Float64Array(queries),
    };
  }

  step(deadline: number): void {
    this.#pace.keep(deadline, (work) => this.#advance(work));
    const { output, logSumExp } = this.#answer;
    if (this.#done) this.#finish(this.#answer, [output.buffer, logSumExp.buffer]);
  }

  delete(): void {
    this.#attention.delete();
  }

  get #done(): boolean {
    return this.#query === this.#answer.logSumExp.length;
  }

  /** Returns the work done, 0 when there is none left. */
  #advance(work: number): number {
    if (this.#done) return 0;
    if (this.#keysTaken < this.#request.keys.length / this.#request.dimension) return this.#takeKeys();
    if (this.#attention.advance(work)) this.#takeOutput();
    return work;
  }

  #takeKeys(): number {
    const { keys, values, dimension, valueDimension } = this.#request;
    const first = this.#keysTaken;
    const last = Math.min(
      keys.length / dimension,
      first + Math.ceil(numbersPerPart / (dimension + valueDimension)),
    );
    this.#attention.append(
      keys.subarray(first * dimension, last * dimension),
      values.subarray(first * valueDimension, last * valueDimension),
    );
    this.#keysTaken = last;
    if (last === keys.length / dimension) this.#begin();
    return (last - first) * (dimension + valueDimension);
  }

  #begin(): void {
    const { queries, dimension } = this.#request;
    this.#attention.begin(
      queries.subarray(this.#query * dimension, (this.#query + queriesPerBlock) * dimension),
    );
  }

  #takeOutput(): void {
    const logSumExp = this.#attention.logSumExp();
    this.#answer.output.set(this.#attention.output(), this.#query * this.#request.valueDimension);
    this.#answer.logSumExp.set(logSumExp, this.#query);
    this.#query += logSumExp.length;
    if (!this.#done) this.#begin();
  }
}
