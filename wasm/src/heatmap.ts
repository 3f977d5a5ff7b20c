import type { Heatmap, HeatmapRequest, Spec, Tokens } from './api.ts';
import { range, wholeNumber } from './arguments.ts';
import type { AttentionBlock } from './messages.ts';
import { askInParts } from './parts.ts';
import type { Pool } from './pool.ts';

const mostTokens = 65536;
const mostWeights = 2 ** 29;
const mostReplicate = 2 ** 31 - 1;
/** Making the tokens costs each worker time, which pays from this many rows on. */
const fewestRows = 32;

/** Each worker does a range of rows. */
export async function heatmap(pool: Pool, spec: Spec, request: HeatmapRequest): Promise<Heatmap> {
  const n = wholeNumber('n', request.n, 1, mostTokens);
  const head = wholeNumber('head', request.head ?? 0, 0, mostReplicate);
  const replicate = wholeNumber('replicate', request.replicate ?? 0, 0, mostReplicate);
  const rows = range('rows', request.rows, n);
  const columns = range('columns', request.columns, n);
  const [height, width] = [rows[1] - rows[0], columns[1] - columns[0]];
  if (height * width > mostWeights) {
    throw new Error(`rows x columns is ${height} x ${width}; expected at most ${mostWeights} weights (2 GB)`);
  }
  const document = JSON.stringify(spec);
  const cut = { rows, step: fewestRows, signal: request.signal };
  const blocks = await askInParts<'attention'>(pool, cut, (part) => ({
    kind: 'attention',
    spec: document,
    n,
    head,
    replicate,
    rows: part,
    columns,
  }));
  return { rows, columns, ...stacked(blocks, height, width) };
}

function stacked(blocks: AttentionBlock[], height: number, width: number): AttentionBlock {
  if (blocks.length === 1) return blocks[0]!;
  const whole = { weights: new Float32Array(height * width), logSumExp: new Float64Array(height) };
  let row = 0;
  for (const block of blocks) {
    whole.weights.set(block.weights, row * width);
    whole.logSumExp.set(block.logSumExp, row);
    row += block.logSumExp.length;
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
