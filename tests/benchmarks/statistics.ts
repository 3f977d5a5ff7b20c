export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

export interface PowerLaw {
  /** y is about exp(intercept) x^exponent. */
  exponent: number;
  standard_error: number;
  intercept: number;
}

/** Least squares on logarithms, of three points or more. */
export function powerLaw(points: readonly { x: number; y: number }[]): PowerLaw {
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const x = points.map((point) => Math.log(point.x));
  const y = points.map((point) => Math.log(point.y));
  const [meanX, meanY] = [mean(x), mean(y)];
  const squares = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const exponent = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / squares;
  const intercept = meanY - exponent * meanX;
  const residuals = x.reduce((sum, value, i) => sum + (y[i]! - intercept - exponent * value) ** 2, 0);
  const standard_error = Math.sqrt(residuals / (points.length - 2) / squares);
  return { exponent, standard_error, intercept };
}
