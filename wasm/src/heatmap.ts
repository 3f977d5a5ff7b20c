import type { Heatmap, HeatmapRequest, PooledHeatmap, PooledHeatmapRequest, Spec, Tokens } from './api.ts';
import { range, wholeNumber } from './arguments.ts';
import type { AttentionBlock } from './messages.ts';
import { askInParts } from './parts.ts';
import type { Pool } from './pool.ts';

const mostTokens = 65536;
const mostWeights = 2 ** 29;
const mostSide = 1024;
const mostReplicate = 2 ** 31 - 1;
/** Making the tokens costs each worker time, which pays from this many rows on. */
const fewestRows = 32;

export async function heatmap(pool: Pool, spec: Spec, request: HeatmapRequest): Promise<Heatmap> {
  const { rows, columns, largest, logSumExp } = await pooledHeatmap(pool, spec, { ...request, side: 1 });
  return { rows, columns, weights: largest, logSumExp };
}

/** Each worker does a range of rows, whole blocks of them. */
export async function pooledHeatmap(
  pool: Pool,
  spec: Spec,
  request: PooledHeatmapRequest,
): Promise<PooledHeatmap> {
  const n = wholeNumber('n', request.n, 1, mostTokens);
  const head = wholeNumber('head', request.head ?? 0, 0, mostReplicate);
  const replicate = wholeNumber('replicate', request.replicate ?? 0, 0, mostReplicate);
  const rows = range('rows', request.rows, n);
  const columns = range('columns', request.columns, n);
  const side = wholeNumber('side', request.side, 1, mostSide);
  const [height, width] = [rows, columns].map(([first, last]) => Math.ceil((last - first) / side)) as [
    number,
    number,
  ];
  if (height * width > mostWeights) {
    throw new Error(`rows x columns is ${height} x ${width}; expected at most ${mostWeights} weights (2 GB)`);
  }
  const document = JSON.stringify(spec);
  const step = side * Math.ceil(fewestRows / side);
  const blocks = await askInParts<'attention'>(pool, { rows, step, signal: request.signal }, (part) => ({
    kind: 'attention',
    spec: document,
    n,
    head,
    replicate,
    rows: part,
    columns,
    side,
  }));
  return { rows, columns, side, ...stacked(blocks) };
}

function stacked(blocks: AttentionBlock[]): AttentionBlock {
  if (blocks.length === 1) return blocks[0]!;
  const all = <Key extends keyof AttentionBlock>(key: Key) => blocks.map((block) => block[key]);
  const largest = joined(Float32Array, all('largest'));
  const pooled = blocks[0]!.mean !== blocks[0]!.largest;
  return {
    largest,
    mean: pooled ? joined(Float32Array, all('mean')) : largest,
    logSumExp: joined(Float64Array, all('logSumExp')),
    participation: joined(Float64Array, all('participation')),
  };
}

/** End to end. */
function joined<Numbers extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  kind: new (length: number) => Numbers,
  arrays: Numbers[],
): Numbers {
  const whole = new kind(arrays.reduce((length, array) => length + array.length, 0));
  let start = 0;
  for (const array of arrays) {
    whole.set(array, start);
    start += array.length;
  }
  return whole;
}

export async function tokens(pool: Pool, spec: Spec, n: number, replicate = 0): Promise<Tokens> {
  wholeNumber('n', n, 1, mostReplicate);
  wholeNumber('replicate', replicate, 0, mostReplicate);
  const [worker] = pool.choose(1);
  const { dimension, values } = await worker!.ask({
    kind: 'tokens',
    spec: JSON.stringify(spec),
    n,
    replicate,
  });
  return { n, dimension, values };
}
