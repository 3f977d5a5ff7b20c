import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

export type Numbers = Float32Array | Float64Array;

export interface Matrix {
  rows: number;
  columns: number;
  values: Numbers;
}

/** The bytes of a .npy file: any header, so that tests can write wrong ones. */
export function npyBytes(header: string, values: Uint8Array | Numbers, major = 1): Buffer {
  const lengthBytes = major === 1 ? 2 : 4;
  const before = 8 + lengthBytes;
  const padded = header.padEnd(Math.ceil((before + header.length + 1) / 64) * 64 - before - 1) + '\n';
  const start = Buffer.alloc(before);
  start.write('\x93NUMPY', 'latin1');
  start[6] = major;
  start.writeUIntLE(padded.length, 8, lengthBytes);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), data]);
}

export function npyHeader(descr: string, shape: string, fortran = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
}

function describe(values: Numbers): string {
  return values instanceof Float32Array ? '<f4' : '<f8';
}

export function writeNpy(file: string, { rows, columns, values }: Matrix): void {
  assert.equal(values.length, rows * columns);
  writeFileSync(file, npyBytes(npyHeader(describe(values), `(${rows}, ${columns})`), values));
}

/** The same numbers, column by column in the file. */
export function writeFortranNpy(file: string, { rows, columns, values }: Matrix): void {
  const transposed = values.slice();
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < columns; ++j) transposed[j * rows + i] = values[i * columns + j]!;
  writeFileSync(file, npyBytes(npyHeader(describe(values), `(${rows}, ${columns})`, 'True'), transposed));
}

/** An array of one dimension. */
export function writeVector(file: string, values: Numbers): void {
  writeFileSync(file, npyBytes(npyHeader(describe(values), `(${values.length},)`), values));
}

/** Reads what the command wrote: format 1, C order. */
export function readNpy(file: string): Matrix {
  const bytes = readFileSync(file);
  assert.equal(bytes.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
  const offset = 10 + bytes.readUInt16LE(8);
  assert.equal(offset % 64, 0, 'data begin at a multiple of 64');
  const header = bytes.toString('latin1', 10, offset);
  const match = /^\{'descr': '<f([48])', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$/.exec(
    header,
  );
  assert.ok(match, header);
  const [rows, columns] = [Number(match[2]), Number(match[3])];
  const data = bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + bytes.length);
  const values = match[1] === '4' ? new Float32Array(data) : new Float64Array(data);
  assert.equal(values.length, rows * columns);
  return { rows, columns, values };
}
