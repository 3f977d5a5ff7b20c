/**
 * A stand-in for the core, for working on the page while there is none: plausible numbers on a timer. It has no
 * worker, no limit and no law; nothing of it is shipped.
 */
import type {
  Asymptoken,
  Curve,
  Heatmap,
  HeatmapRequest,
  Point,
  PooledHeatmap,
  PooledHeatmapRequest,
  PowerLawFit,
  Result,
  RunOptions,
  Spec,
  Tokens,
} from '../../wasm/src/api.ts';

export { PauseController } from '../../wasm/src/pause.ts';

interface FakeSpec {
  seed: number;
  law: { type: string; dimension: number };
  attention: { horizons: number[] };
  tokens: { from: number; to: number; count: number };
  replicates: number;
}

const metrics = ['mean', 'covariance'];

export function load(): Promise<Asymptoken> {
  return Promise.resolve({
    variant: 'relaxed',
    workers: 2,
    version: 'fake',
    specs: () => Promise.resolve([]),
    complete: (spec: Spec) => Promise.resolve(spec),
    run,
    limit: () => Promise.reject(new Error('limit is not faked: build the core')),
    heads: () => Promise.reject(new Error('heads are not faked: build the core')),
    heatmap,
    pooledHeatmap,
    attend: () => Promise.reject(new Error('attend is not faked: build the core')),
    tokens: (spec: Spec, n: number) => Promise.resolve(tokens(spec, n)),
    close: () => undefined,
  });
}

async function run(spec: Spec, options: RunOptions = {}): Promise<Result> {
  const fake = spec as unknown as FakeSpec;
  if (spec.experiment !== 'moments') throw new Error(`${spec.experiment} is not faked: build the core`);
  if (fake.tokens.from > fake.tokens.to) {
    throw new Error(
      `tokens.from is ${fake.tokens.from}; expected at most tokens.to, which is ${fake.tokens.to}`,
    );
  }
  const steps = Number(new URLSearchParams(globalThis.location?.search ?? '').get('steps') ?? 60);
  for (let step = 1; step <= steps;) {
    await new Promise((resolve) => setTimeout(resolve, 80));
    options.signal?.throwIfAborted();
    if (options.pause?.paused) continue;
    const result = resultAt(spec, step / steps);
    const secondsLeft = (steps - step) * 0.08;
    options.onPartial?.(result, {
      fraction: step / steps,
      items: result.items,
      secondsLeft: step > 2 ? secondsLeft : null,
      secondsRunning: step * 0.08,
    });
    step++;
  }
  return resultAt(spec, 1);
}

function resultAt(spec: Spec, fraction: number): Result {
  const fake = spec as unknown as FakeSpec;
  const total = fake.replicates * fake.tokens.count;
  const done = Math.floor(total * fraction);
  const curves = fake.attention.horizons.map((horizon, index) => curve(fake, horizon, index, done));
  return {
    schema: 1,
    spec,
    complete: done === total,
    items: { done, total },
    points_share_tokens: false,
    metrics,
    curves,
    provenance: { version: 'fake', target: 'fake', simd: 'none', wall_seconds: fraction * 5 },
  };
}

function curve(spec: FakeSpec, horizon: number, index: number, done: number): Curve {
  const { from, to, count } = spec.tokens;
  const actual = Math.min(0.5, 1 / (1 + horizon ** 2));
  const points = Array.from({ length: count }, (_, i): Point => {
    const n = Math.round(from * (to / from) ** (i / Math.max(1, count - 1)));
    const replicates = Math.floor((done + count - 1 - i) / count);
    if (replicates === 0) return { n, mean: null, covariance: null };
    const estimate = (level: number, rate: number, stream: number) => {
      const centre = level * (n / 100) ** -rate;
      const deviation = centre * (0.3 + 0.2 * horizon);
      const mean = centre + (deviation * wobble(spec.seed + 31 * i + stream)) / Math.sqrt(replicates);
      return { mean, standard_deviation: replicates > 1 ? deviation : 0, count: replicates };
    };
    return {
      n,
      mean: estimate(0.16 * (1 + horizon ** 2 / 4), 0.5 * actual + 0.22, 7 * index),
      covariance: estimate(0.42 * horizon ** 2.2, actual - 0.03, 91 + index),
    };
  });
  const fit = Object.fromEntries(metrics.map((metric) => [metric, fitOf(points, metric)]));
  const predicted = metrics.flatMap((metric) => [
    {
      metric,
      quantity: 'slope' as const,
      name: 'guaranteed rate',
      value: -1 / (2 * (1 + horizon ** 2)),
      status: 'paper' as const,
      formula: '-1/(2(1+H^2))',
    },
    {
      metric,
      quantity: 'slope' as const,
      name: 'Gaussian rate',
      value: -actual,
      status: horizon < 1 ? ('derived' as const) : ('heuristic' as const),
      formula: '-min(1/2, 1/(1+H^2))',
    },
  ]);
  return { parameters: { horizon }, horizon, points, fit, predicted };
}

function fitOf(points: Point[], metric: string): PowerLawFit | null {
  const rows = points.flatMap((point) => {
    const value = point[metric];
    if (typeof value !== 'object' || value === null || value.count < 2) return [];
    return [{ x: Math.log(point.n), y: Math.log(value.mean) }];
  });
  if (rows.length < 3) return null;
  const mean = (pick: (row: { x: number; y: number }) => number) =>
    rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  const x = mean((row) => row.x);
  const y = mean((row) => row.y);
  const spread = rows.reduce((sum, row) => sum + (row.x - x) ** 2, 0);
  const slope = rows.reduce((sum, row) => sum + (row.x - x) * (row.y - y), 0) / spread;
  const rest = rows.reduce((sum, row) => sum + (row.y - y - slope * (row.x - x)) ** 2, 0) / (rows.length - 2);
  const slope_se = Math.sqrt(rest / spread);
  return {
    slope,
    slope_se,
    intercept: y - slope * x,
    intercept_se: slope_se * x,
    points: rows.length,
    bootstrap: null,
  };
}

async function heatmap(spec: Spec, request: HeatmapRequest): Promise<Heatmap> {
  const fake = spec as unknown as FakeSpec;
  const { n } = request;
  const { rows = [0, n], columns = [0, n] } = request;
  const { dimension, values } = tokens(spec, n);
  const horizon = fake.attention.horizons[request.head ?? 0] ?? 1;
  const width = columns[1] - columns[0];
  const weights = new Float32Array((rows[1] - rows[0]) * width);
  const logSumExp = new Float64Array(rows[1] - rows[0]);
  for (let i = rows[0]; i < rows[1]; i++) {
    const logits = Float64Array.from({ length: n }, (_, j) => {
      let dot = 0;
      for (let k = 0; k < dimension; k++) {
        const key = values[j * dimension + ((k + 1) % dimension)] ?? 0;
        dot += horizon * 0.6 * (values[i * dimension + k] ?? 0) * key;
      }
      return dot;
    });
    const top = logits.reduce((a, b) => Math.max(a, b));
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
    const shown = logits.subarray(...columns).map((logit) => Math.exp(logit - top) / sum);
    weights.set(shown, (i - rows[0]) * width);
    logSumExp[i - rows[0]] = top + Math.log(sum);
  }
  return { rows, columns, weights, logSumExp };
}

async function pooledHeatmap(spec: Spec, request: PooledHeatmapRequest): Promise<PooledHeatmap> {
  const { side } = request;
  const { rows, columns, weights, logSumExp } = await heatmap(spec, request);
  const [height, width] = [rows[1] - rows[0], columns[1] - columns[0]];
  const across = Math.ceil(width / side);
  const largest = new Float32Array(Math.ceil(height / side) * across);
  const mean = new Float32Array(largest.length);
  const participation = new Float64Array(height);
  weights.forEach((weight, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const pixel = Math.floor(row / side) * across + Math.floor(column / side);
    largest[pixel] = Math.max(largest[pixel]!, weight);
    mean[pixel]! += weight / side ** 2;
    participation[row]! += weight ** 2;
  });
  return { rows, columns, side, largest, mean, logSumExp, participation };
}

function tokens(spec: Spec, n: number): Tokens {
  const { seed, law } = spec as unknown as FakeSpec;
  const values = Float32Array.from({ length: n * law.dimension }, (_, i) => wobble(seed * 1009 + i));
  return { n, dimension: law.dimension, values };
}

/** About N(0, 1), the same for the same number. */
function wobble(key: number): number {
  let state = (key * 2654435761) >>> 0;
  let sum = 0;
  for (let i = 0; i < 6; i++) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    sum += state / 2 ** 32;
  }
  return (sum - 3) * Math.SQRT2;
}
