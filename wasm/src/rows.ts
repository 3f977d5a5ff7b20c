/** Jobs whose answer is a row for each query or token: each worker finds some of them. */

import type {
  AttendRequest,
  Attention,
  AttentionSource,
  Control,
  Heatmap,
  HeatmapRequest,
  Inputs,
  PooledHeatmap,
  PooledHeatmapRequest,
  Spec,
  Tokens,
} from './api.ts';
import { checkedArray, checkedInputs, finite, numbers, range, wholeNumber } from './arguments.ts';
import { JobRun } from './job-run.ts';
import type { Arrays, JobRequest, MatrixRequest } from './messages.ts';
import type { Pool } from './pool.ts';

/** Hears of rows first .. last-1 as they are found, in any order. */
type RowSink = (values: Float64Array<ArrayBuffer>, first: number, last: number) => void;

class RowsRun extends JobRun<void> {
  readonly #sink: RowSink;
  #edges = new Float64Array();

  constructor(
    pool: Pool,
    request: JobRequest,
    control: Control,
    sink: RowSink,
    settle: [() => void, (error: unknown) => void],
  ) {
    super(pool, request, control, settle);
    this.#sink = sink;
  }

  protected override opened(edges: Float64Array<ArrayBuffer>): void {
    this.#edges = edges;
  }

  protected override found(items: number[], values: Float64Array<ArrayBuffer>[]): void {
    items.forEach((item, i) => this.#sink(values[i]!, this.#edges[item]!, this.#edges[item + 1]!));
  }

  protected override complete(): void {
    this.succeed();
  }
}

function runRows(pool: Pool, request: JobRequest, control: Control, sink: RowSink): Promise<void> {
  return new Promise((...settle) => new RowsRun(pool, request, control, sink, settle));
}

const mostDimensions = 65536;

export async function attend(pool: Pool, request: AttendRequest): Promise<Attention> {
  const dimension = wholeNumber('dimension', request.dimension, 1, mostDimensions);
  const scale = finite('scale', request.scale ?? 1 / Math.sqrt(dimension));
  const queries = numbers('queries', request.queries, dimension);
  const keys = numbers('keys', request.keys, dimension);
  const count = keys.length / dimension;
  const values = numbers('values', request.values, count);
  const width = values.length / count;
  const rows = queries.length / dimension;
  const { deterministic = false, spread = false } = request;
  const output = new Float32Array(rows * width);
  const perQuery = ['logSumExp', ...(spread ? ['participation', 'entropy'] : [])].map(
    (name) => [name, new Float64Array(rows)] as const,
  );
  const take: RowSink = (found, first, last) => {
    for (let row = first, at = 0; row < last; ++row, at += width + perQuery.length) {
      output.set(found.subarray(at, at + width), row * width);
      perQuery.forEach(([, numbers], i) => (numbers[row] = found[at + width + i]!));
    }
  };
  const arrays: Arrays = {
    queries: checkedArray('queries', { data: queries, shape: [rows, dimension] }),
    keys: checkedArray('keys', { data: keys, shape: [count, dimension] }),
    values: checkedArray('values', { data: values, shape: [count, width] }),
  };
  await runRows(pool, { kind: 'attention', arrays, scale, deterministic, spread }, request, take);
  return { output, ...(Object.fromEntries(perQuery) as Omit<Attention, 'output'>) };
}

const mostTokens = 2 ** 31 - 1;
const mostPictureTokens = 65536;
const mostWeights = 2 ** 29;
const mostSide = 1024;

export async function tokens(
  pool: Pool,
  spec: Spec,
  n: number,
  replicate = 0,
  inputs: Inputs = {},
): Promise<Tokens> {
  wholeNumber('n', n, 1, mostTokens);
  wholeNumber('replicate', replicate, 0, mostTokens);
  let dimension = 0;
  let values = new Float32Array();
  const take: RowSink = (found, first, last) => {
    if (dimension === 0) {
      dimension = found.length / (last - first);
      values = new Float32Array(n * dimension);
    }
    values.set(found, first * dimension);
  };
  const request = { spec: JSON.stringify(spec), inputs: checkedInputs(inputs), n, replicate };
  await runRows(pool, { kind: 'tokens', ...request }, {}, take);
  return { n, dimension, values };
}

export async function heatmap(
  pool: Pool,
  source: AttentionSource,
  request: HeatmapRequest,
): Promise<Heatmap> {
  const { rows, columns, largest, logSumExp } = await pooledHeatmap(pool, source, { ...request, side: 1 });
  return { rows, columns, weights: largest, logSumExp };
}

export async function pooledHeatmap(
  pool: Pool,
  source: AttentionSource,
  request: PooledHeatmapRequest,
): Promise<PooledHeatmap> {
  const { queries, keys, matrix } = matrixOf(source, request);
  const rows = range('rows', request.rows, queries);
  const columns = range('columns', request.columns, keys);
  const side = wholeNumber('side', request.side, 1, mostSide);
  const count = rows[1] - rows[0];
  const height = Math.ceil(count / side);
  const width = Math.ceil((columns[1] - columns[0]) / side);
  if (height * width > mostWeights) {
    throw new Error(`rows x columns is ${height} x ${width}; expected at most ${mostWeights} weights (2 GB)`);
  }
  const largest = new Float32Array(height * width);
  const mean = side === 1 ? largest : new Float32Array(height * width);
  const logSumExp = new Float64Array(count);
  const participation = new Float64Array(count);
  const take: RowSink = (found, first, last) => {
    const row = first - rows[0];
    const blocks = Math.ceil((last - first) / side) * width;
    let at = 0;
    const copy = (to: Float32Array | Float64Array, start: number, length: number) => {
      to.set(found.subarray(at, at + length), start);
      at += length;
    };
    copy(largest, (row / side) * width, blocks);
    if (side > 1) copy(mean, (row / side) * width, blocks);
    copy(logSumExp, row, last - first);
    copy(participation, row, last - first);
  };
  await runRows(pool, { kind: 'weights', matrix, rows, columns, side }, request, take);
  return { rows, columns, side, largest, mean, logSumExp, participation };
}

function matrixOf(
  source: AttentionSource,
  request: HeatmapRequest,
): { queries: number; keys: number; matrix: MatrixRequest } {
  if (!('keys' in source)) {
    const n = wholeNumber('n', request.n, 1, mostPictureTokens);
    const head = wholeNumber('head', request.head ?? 0, 0, mostTokens);
    const replicate = wholeNumber('replicate', request.replicate ?? 0, 0, mostTokens);
    const inputs = checkedInputs(request.inputs ?? {});
    return {
      queries: n,
      keys: n,
      matrix: { spec: JSON.stringify(source), inputs, n, head, replicate },
    };
  }
  const queries = checkedArray('queries', source.queries);
  const keys = checkedArray('keys', source.keys);
  const scale = finite('scale', source.scale ?? 1 / Math.sqrt(queries.shape[1] ?? 1));
  const matrix: MatrixRequest = {
    arrays: { queries, keys },
    scale,
    deterministic: source.deterministic ?? false,
  };
  return { queries: queries.shape[0]!, keys: keys.shape[0]!, matrix };
}
