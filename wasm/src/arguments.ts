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

export function finite(field: string, value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new Error(`${field} is ${shown(value)}; expected a finite number`);
}

/** The array, when it holds at least one row and whole rows only: a multiple of `unit` numbers. */
export function numbers(field: string, value: unknown, unit: number): Float32Array {
  if (!(value instanceof Float32Array))
    throw new Error(`${field} is ${shown(value)}; expected a Float32Array`);
  if (value.length > 0 && value.length % unit === 0) return value;
  throw new Error(
    `${field} is an array of ${value.length} numbers; expected a multiple of ${unit}, at least ${unit}`,
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
