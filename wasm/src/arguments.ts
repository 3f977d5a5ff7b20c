/** Checks of what a caller passes in; their sentences are like the core's. */

/** The value, when it is a whole number from `least` to `most`. */
export function wholeNumber(field: string, value: unknown, least: number, most: number): number {
  const whole = value === Infinity ? most === Infinity : Number.isInteger(value);
  if (whole && (value as number) >= least && (value as number) <= most) return value as number;
  throw new Error(
    `${field} is ${shown(value)}; expected an integer from ${least}${most < Infinity ? ` to ${most}` : ''}`,
  );
}

/** A half-open range [first, last) within 0 to `n`; all of it when it is left out. */
export function range(field: string, value: unknown, n: number): [number, number] {
  if (value === undefined) return [0, n];
  if (Array.isArray(value) && value.length === 2 && value.every((one) => Number.isInteger(one))) {
    const [first, last] = value as [number, number];
    if (0 <= first && first < last && last <= n) return [first, last];
  }
  throw new Error(`${field} is ${shown(value)}; expected [first, last] with 0 <= first < last <= ${n}`);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
