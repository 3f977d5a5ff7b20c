/**
 * What `@asymptoken/core` offers to a page or to Node. Everything that computes runs in plain workers (no SharedArrayBuffer,
 * no special headers); nothing here blocks the calling thread.
 */

import type { Limit, Result, Spec } from './contract.ts';

export type * from './contract.ts';

/** Which of the two binaries: plain 128-bit SIMD, or with fused multiply-add where the engine has relaxed SIMD. */
export type Variant = 'simd128' | 'relaxed';

/** An array of one or two dimensions; its numbers have to be finite. */
export interface NumberArray {
  data: Float32Array | Float64Array;
  /** One or two lengths. */
  shape: readonly number[];
  /** Numbers from one entry to the next along each of them; default: rows are contiguous. */
  strides?: readonly number[];
}

/** The arrays that a spec asks for by {"input": NAME}. */
export type Inputs = Record<string, NumberArray>;

export interface Progress {
  /** From 0 to 1, by work, items under way included. */
  fraction: number;
  items: { done: number; total: number };
  /** Seconds; null until it can be estimated. */
  secondsLeft: number | null;
  secondsRunning: number;
}

export interface Control {
  /** How many workers to use at most; default: all of the pool. */
  workers?: number;
  /** Aborting rejects with the signal's reason within 50 ms. */
  signal?: AbortSignal;
  /** While it is paused no work is done; finished items are kept. */
  pause?: PauseSignal;
}

export interface LimitOptions extends Control {
  inputs?: Inputs;
}

export interface RunOptions extends Control {
  inputs?: Inputs;
  /** Called with everything measured so far, at most every `partialInterval` milliseconds. */
  onPartial?: (result: Result, progress: Progress) => void;
  /** Default 100. */
  partialInterval?: number;
}

/** Like AbortSignal, for stopping and going on. */
export interface PauseSignal {
  readonly paused: boolean;
  addEventListener(type: 'change', listener: () => void): void;
  removeEventListener(type: 'change', listener: () => void): void;
}

/** Queries and keys of the caller's, whose attention matrix a picture shows. */
export interface QueriesAndKeys {
  queries: NumberArray;
  /** As wide as the queries. */
  keys: NumberArray;
  /** The logit of query x against key k is scale <x, k>; default: 1 / sqrt(width). */
  scale?: number;
  /** No fused operation: the same bits in every engine, and natively. Default false. */
  deterministic?: boolean;
}

/** Tokens of a spec's law that attend to each other, or queries and keys. */
export type AttentionSource = Spec | QueriesAndKeys;

/** One rectangle of an attention matrix. */
export interface HeatmapRequest {
  /** Of a spec: the number of tokens, from 1 to 65536. */
  n?: number;
  inputs?: Inputs;
  /** Index into the spec's sweep of heads; default 0. */
  head?: number;
  /** Which replicate's tokens; default 0. */
  replicate?: number;
  /** Half-open ranges of queries (rows) and keys (columns); default: all. */
  rows?: [number, number];
  columns?: [number, number];
  signal?: AbortSignal;
}

export interface Heatmap {
  rows: [number, number];
  columns: [number, number];
  /** Softmax weights, row-major; each row of the whole matrix sums to 1. */
  weights: Float32Array;
  /** Of every row in range: log of the sum of e^logit. */
  logSumExp: Float64Array;
}

/** The same at the resolution of a screen: a pixel for each block of `side` x `side` weights. */
export interface PooledHeatmapRequest extends HeatmapRequest {
  /** From 1 to 1024. Blocks are counted from the first row and column asked for; the last ones hold what is left. */
  side: number;
}

/** Every weight has been computed, none is kept: memory is that of the answer, however large n is. */
export interface PooledHeatmap {
  rows: [number, number];
  columns: [number, number];
  side: number;
  /** Of each block its largest weight: row-major, ceil(rows / side) x ceil(columns / side). */
  largest: Float32Array;
  /** Of each block its mean weight, the same shape; at side 1 the same array. */
  mean: Float32Array;
  /** Of every row in range: log of the sum of e^logit. */
  logSumExp: Float64Array;
  /** Of every row in range: the sum of its squared weights over all n columns, 1 over how many keys it attends to in effect. */
  participation: Float64Array;
}

/** One attention head of a spec's sweep. d is the law's dimension. */
export interface Head {
  horizon: number;
  /** A, row-major, d x d, the scale in it: the logit of query x against key y is <A x, y>. */
  matrix: Float64Array;
  /** V, row-major, d columns: a token y counts as V y. */
  value: Float64Array;
}

/** Arrays are row-major: one query, key or value a row. All of their numbers have to be finite. */
export interface AttendRequest {
  queries: Float32Array;
  keys: Float32Array;
  /** As many rows as `keys` has, of any width. */
  values: Float32Array;
  /** How many numbers a query has, and a key. */
  dimension: number;
  /** The logit of query x against key k is scale <x, k>; default: 1 / sqrt(dimension). */
  scale?: number;
  /** No fused operation: the same bits in every engine, and natively. Default false. */
  deterministic?: boolean;
  /** Whether participation and entropy are wanted too. Default false. */
  spread?: boolean;
  signal?: AbortSignal;
}

export interface Attention {
  /** Of each query, the mean of the values under its softmax weights; row-major. */
  output: Float32Array;
  /** Of each query, the log of the sum of e^logit. */
  logSumExp: Float64Array;
  /** Of each query, the sum of its squared weights: 1 over how many keys it attends to in effect. */
  participation?: Float64Array;
  /** Of each query, the entropy of its weights, in nats. */
  entropy?: Float64Array;
}

export interface Tokens {
  n: number;
  dimension: number;
  /** Row-major, n x dimension: the same bits on every machine. */
  values: Float32Array;
}

/** The errors of every replicate. */
export interface Replicates {
  tokens: number[];
  /** How many. */
  curves: number;
  /** Their ids. */
  metrics: string[];
  /** [replicate][point][curve][metric]; NaN where a metric is not defined. */
  values: Float64Array;
}

/** Of some points: their mean, and their covariance, row-major, over all of them (not one fewer). */
export interface SampleMoments {
  mean: Float64Array;
  covariance: Float64Array;
}

/** A law as a spec has it: { type: name, dimension, ...example }. */
export interface LawDescription {
  name: string;
  /** Such as `two clusters`, of the example. */
  title: string;
  /** JSON of what one of any dimension needs beside; empty where the numbers have to be one's own. */
  example: string;
}

export interface BuiltinSpec {
  name: string;
  summary: string;
  spec: Spec;
}

export interface LoadOptions {
  /** `auto` takes the relaxed binary where the engine has relaxed SIMD. */
  variant?: 'auto' | Variant;
  /** Size of the pool; default: the number of cores, at most 8. */
  workers?: number;
  /** Where worker.js and the .wasm files lie; default: beside this module. */
  base?: string | URL;
}

export interface Asymptoken {
  readonly variant: Variant;
  readonly workers: number;
  readonly version: string;
  /** The built-in specs, every default written out. */
  specs(): Promise<BuiltinSpec[]>;
  /** Checks a spec and returns it with every default written out; rejects with the one sentence that names the field. */
  complete(spec: Spec, inputs?: Inputs): Promise<Spec>;
  /** The laws that there are. */
  laws(): Promise<LawDescription[]>;
  run(spec: Spec, options?: RunOptions): Promise<Result>;
  /** The same with nothing averaged. */
  replicates(spec: Spec, options?: LimitOptions): Promise<Replicates>;
  /** What is known without running: limits, asymptotic constants, predictions. */
  limit(spec: Spec, options?: LimitOptions): Promise<Limit>;
  /** In the order of the sweep. */
  heads(spec: Spec, inputs?: Inputs): Promise<Head[]>;
  heatmap(source: AttentionSource, request: HeatmapRequest): Promise<Heatmap>;
  pooledHeatmap(source: AttentionSource, request: PooledHeatmapRequest): Promise<PooledHeatmap>;
  /** Softmax attention over arrays of the caller's. Memory is that of the arrays, in each worker: never queries x keys. */
  attend(request: AttendRequest): Promise<Attention>;
  /** The first n tokens of the law, as `heatmap` uses them. */
  tokens(spec: Spec, n: number, replicate?: number, inputs?: Inputs): Promise<Tokens>;
  /** Of an array's rows. */
  moments(points: NumberArray): Promise<SampleMoments>;
  /** A line for each curve, point and metric, as the command writes it. */
  csv(result: Result): Promise<string>;
  /** A result of any version of this project, as the latest one writes it; rejects with the sentence that names the field. */
  readResult(json: string): Promise<Result>;
  /** An array in NumPy's format; `name` is what an error calls it. */
  readNpy(name: string, bytes: Uint8Array): Promise<NumberArray>;
  /** Ends the workers; anything under way rejects. */
  close(): void;
}
