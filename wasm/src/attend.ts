import type { AttendRequest, Attention } from './api.ts';
import { numbers, finite, wholeNumber } from './arguments.ts';
import { askInParts } from './parts.ts';
import type { Pool } from './pool.ts';

const mostDimensions = 65536;
/** Every kernel's tile of queries divides this; part of a tile takes as long as a whole one. */
const step = 96;

/** Each worker does a range of queries, over keys and values of its own. */
export async function attend(pool: Pool, request: AttendRequest): Promise<Attention> {
  const dimension = wholeNumber('dimension', request.dimension, 1, mostDimensions);
  const scale = finite('scale', request.scale ?? 1 / Math.sqrt(dimension));
  const { deterministic = false, signal } = request;
  const queries = numbers('queries', request.queries, dimension);
  const keys = numbers('keys', request.keys, dimension);
  const values = numbers('values', request.values, keys.length / dimension);
  const rows: [number, number] = [0, queries.length / dimension];
  const valueDimension = (values.length / keys.length) * dimension;

  const parts = await askInParts<'attend'>(pool, { rows, step, signal }, ([first, last]) => ({
    kind: 'attend',
    queries: queries.slice(first * dimension, last * dimension),
    keys,
    values,
    dimension,
    valueDimension,
    scale,
    deterministic,
  }));
  if (parts.length === 1) return parts[0]!;
  const whole = {
    output: new Float32Array(rows[1] * valueDimension),
    logSumExp: new Float64Array(rows[1]),
  };
  let row = 0;
  for (const { output, logSumExp } of parts) {
    whole.output.set(output, row * valueDimension);
    whole.logSumExp.set(logSumExp, row);
    row += logSumExp.length;
  }
  return whole;
}
