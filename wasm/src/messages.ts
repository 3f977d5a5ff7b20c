/** Everything that a page and its workers say to each other. */

import type { Attention, BuiltinSpec, Head, Variant } from './api.ts';
import type { Binary, CompiledBinary } from './binary.ts';

/** Where the core comes from: the first worker gets addresses, the others what it has compiled by then. */
export interface WasmSource {
  variant: Variant;
  binary: Binary;
}

export interface Loaded {
  binary: CompiledBinary;
  version: string;
}

/** What is asked once and answered once. */
export interface Questions {
  specs: { ask: Record<never, never>; answer: BuiltinSpec[] };
  complete: { ask: { spec: string }; answer: string };
  limit: { ask: { spec: string }; answer: string };
  heads: { ask: { spec: string }; answer: Head[] };
  tokens: {
    ask: { spec: string; n: number; replicate: number };
    answer: { dimension: number; values: Float32Array<ArrayBuffer> };
  };
  attention: { ask: AttentionRequest; answer: AttentionBlock };
  attend: { ask: ArrayRequest; answer: Attention };
}

export interface AttentionRequest {
  spec: string;
  n: number;
  head: number;
  replicate: number;
  rows: [number, number];
  columns: [number, number];
  /** Of the blocks of weights that are pooled. */
  side: number;
}

/** Row-major arrays. */
export interface ArrayRequest {
  queries: Float32Array;
  keys: Float32Array;
  values: Float32Array;
  dimension: number;
  valueDimension: number;
  scale: number;
  deterministic: boolean;
}

export interface AttentionBlock {
  largest: Float32Array<ArrayBuffer>;
  /** Of blocks of one weight: `largest` itself. */
  mean: Float32Array<ArrayBuffer>;
  logSumExp: Float64Array<ArrayBuffer>;
  participation: Float64Array<ArrayBuffer>;
}

export type Kind = keyof Questions;

export type Question = { [kind in Kind]: { kind: kind } & Questions[kind]['ask'] }[Kind];

export type ToWorker =
  /** Comes first; answered by `Loaded`. */
  | ({ type: 'load'; id: number } & WasmSource)
  | { type: 'ask'; id: number; question: Question }
  /** Nobody waits for the answer any more. */
  | { type: 'drop'; id: number }
  | ToRun;

/** The worker's part in a run goes from `open` to `close`. */
export type ToRun =
  | { type: 'open'; run: number; spec: string; paused: boolean }
  | { type: 'items'; run: number; items: number[] }
  | { type: 'pause'; run: number; paused: boolean }
  /** Finished items and the values of each, for the worker that merges. */
  | { type: 'add'; run: number; items: number[]; values: Float64Array<ArrayBuffer>[] }
  /** Asks for `result`. */
  | { type: 'fold'; run: number }
  | { type: 'close'; run: number };

export type FromWorker =
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'refusal'; id: number; message: string }
  /** The worker cannot go on: its memory may be in any state. */
  | { type: 'broken'; message: string }
  | FromRun;

export type FromRun =
  /** The work of every item. */
  | { type: 'opened'; run: number; works: Float64Array<ArrayBuffer> }
  | {
      type: 'report';
      run: number;
      /** Finished since the last report, and the values of each. */
      items: number[];
      values: Float64Array<ArrayBuffer>[];
      /** How much of the item under way is done. */
      underWay: number;
      /** Work a millisecond. */
      pace: number;
    }
  | { type: 'result'; run: number; json: string }
  | { type: 'failed'; run: number; message: string };
