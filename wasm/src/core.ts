/** The WebAssembly module as bindings/bindings.cpp defines it, and how it comes to a worker. */

import { nodeModule } from './node.ts';
import type { Head, Variant } from './api.ts';
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

export function instantiate(variant: Variant, module: WebAssembly.Module): Promise<Core> {
  return new Promise((resolve, reject) => {
    const instantiateWasm: Parameters<CreateCore>[0]['instantiateWasm'] = (imports, success) => {
      WebAssembly.instantiate(module, imports).then((instance) => success(instance, module), reject);
      return {};
    };
    creators[variant]({ instantiateWasm }).then(resolve, reject);
  });
}

/** Reads and compiles a .wasm file. What can go wrong with a copy on some server is said in one sentence. */
export async function compile(url: string): Promise<WebAssembly.Module> {
  const bytes = await read(url);
  if (![0, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte)) {
    throw new Error(
      `${url} is not a WebAssembly file; expected the package's own (a server may answer with an error page).`,
    );
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/Content.Security.Policy|unsafe-eval|disallowed by embedder/i.test(reason)) {
      throw new Error(
        "The page's Content-Security-Policy forbids WebAssembly; expected 'wasm-unsafe-eval' in script-src.",
      );
    }
    throw new Error(`${url} does not compile: ${reason}`);
  }
}

async function read(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = url.startsWith('file:') ? nodeModule('node:fs/promises') : null;
  if (files) {
    return files.readFile(new URL(url)).catch((error: Error) => {
      throw new Error(
        `${url} cannot be read (${error.message}); expected it beside the package's other files.`,
      );
    });
  }
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`${url} cannot be fetched (${error instanceof Error ? error.message : String(error)}).`);
  });
  if (!response.ok) {
    throw new Error(
      `${url} is missing: the server answered ${response.status}; expected it beside worker.js.`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
