/** What the weights on the screen say at a glance. */
export interface WeightSummary {
  /** The smallest that is not 0. */
  least: number;
  largest: number;
  /** Pixels of the picture. */
  largestAt: { row: number; column: number };
}

/** Goes through a large matrix row by row without holding up the page. */
export async function forRows(rows: number, visit: (row: number) => void): Promise<void> {
  let pausedAt = performance.now();
  for (let row = 0; row < rows; row++) {
    visit(row);
    if (performance.now() - pausedAt > 8) {
      await nextTask();
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

/** Of `width` numbers a row, NaN where nothing is known yet; null while nothing is. */
export async function summarise(weights: Float32Array, width: number): Promise<WeightSummary | null> {
  let least = Infinity;
  let largest = 0;
  let place = 0;
  await forRows(weights.length / width, (row) => {
    for (let i = row * width; i < (row + 1) * width; i++) {
      const weight = weights[i]!;
      if (weight > largest) [largest, place] = [weight, i];
      if (weight < least && weight > 0) least = weight;
    }
  });
  if (largest === 0) return null;
  return { least, largest, largestAt: { row: Math.floor(place / width), column: place % width } };
}

/** Median over queries of 1 / sum of squared weights: how many keys a query in effect attends to. */
export function effectiveKeys(participation: Float64Array): number {
  const effective = participation.map((squares) => 1 / squares).sort();
  return effective[effective.length >> 1] ?? 1;
}
