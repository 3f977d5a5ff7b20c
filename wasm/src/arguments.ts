/** Checks of what a caller passes in; their sentences are like the core's. */

import type { Inputs, NumberArray } from './api.ts';

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

/** A copy of nothing but its numbers: what is posted takes the whole buffer along. */
export function checkedArray(field: string, { data, shape, strides }: NumberArray): NumberArray {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new Error(`${field}.data is ${shown(data)}; expected a Float32Array or a Float64Array`);
  }
  const isShape = Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length > 0);
  const size = isShape ? shape.reduce((product, length) => product * length, 1) : NaN;
  if (!isShape || shape.length > 2 || shape.length < 1) {
    throw new Error(`${field}.shape is ${shown(shape)}; expected one or two positive integers`);
  }
  if (size !== data.length) {
    throw new Error(`${field}.data is an array of ${data.length} numbers; expected ${shape.join(' x ')}`);
  }
  if (strides !== undefined && !fits(strides, shape, data.length)) {
    throw new Error(`${field}.strides is ${shown(strides)}; expected one for each length, within the data`);
  }
  const whole = data.byteLength === data.buffer.byteLength ? data : data.slice();
  return { data: whole, shape, ...(strides && { strides }) };
}

function fits(strides: readonly number[], shape: readonly number[], count: number): boolean {
  return (
    strides.length === shape.length &&
    strides.every((stride) => Number.isInteger(stride) && stride >= 0) &&
    strides.reduce((last, stride, axis) => last + stride * (shape[axis]! - 1), 0) < count
  );
}

export function checkedInputs(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, array]) => [name, checkedArray(`inputs.${name}`, array)]),
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
