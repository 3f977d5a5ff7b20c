/**
 * What `@asymptoken/core` offers to a page or to Node. Everything that computes runs in plain workers (no SharedArrayBuffer,
 * no special headers); nothing here blocks the calling thread.
 */

/** A spec as the command and the library read it; `asymptoken spec NAME` prints one with every default. */
export type Spec = { experiment: string; [key: string]: unknown };

/** Which of the two binaries: plain 128-bit SIMD, or with fused multiply-add where the engine has relaxed SIMD. */
export type Variant = 'simd128' | 'relaxed';

export type Status = 'paper' | 'derived' | 'heuristic';

export interface Estimate {
  mean: number;
  /** Over replicates; the standard error is standard_deviation / sqrt(count). */
  standard_deviation: number;
  count: number;
}

/** Metrics are keyed by the names in `Result.metrics`; null before the first replicate. */
export interface Point {
  n: number;
  [metric: string]: number | Estimate | null;
}

export interface PowerLawFit {
  slope: number;
  slope_se: number;
  intercept: number;
  intercept_se: number;
  points: number;
  /** Of the slope, over replicates; null in a partial result. */
  bootstrap: SlopeInterval | null;
}

export interface SlopeInterval {
  /** 95 % of the resampled slopes lie between. */
  low: number;
  high: number;
  standard_error: number;
}

export interface Prediction {
  metric: string;
  quantity: 'slope' | 'constant' | 'limit';
  name: string;
  value: number;
  status: Status;
  formula: string;
  /** By how many standard errors the measured slope exceeds a predicted one. */
  excess?: number;
}

export interface Curve {
  parameters: Record<string, number>;
  horizon: number;
  points: Point[];
  /** null before three points have an error bar. */
  fit: Record<string, PowerLawFit | null>;
  predicted: Prediction[];
}

export interface Result {
  schema: 1;
  spec: Spec;
  complete: boolean;
  items: { done: number; total: number };
  /** The points of a curve come from the same tokens; the standard errors of its fit then rest on their covariance. */
  points_share_tokens: boolean;
  metrics: string[];
  curves: Curve[];
  provenance: { version: string; target: string; simd: string; wall_seconds: number };
}

export interface Progress {
  /** From 0 to 1, by work, items under way included. */
  fraction: number;
  items: { done: number; total: number };
  /** Seconds; null until it can be estimated. */
  secondsLeft: number | null;
  secondsRunning: number;
}

export interface RunOptions {
  /** How many workers to use at most; default: all of the pool. */
  workers?: number;
  /** Aborting rejects with the signal's reason within 50 ms. */
  signal?: AbortSignal;
  /** While it is paused no work is done; finished items are kept. */
  pause?: PauseSignal;
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

/** One rectangle of the attention matrix of the first n tokens of a spec's law. */
export interface HeatmapRequest {
  /** The number of tokens, from 1 to 65536. */
  n: number;
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
  signal?: AbortSignal;
}

export interface Attention {
  /** Of each query, the mean of the values under its softmax weights; row-major. */
  output: Float32Array;
  /** Of each query, the log of the sum of e^logit. */
  logSumExp: Float64Array;
}

export interface Tokens {
  n: number;
  dimension: number;
  /** Row-major, n x dimension: the same bits on every machine. */
  values: Float32Array;
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
  complete(spec: Spec): Promise<Spec>;
  run(spec: Spec, options?: RunOptions): Promise<Result>;
  /** Closed forms only: limit, asymptotic constants, horizon, predicted exponents. */
  limit(spec: Spec): Promise<unknown>;
  /** In the order of the sweep. */
  heads(spec: Spec): Promise<Head[]>;
  heatmap(spec: Spec, request: HeatmapRequest): Promise<Heatmap>;
  pooledHeatmap(spec: Spec, request: PooledHeatmapRequest): Promise<PooledHeatmap>;
  /** Softmax attention over arrays of the caller's. Memory is that of the arrays, in each worker: never queries x keys. */
  attend(request: AttendRequest): Promise<Attention>;
  /** The first n tokens of the law, as `heatmap` uses them. */
  tokens(spec: Spec, n: number, replicate?: number): Promise<Tokens>;
  /** Ends the workers; anything under way rejects. */
  close(): void;
}
