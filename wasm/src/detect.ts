/** What the two binaries ask of an engine, each as the smallest module that uses it. */

import type { Variant } from './api.ts';

/** A function that returns one v128 local after `instructions`. */
function probe(instructions: number[]): Uint8Array<ArrayBuffer> {
  const body = [1, 1, 0x7b, ...instructions, 0x0b];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const type = [1, 5, 1, 0x60, 0, 1, 0x7b];
  const functions = [3, 2, 1, 0];
  const code = [10, body.length + 2, 1, body.length, ...body];
  return new Uint8Array([...header, ...type, ...functions, ...code]);
}

const get = [0x20, 0];
/** v128.not */
const simd128 = probe([...get, 0xfd, 0x4d]);
/** f32x4.relaxed_madd */
const relaxed = probe([...get, ...get, ...get, 0xfd, 0x85, 2]);

export interface Features {
  simd128: boolean;
  relaxed: boolean;
}

/** What this engine has; `validate` can be replaced to ask about another one. */
export function detect(
  validate: (module: BufferSource) => boolean = globalThis.WebAssembly?.validate ?? (() => false),
): Features {
  return { simd128: validate(simd128), relaxed: validate(relaxed) };
}

/** The binary to load, or an Error with the reason why there is none. */
export function choose(wish: Variant | 'auto', features: Features): Variant {
  if (wish !== 'auto' && wish !== 'simd128' && wish !== 'relaxed') {
    throw new Error(`variant is ${JSON.stringify(wish)}; expected auto, simd128 or relaxed`);
  }
  if (!globalThis.WebAssembly) {
    throw new Error(
      'This browser has WebAssembly switched off, as in Lockdown Mode; allow it for this page, or open the page in another browser.',
    );
  }
  if (!features.simd128) {
    throw new Error('This engine has no SIMD in WebAssembly; expected a browser of 2023 or later.');
  }
  if (wish === 'relaxed' && !features.relaxed) {
    throw new Error('variant is "relaxed", which this engine lacks; expected auto or simd128');
  }
  if (wish === 'auto') return features.relaxed ? 'relaxed' : 'simd128';
  return wish;
}
