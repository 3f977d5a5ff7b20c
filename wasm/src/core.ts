/** The WebAssembly module as bindings/bindings.cpp defines it. */

import type { Head, Variant } from './api.ts';
import { compileNow, type CompiledBinary, type Piece } from './binary.ts';
import { instantiateWithPieces } from './split-module.ts';
import createRelaxed from 'asymptoken-glue/relaxed';
import createSimd128 from 'asymptoken-glue/simd128';

/** An object on the C++ side; it lives until it is deleted. */
export interface Handle {
  delete(): void;
}

export interface ExperimentRun extends Handle {
  works(): Float64Array<ArrayBuffer>;
  begin(item: number): void;
  advance(work: number): boolean;
  fractionDone(): number;
  values(): Float64Array<ArrayBuffer>;
  add(item: number, values: Float64Array): void;
  result(): string;
}

export interface AttentionMatrix extends Handle {
  begin(firstRow: number, lastRow: number, firstColumn: number, lastColumn: number, side: number): void;
  advance(work: number): boolean;
  largest(): Float32Array<ArrayBuffer>;
  mean(): Float32Array<ArrayBuffer>;
  logSumExp(): Float64Array<ArrayBuffer>;
  participation(): Float64Array<ArrayBuffer>;
}

export interface ArrayAttention extends Handle {
  append(keys: Float32Array, values: Float32Array): void;
  begin(queries: Float32Array): void;
  advance(work: number): boolean;
  output(): Float32Array<ArrayBuffer>;
  logSumExp(): Float64Array<ArrayBuffer>;
}

export interface TokenSampler extends Handle {
  dimension(): number;
  work(): number;
  sample(first: number, count: number): Float32Array<ArrayBuffer>;
}

/** Documents are JSON; what C++ throws arrives as an Error with the same sentence. */
export interface Core {
  version(): string;
  simd(): string;
  builtinSpecs(): { name: string; summary: string; json: string }[];
  complete(spec: string): string;
  limit(spec: string): string;
  heads(spec: string): Head[];
  ExperimentRun: new (spec: string) => ExperimentRun;
  AttentionMatrix: new (spec: string, tokens: number, head: number, replicate: number) => AttentionMatrix;
  ArrayAttention: new (
    tokens: number,
    keyDimension: number,
    valueDimension: number,
    scale: number,
    deterministic: boolean,
  ) => ArrayAttention;
  TokenSampler: new (spec: string, tokens: number, replicate: number) => TokenSampler;
}

/** Emscripten's glue: makes the module out of an instance that it is given. */
export type CreateCore = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    success: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<Core>;

const creators: Record<Variant, CreateCore> = { simd128: createSimd128, relaxed: createRelaxed };

export function instantiate(variant: Variant, binary: CompiledBinary): Promise<Core> {
  return new Promise((resolve, reject) => {
    const { core } = binary;
    const compile = (piece: string) => compileNow(binary, piece as Piece);
    const instantiateWasm: Parameters<CreateCore>[0]['instantiateWasm'] = (imports, success) => {
      instantiateWithPieces(core, imports, compile).then((instance) => success(instance, core), reject);
      return {};
    };
    creators[variant]({ instantiateWasm }).then(resolve, reject);
  });
}
