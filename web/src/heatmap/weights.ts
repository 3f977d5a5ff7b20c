/** What a matrix of attention weights says at a glance. */
export interface WeightSummary {
  /** The smallest weight that is not 0. */
  least: number;
  largest: number;
  largestAt: { row: number; column: number };
  /** Median over queries of 1 / sum of squared weights: how many keys a query in effect attends to. */
  effectiveKeys: number;
}

/** Goes through a large matrix row by row without holding up the page. */
export async function forRows(
  rows: number,
  signal: AbortSignal,
  visit: (row: number) => void,
): Promise<void> {
  let pausedAt = performance.now();
  for (let row = 0; row < rows; row++) {
    visit(row);
    if (performance.now() - pausedAt > 8) {
      await nextTask();
      signal.throwIfAborted();
      pausedAt = performance.now();
    }
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export async function summarise(
  weights: Float32Array,
  n: number,
  signal: AbortSignal,
): Promise<WeightSummary> {
  let least = Infinity;
  let largest = 0;
  let place = 0;
  const effective = new Float64Array(n);
  await forRows(n, signal, (row) => {
    let squares = 0;
    for (let i = row * n; i < (row + 1) * n; i++) {
      const weight = weights[i]!;
      squares += weight * weight;
      if (weight > largest) [largest, place] = [weight, i];
      if (weight < least && weight > 0) least = weight;
    }
    effective[row] = 1 / squares;
  });
  const largestAt = { row: Math.floor(place / n), column: place % n };
  return { least, largest, largestAt, effectiveKeys: effective.sort()[n >> 1] ?? 1 };
}
