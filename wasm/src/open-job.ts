/** How a request becomes a job of the core's. */

import type { AttentionMatrix, Core, ExperimentJob, InputArrays, Job, RowsJob } from './core.ts';
import type { Arrays, JobRequest, MatrixRequest } from './messages.ts';

export interface OpenJob {
  job: Job;
  works: Float64Array<ArrayBuffer>;
  /** Of a job whose items are ranges of rows. */
  edges: Float64Array<ArrayBuffer> | null;
  /** Of what was added; null for jobs that are put together elsewhere. */
  document: (() => string) | null;
}

/** Throws the sentence that says what is wrong with the request. */
export function openJob(core: Core, request: JobRequest, matrices: Matrices): OpenJob {
  switch (request.kind) {
    case 'experiment':
    case 'replicates':
    case 'limit':
      return ofExperiment(
        withArrays(core, request.inputs, (inputs) => new core.ExperimentJob(request.spec, inputs)),
        request.kind,
      );
    case 'attention':
      return ofRows(
        withArrays(
          core,
          request.arrays,
          (arrays) => new core.AttentionJob(arrays, request.scale, request.deterministic, request.spread),
        ),
      );
    case 'tokens':
      return ofRows(
        withArrays(
          core,
          request.inputs,
          (inputs) => new core.TokensJob(request.spec, inputs, request.n, request.replicate),
        ),
      );
    case 'weights':
      return ofRows(
        new core.WeightsJob(
          matrices.get(core, request.matrix),
          ...request.rows,
          ...request.columns,
          request.side,
        ),
      );
  }
}

function ofExperiment(job: ExperimentJob, kind: 'experiment' | 'replicates' | 'limit'): OpenJob {
  const works = job.works();
  switch (kind) {
    case 'experiment':
      return { job, works, edges: null, document: () => job.result() };
    case 'replicates':
      return { job, works, edges: null, document: () => JSON.stringify(job.shape()) };
    case 'limit':
      return { job, works: works.slice(0, job.limitItems()), edges: null, document: () => job.limit() };
  }
}

function ofRows(job: RowsJob): OpenJob {
  return { job, works: job.works(), edges: job.edges(), document: null };
}

/** What `use` makes of the arrays keeps what it needs of them. */
export function withArrays<Made>(core: Core, arrays: Arrays, use: (arrays: InputArrays) => Made): Made {
  const inputs = new core.InputArrays();
  try {
    for (const [name, { data, shape, strides }] of Object.entries(arrays)) {
      const type = data instanceof Float64Array ? 'float64' : 'float32';
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      inputs.add(name, type, bytes, shape, strides ?? []);
    }
    return use(inputs);
  } finally {
    inputs.delete();
  }
}

const matricesKept = 2;

/** The last attention matrices: the parts of a picture do not make the same tokens again. */
export class Matrices {
  readonly #kept = new Map<string, AttentionMatrix>();

  get(core: Core, request: MatrixRequest): AttentionMatrix {
    return withArrays(core, 'arrays' in request ? request.arrays : request.inputs, (arrays) => {
      const key = JSON.stringify({ ...request, arrays: arrays.fingerprint(), inputs: null });
      const found = this.#kept.get(key) ?? make(core, request, arrays);
      // The last one used is the last one to go.
      this.#kept.delete(key);
      this.#kept.set(key, found);
      const [oldest] = this.#kept;
      if (this.#kept.size > matricesKept && oldest) {
        this.#kept.delete(oldest[0]);
        oldest[1].delete();
      }
      return found;
    });
  }
}

function make(core: Core, request: MatrixRequest, arrays: InputArrays): AttentionMatrix {
  if ('arrays' in request) return new core.AttentionMatrix(arrays, request.scale, request.deterministic);
  const { spec, n, head, replicate } = request;
  return new core.AttentionMatrix(spec, arrays, n, head, replicate);
}
