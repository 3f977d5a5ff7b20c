/** What figures ask of the core at their first settings: the profile by which split.ts cuts the binary. */

import type { AttentionMatrix, Core, ExperimentJob, InputArrays, Job } from './src/core.ts';

export interface Workload {
  /**
   * Where the functions go that no other workload calls. Those of several go to `shared`, those of none to `rest`; but
   * what `run` calls is in `run`, whoever else calls it, next what `sample` does in `sample`. Of `run`, what `map`, which
   * a page opens with, calls too is the core.
   */
  piece: string;
  run(core: Core, builtins: Builtins): void;
}

/** The built-in specs by name, as JSON. */
export type Builtins = Map<string, string>;

/** In the order in which they are cut off. */
export function piecesOf(workloads: Workload[]): string[] {
  const own = workloads.map(({ piece }) => piece).filter((piece) => piece !== 'run' && piece !== 'sample');
  return ['rest', ...new Set(own), 'shared', 'sample', 'run'];
}

/** The workloads that can do without this piece and those that are cut off after it. */
export function keeping(piece: string): Workload[] {
  const of = (...pieces: string[]) => workloads.filter((one) => pieces.includes(one.piece));
  if (piece === 'shared') return of('run', 'sample');
  if (piece === 'sample') return of('run');
  if (piece === 'run') return of('map');
  return workloads.filter((one) => one.piece !== piece);
}

const small = { tokens: { from: 10, to: 1000, count: 4 }, replicates: 12 };

export const workloads: Workload[] = [
  // The first picture of an experiment.
  {
    piece: 'run',
    run(core, builtins) {
      core.version();
      run(core, specOf(builtins, 'horizons'));
      run(core, leastOf(builtins, 'horizons'));
      run(core, specOf(builtins, 'horizon-sweep'));
    },
  },
  // One sample beside it.
  clouds('sample', 'gaussian'),
  figure('moments', 'horizons', { law: { type: 'sphere', dimension: 5 } }),
  figure('moments', 'horizons', { law: { type: 'sphere', dimension: 50 } }),
  clouds('moments', 'sphere'),
  {
    piece: 'map',
    run(core, builtins) {
      core.version();
      const spec = specOf(builtins, 'plane');
      limit(core, spec);
      attend(core, Float32Array.of(1, 0), tokensOf(core, spec), true);
    },
  },
  figure('uniform', 'balls'),
  // One sample's errors at all queries of a lattice.
  {
    piece: 'uniform',
    run(core, builtins) {
      const spec = specOf(builtins, 'plane', { queries: { input: 'queries' }, tokens: 200, replicates: 1 });
      const queries: NamedPairs = [['queries', Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i))]];
      run(core, spec, (experiment) => experiment.shape(), queries);
    },
  },
  figure('hardmax', 'cooling'),
  figure('window', 'windows', { context: 1000 }),
  {
    piece: 'heatmap',
    run(core, builtins) {
      const spec = specOf(builtins, 'horizons');
      withArrays(core, [], (inputs) => {
        weights(core, inputs, new core.AttentionMatrix(spec, inputs, 200, 0, 0));
      });
    },
  },
];

/** Points of the plane. */
type Pairs = Float32Array<ArrayBuffer>;
type NamedPairs = [name: string, pairs: Pairs][];

function figure(piece: string, builtin: string, changes: object = {}): Workload {
  return { piece, run: (core, builtins) => run(core, specOf(builtins, builtin, changes)) };
}

function clouds(piece: string, type: string): Workload {
  return {
    piece,
    run(core, builtins) {
      const once = { law: { type, dimension: 2 }, attention: { matrix: 1 }, tokens: 200, replicates: 1 };
      const spec = specOf(builtins, 'horizons', once);
      withArrays(core, [], (inputs) => core.heads(spec, inputs));
      const tokens = tokensOf(core, spec);
      attend(core, tokens, tokens, false);
      withArrays(core, [['points', tokens]], (inputs) => core.moments(inputs));
      run(core, spec, (experiment) => experiment.shape());
    },
  };
}

function specOf(builtins: Builtins, name: string, changes: object = {}): string {
  return JSON.stringify({ ...(JSON.parse(builtins.get(name)!) as object), ...small, ...changes });
}

/** As a caller writes it: without what has a default. */
function leastOf(builtins: Builtins, name: string): string {
  const { experiment, law, attention, tokens, replicates } = JSON.parse(specOf(builtins, name)) as Record<
    string,
    unknown
  >;
  return JSON.stringify({ experiment, law, attention, tokens, replicates });
}

/** An experiment from its spec to its result. */
function run(
  core: Core,
  spec: string,
  answer = (experiment: ExperimentJob): unknown => experiment.result(),
  arrays: NamedPairs = [],
): void {
  withArrays(core, arrays, (inputs) => {
    const experiment = new core.ExperimentJob(spec, inputs);
    execute(experiment, () => answer(experiment));
    answer(experiment);
    experiment.delete();
  });
}

function limit(core: Core, spec: string): void {
  withArrays(core, [], (inputs) => {
    const experiment = new core.ExperimentJob(spec, inputs);
    experiment.works().slice(0, experiment.limitItems());
    experiment.preliminaryItems();
    experiment.startable();
    for (let step = 0; step < experiment.preparationSteps(); ++step) experiment.prepare(step);
    experiment.limit();
    experiment.delete();
  });
}

function tokensOf(core: Core, spec: string): Pairs {
  let tokens: Pairs = new Float32Array();
  withArrays(core, [], (inputs) => {
    const job = new core.TokensJob(spec, inputs, 200, 0);
    job.edges();
    tokens = Float32Array.from(execute(job)[0]!);
    job.delete();
  });
  return tokens;
}

function attend(core: Core, queries: Pairs, tokens: Pairs, spread: boolean): void {
  const arrays: NamedPairs = [
    ['queries', queries],
    ['keys', tokens],
    ['values', tokens],
  ];
  withArrays(core, arrays, (inputs) => {
    const job = new core.AttentionJob(inputs, 1, false, spread);
    job.edges();
    execute(job);
    job.delete();
  });
}

/** A matrix of 200 queries and keys; it ends with that. */
function weights(core: Core, inputs: InputArrays, matrix: AttentionMatrix): void {
  inputs.fingerprint();
  for (const side of [1, 4]) {
    const job = new core.WeightsJob(matrix, 0, 200, 0, 200, side);
    job.edges();
    execute(job);
    job.delete();
  }
  matrix.delete();
}

/** All items, as a worker does it; returns their values. `afterFirst` comes when one of the last stage is there. */
function execute(job: Job, afterFirst = () => {}): Float64Array<ArrayBuffer>[] {
  for (let step = 0; step < job.preparationSteps(); ++step) job.prepare(step);
  return Array.from(job.works(), (_, item) => {
    job.startable();
    job.begin(item);
    while (!job.advance(1e6)) job.fractionDone();
    job.add(item, job.values());
    if (item === job.preliminaryItems()) afterFirst();
    return job.values();
  });
}

function withArrays(core: Core, arrays: NamedPairs, use: (inputs: InputArrays) => void): void {
  const inputs = new core.InputArrays();
  for (const [name, pairs] of arrays) {
    inputs.add(name, 'float32', new Uint8Array(pairs.buffer), [pairs.length / 2, 2], []);
  }
  use(inputs);
  inputs.delete();
}
