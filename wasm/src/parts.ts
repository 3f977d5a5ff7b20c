import type { Kind, Question, Questions } from './messages.ts';
import type { Pool } from './pool.ts';

/** How a range of rows is cut into parts for workers. */
export interface Cut {
  rows: [number, number];
  /** A worker's start costs time, which pays from this many rows on; parts are multiples of it. */
  step: number;
  signal: AbortSignal | undefined;
}

/** Asks each worker about a part of the rows; the answers come in the order of the rows. */
export async function askInParts<K extends Kind>(
  pool: Pool,
  { rows: [first, last], step, signal }: Cut,
  question: (rows: [number, number]) => Extract<Question, { kind: K }>,
): Promise<Questions[K]['answer'][]> {
  signal?.throwIfAborted();
  const steps = Math.ceil((last - first) / step);
  const workers = pool.choose(steps);
  const edge = (part: number) => Math.min(last, first + step * Math.round((part * steps) / workers.length));
  // Ends all parts when the caller does, or when one of them fails.
  const end = new AbortController();
  const callerEnds = () => end.abort(signal?.reason);
  signal?.addEventListener('abort', callerEnds);
  try {
    return await Promise.all(
      workers.map((worker, part) => worker.ask(question([edge(part), edge(part + 1)]), end.signal)),
    );
  } finally {
    signal?.removeEventListener('abort', callerEnds);
    end.abort();
  }
}
