/** The WebAssembly module as bindings/bindings.cpp defines it. */

import type { Head, LawDescription, Replicates, SampleMoments, Variant } from './api.ts';
import { compileNow, type CompiledBinary } from './binary.ts';
import { instantiateWithPieces } from './split-module.ts';
import createRelaxed from 'asymptoken-glue/relaxed';
import createSimd128 from 'asymptoken-glue/simd128';

/** An object on the C++ side; it lives until it is deleted. */
export interface Handle {
  delete(): void;
}

/** Arrays that are handed to the core together. */
export interface InputArrays extends Handle {
  add(
    name: string,
    type: string,
    bytes: Uint8Array,
    shape: readonly number[],
    strides: readonly number[],
  ): void;
  /** Of all of them: differs, and practically only then, when one does. */
  fingerprint(): string;
}

/** Something long, cut into items; core's job.hpp says how a host executes it. */
export interface Job extends Handle {
  works(): Float64Array<ArrayBuffer>;
  preparationSteps(): number;
  prepare(step: number): void;
  preliminaryItems(): number;
  startable(): number;
  begin(item: number): void;
  advance(work: number): boolean;
  fractionDone(): number;
  values(): Float64Array<ArrayBuffer>;
  add(item: number, values: Float64Array): void;
}

/** Its items are ranges of rows, one after the other. */
export interface RowsJob extends Job {
  /** Where each item starts, and where the last one ends. */
  edges(): Float64Array<ArrayBuffer>;
}

export interface ExperimentJob extends Job {
  /** How many of the first items `limit` rests on. */
  limitItems(): number;
  shape(): ReplicateShape;
  result(): string;
  limit(): string;
}

export type ReplicateShape = Omit<Replicates, 'values'>;

export type AttentionMatrix = Handle;

/** Documents are JSON; what C++ throws arrives as an Error with the same sentence. */
export interface Core {
  version(): string;
  simd(): string;
  builtinSpecs(): { name: string; summary: string; json: string }[];
  complete(spec: string, inputs: InputArrays): string;
  laws(): LawDescription[];
  latestResult(json: string): string;
  csv(result: string): string;
  /** Of the rows of `points`. */
  moments(arrays: InputArrays): SampleMoments;
  heads(spec: string, inputs: InputArrays): Head[];
  npyLayout(name: string, start: Uint8Array, fileBytes: number): NpyLayout;
  InputArrays: new () => InputArrays;
  ExperimentJob: new (spec: string, inputs: InputArrays) => ExperimentJob;
  /** Of `queries`, `keys` and `values`. */
  AttentionJob: new (arrays: InputArrays, scale: number, deterministic: boolean, spread: boolean) => RowsJob;
  AttentionMatrix: {
    new (spec: string, inputs: InputArrays, tokens: number, head: number, replicate: number): AttentionMatrix;
    /** Of `queries` and `keys`. */
    new (arrays: InputArrays, scale: number, deterministic: boolean): AttentionMatrix;
  };
  WeightsJob: new (
    matrix: AttentionMatrix,
    firstRow: number,
    lastRow: number,
    firstColumn: number,
    lastColumn: number,
    side: number,
  ) => RowsJob;
  TokensJob: new (spec: string, inputs: InputArrays, tokens: number, replicate: number) => RowsJob;
}

/** How the numbers of a .npy file lie after its header. */
export interface NpyLayout {
  type: 'float32' | 'float64';
  shape: number[];
  /** In numbers; empty when rows are contiguous. */
  strides: number[];
  /** Of the first number, in bytes. */
  offset: number;
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
    const compile = (piece: string) => compileNow(binary, piece);
    const instantiateWasm: Parameters<CreateCore>[0]['instantiateWasm'] = (imports, success) => {
      instantiateWithPieces(core, imports, compile).then((instance) => success(instance, core), reject);
      return {};
    };
    creators[variant]({ instantiateWasm }).then(resolve, reject);
  });
}
