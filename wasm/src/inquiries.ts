import type { AttentionMatrix, Core, TokenSampler } from './core.ts';
import type { AttentionBlock, AttentionRequest, Questions } from './messages.ts';
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

/** A rectangle of the attention matrix. */
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
    const { rows, columns } = request;
    this.#finish = finish;
    this.#request = request;
    this.#row = rows[0];
    this.#matrix = new core.AttentionMatrix(request.spec, request.n, request.head, request.replicate);
    this.#block = {
      weights: new Float32Array((rows[1] - rows[0]) * (columns[1] - columns[0])),
      logSumExp: new Float64Array(rows[1] - rows[0]),
    };
    this.#matrix.begin(this.#row, this.#lastRow, ...columns);
  }

  step(deadline: number): void {
    this.#pace.keep(deadline, (work) => {
      if (this.#done) return 0;
      if (this.#matrix.advance(work)) this.#takeRows();
      return work;
    });
    if (this.#done) {
      this.#finish(this.#block, [this.#block.weights.buffer, this.#block.logSumExp.buffer]);
    }
  }

  delete(): void {
    this.#matrix.delete();
  }

  get #done(): boolean {
    return this.#row === this.#request.rows[1];
  }

  get #lastRow(): number {
    return Math.min(this.#request.rows[1], this.#row + rowsPerBlock);
  }

  #takeRows(): void {
    const { rows, columns } = this.#request;
    this.#block.weights.set(this.#matrix.weights(), (this.#row - rows[0]) * (columns[1] - columns[0]));
    this.#block.logSumExp.set(this.#matrix.logSumExp(), this.#row - rows[0]);
    this.#row = this.#lastRow;
    if (!this.#done) this.#matrix.begin(this.#row, this.#lastRow, ...columns);
  }
}
