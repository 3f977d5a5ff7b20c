/** What figures ask of the core at their first settings: the profile by which split.ts cuts the binary. */

import type { Piece } from './src/binary.ts';
import type { Core, Handle } from './src/core.ts';

export interface Workload {
  /**
   * Where the functions go that no other workload calls. Those of several go to `shared`, those of none to `rest`, and
   * what a workload without a piece calls stays in the core.
   */
  piece: Piece | null;
  run(core: Core): void;
}

const tokens = { from: 10, to: 1000, count: 4 };
const replicates = 12;

const gaussian = (dimension: number) => ({ type: 'gaussian', dimension, covariance: 1 });

const moments = {
  experiment: 'moments',
  law: gaussian(5),
  attention: { weights: 'random', seed: 7, horizons: [0.5, 1] },
  tokens,
  replicates,
};

const sweep = {
  ...moments,
  law: gaussian(3),
  attention: { ...moments.attention, horizons: [0.25, 0.4, 0.6, 0.8, 1.25, 1.6, 2.5] },
  tokens: [10, 100],
};

const published = {
  ...moments,
  law: { type: 'sphere', dimension: 50, radius: 1 },
  attention: { weights: 'random', seed: 7, scales: { from: 0.05, to: 50, count: 2 } },
  tokens: { from: 10, to: 300, count: 3 },
};

const clouds = { experiment: 'moments', law: gaussian(2), tokens: 200, replicates: 1 };

const map = {
  experiment: 'map',
  law: {
    type: 'gaussian_mixture',
    dimension: 2,
    components: [{ weight: 2, mean: [-1, 0], covariance: 0.1 }, { mean: [1, 0] }],
  },
  queries: { points: [[1, 0.5]] },
  tokens,
  replicates,
};

const uniform = {
  experiment: 'uniform',
  law: gaussian(2),
  ball: { radii: [0.5, 2] },
  tokens,
  replicates,
};

const errorField = {
  experiment: 'map',
  law: gaussian(2),
  queries: {
    points: [
      [0, 0],
      [1, 0],
    ],
  },
  tokens: 200,
  replicates: 1,
};

const hardmax = {
  experiment: 'hardmax',
  law: { type: 'sphere', dimension: 3, radius: 1 },
  query: { radius: 1 },
  temperatures: [0, 0.01, 1],
  temperature_unit: 'fixed',
  tokens,
  replicates,
};

export const workloads: Workload[] = [
  {
    piece: null,
    run(core) {
      core.version();
      run(core, moments);
      run(core, sweep);
      sample(core, clouds);
    },
  },
  {
    piece: 'moments',
    run(core) {
      run(core, { ...published, law: gaussian(50) });
      run(core, published);
      run(core, { ...moments, law: { ...published.law, dimension: 5 }, tokens: published.tokens });
      sample(core, { ...clouds, law: { ...published.law, dimension: 2 } });
    },
  },
  {
    piece: 'map',
    run(core) {
      run(core, map);
      sample(core, map);
    },
  },
  {
    piece: 'uniform',
    run(core) {
      run(core, uniform);
      sample(core, errorField);
    },
  },
  { piece: 'hardmax', run: (core) => run(core, hardmax) },
  { piece: 'heatmap', run: (core) => weights(core, moments) },
];

/** An experiment from its spec to its result. */
function run(core: Core, spec: object): void {
  const complete = core.complete(text(spec));
  core.limit(complete);
  using(new core.ExperimentRun(complete), (run) => {
    run.works().forEach((_, item) => {
      run.begin(item);
      finish(run);
      run.fractionDone();
      run.add(item, run.values());
      if (item === 0) run.result();
    });
    run.result();
  });
}

/** Tokens of the plane, and attention to them beside its limit. */
function sample(core: Core, spec: object): void {
  const n = 200;
  core.limit(text(spec));
  using(new core.TokenSampler(text(spec), n, 0), (sampler) => {
    sampler.dimension();
    sampler.work();
    const tokens = sampler.sample(0, n);
    for (const queries of [tokens.subarray(0, 2), tokens]) {
      using(new core.ArrayAttention(n, 2, 2, 1, false), (attention) => {
        attention.append(tokens, tokens);
        attention.begin(queries);
        finish(attention);
        attention.output();
        attention.logSumExp();
      });
    }
  });
}

function weights(core: Core, spec: object): void {
  const n = 200;
  core.heads(text(spec));
  using(new core.TokenSampler(text(spec), n, 0), (sampler) => {
    sampler.sample(0, n);
  });
  for (const side of [1, 4]) {
    using(new core.AttentionMatrix(text(spec), n, 0, 0), (matrix) => {
      matrix.begin(0, n, 0, n, side);
      finish(matrix);
      matrix.largest();
      matrix.mean();
      matrix.logSumExp();
      matrix.participation();
    });
  }
}

function text(spec: object): string {
  return JSON.stringify({ schema: 1, seed: 42, attention: { matrix: 1, value: 1 }, ...spec });
}

function using<Object extends Handle>(object: Object, use: (object: Object) => void): void {
  use(object);
  object.delete();
}

function finish(job: { advance(work: number): boolean }): void {
  while (!job.advance(1e6));
}
