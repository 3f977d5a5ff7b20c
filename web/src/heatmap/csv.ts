/** A row of pixels a line, as `asymptoken weights` writes them. */
export function csvOf(weights: Float32Array, width: number): string {
  const lines = Array.from({ length: weights.length / width }, (_, row) =>
    Array.from(weights.subarray(row * width, (row + 1) * width), written).join(),
  );
  return `${lines.join('\n')}\n`;
}

/** Nine digits are a float32; nothing is what is not known. */
function written(weight: number): string {
  return Number.isNaN(weight) ? '' : String(Number(weight.toPrecision(9)));
}
