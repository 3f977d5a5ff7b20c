/** Everything that a page and its workers say to each other. */

import type { BuiltinSpec, Head, LawDescription, NumberArray, SampleMoments, Variant } from './api.ts';
import type { Binary, CompiledBinary } from './binary.ts';
import type { NpyLayout } from './core.ts';

/** Where the core comes from: the first worker gets addresses, the others what it has compiled by then. */
export interface WasmSource {
  variant: Variant;
  binary: Binary;
}

export interface Loaded {
  binary: CompiledBinary;
  version: string;
}

/** By name. */
export type Arrays = Record<string, NumberArray>;

export interface SpecWithInputs {
  spec: string;
  inputs: Arrays;
}

/** What is asked once and answered at once. */
export interface Questions {
  specs: { ask: Record<never, never>; answer: BuiltinSpec[] };
  complete: { ask: SpecWithInputs; answer: string };
  heads: { ask: SpecWithInputs; answer: Head[] };
  laws: { ask: Record<never, never>; answer: LawDescription[] };
  moments: { ask: { points: NumberArray }; answer: SampleMoments };
  latestResult: { ask: { json: string }; answer: string };
  csv: { ask: { result: string }; answer: string };
  npyLayout: { ask: { name: string; start: Uint8Array; fileBytes: number }; answer: NpyLayout };
}

export type Kind = keyof Questions;

export type Question = { [kind in Kind]: { kind: kind } & Questions[kind]['ask'] }[Kind];

/** What is computed. */
export type JobRequest =
  | ({ kind: 'experiment' } & SpecWithInputs)
  /** The same, of which each replicate is wanted. */
  | ({ kind: 'replicates' } & SpecWithInputs)
  /** What is known of an experiment without running it. */
  | ({ kind: 'limit' } & SpecWithInputs)
  | ({ kind: 'attention'; spread: boolean } & AttentionArrays)
  | ({ kind: 'tokens'; n: number; replicate: number } & SpecWithInputs)
  | {
      kind: 'weights';
      matrix: MatrixRequest;
      rows: [number, number];
      columns: [number, number];
      /** Of the blocks of weights that are pooled. */
      side: number;
    };

export type MatrixRequest =
  AttentionArrays | ({ n: number; head: number; replicate: number } & SpecWithInputs);

export interface AttentionArrays {
  arrays: Arrays;
  scale: number;
  deterministic: boolean;
}

export type ToWorker =
  /** Comes first; answered by `Loaded`. */
  ({ type: 'load'; id: number } & WasmSource) | { type: 'ask'; id: number; question: Question } | ToJob;

/** The worker's part in a job goes from `open` to `close`. */
export type ToJob =
  | { type: 'open'; job: number; request: JobRequest; paused: boolean }
  | { type: 'items'; job: number; items: number[] }
  | { type: 'pause'; job: number; paused: boolean }
  /** Finished items and the values of each, for workers that need them. */
  | { type: 'add'; job: number; items: number[]; values: Float64Array<ArrayBuffer>[] }
  /** Asks for `document`, of what was added. */
  | { type: 'fold'; job: number }
  | { type: 'close'; job: number };

export type FromWorker =
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'refusal'; id: number; message: string }
  /** The worker cannot go on: its memory may be in any state. */
  | { type: 'broken'; message: string }
  | FromJob;

export type FromJob =
  | {
      type: 'opened';
      job: number;
      /** Of every item. */
      works: Float64Array<ArrayBuffer>;
      /** How many of the first ones have values that every worker needs. */
      preliminaryItems: number;
      startable: number;
      /** Of a job whose items are ranges of rows: where each starts, and where the last one ends. */
      edges: Float64Array<ArrayBuffer> | null;
    }
  | {
      type: 'report';
      job: number;
      /** Finished since the last report, and the values of each. */
      items: number[];
      values: Float64Array<ArrayBuffer>[];
      startable: number;
      /** How much of the item under way is done. */
      underWay: number;
      /** Work a millisecond. */
      pace: number;
    }
  | { type: 'document'; job: number; json: string }
  | { type: 'failed'; job: number; message: string };
