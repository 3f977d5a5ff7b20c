import type { NumberArray } from './api.ts';
import type { Pool } from './pool.ts';

/** As long as a header may be. */
const headerBytes = 2 ** 20 + 12;

/** The numbers of a .npy file. */
export async function readNpy(pool: Pool, name: string, bytes: Uint8Array): Promise<NumberArray> {
  // Of a Buffer `slice` is a view, unlike that of other arrays.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const { type, shape, strides, offset } = await pool.choose(1)[0]!.ask<'npyLayout'>({
    kind: 'npyLayout',
    name,
    start: plain.slice(0, headerBytes),
    fileBytes: bytes.length,
  });
  const kind = type === 'float64' ? Float64Array : Float32Array;
  const numbers = plain.slice(offset);
  const data = new kind(numbers.buffer, 0, numbers.length / kind.BYTES_PER_ELEMENT);
  return { data, shape, ...(strides.length > 0 && { strides }) };
}
