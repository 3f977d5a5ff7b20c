/** The package's front door: `const asymptoken = await load()`. */

import type { Asymptoken, Inputs, LoadOptions, Result, Spec, Variant } from './api.ts';
import { checkedArray, checkedInputs, wholeNumber } from './arguments.ts';
import type { Binary } from './binary.ts';
import { choose, detect } from './detect.ts';
import { limit, replicates, run } from './experiment.ts';
import { readNpy } from './npy.ts';
import { Pool, type PoolWorker } from './pool.ts';
import { attend, heatmap, pooledHeatmap, tokens } from './rows.ts';
import { binaries, pieces } from 'asymptoken-binaries';

export type * from './api.ts';
export { detect, type Features } from './detect.ts';
export { PauseController } from './pause.ts';

/** Starts the workers and loads the core. Rejects with one sentence that says what is missing. */
export async function load(options: LoadOptions = {}): Promise<Asymptoken> {
  const variant = choose(options.variant ?? 'auto', detect());
  const size = wholeNumber('workers', options.workers ?? defaultWorkers(), 1, 1024);
  const base = options.base === undefined ? null : folder(options.base);
  const { pool, version } = await Pool.start({
    variant,
    size,
    binary: base ? binaryIn(base, variant) : binaries[variant](),
    worker: base && new URL('worker.js', base),
  });
  const ask: PoolWorker['ask'] = (question) => pool.choose(1)[0]!.ask(question);
  const withInputs = (spec: Spec, inputs: Inputs = {}) => ({
    spec: JSON.stringify(spec),
    inputs: checkedInputs(inputs),
  });
  return {
    variant,
    workers: size,
    version,
    specs: async () => ask<'specs'>({ kind: 'specs' }),
    complete: async (spec, inputs) =>
      JSON.parse(await ask<'complete'>({ kind: 'complete', ...withInputs(spec, inputs) })) as Spec,
    heads: async (spec, inputs) => ask<'heads'>({ kind: 'heads', ...withInputs(spec, inputs) }),
    limit: async (spec, options) => limit(pool, spec, options),
    laws: async () => ask<'laws'>({ kind: 'laws' }),
    run: async (spec, options) => run(pool, spec, options),
    replicates: async (spec, options) => replicates(pool, spec, options),
    moments: async (points) => ask<'moments'>({ kind: 'moments', points: checkedArray('points', points) }),
    csv: async (result) => ask<'csv'>({ kind: 'csv', result: JSON.stringify(result) }),
    heatmap: (source, request) => heatmap(pool, source, request),
    pooledHeatmap: (source, request) => pooledHeatmap(pool, source, request),
    attend: (request) => attend(pool, request),
    tokens: (spec, n, replicate, inputs) => tokens(pool, spec, n, replicate, inputs),
    readResult: async (json) =>
      JSON.parse(await ask<'latestResult'>({ kind: 'latestResult', json })) as Result,
    readNpy: (name, bytes) => readNpy(pool, name, bytes),
    close: () => pool.close(),
  };
}

function binaryIn(base: URL, variant: Variant): Binary {
  const place = (name: string) => new URL(`${name}.wasm`, base).href;
  return {
    core: place(variant),
    pieces: Object.fromEntries(pieces.map((piece) => [piece, place(`${variant}-${piece}`)])),
  };
}

function defaultWorkers(): number {
  return Math.max(1, Math.min(8, globalThis.navigator?.hardwareConcurrency ?? 4));
}

/** A page gives its folder as it would in a link. */
function folder(base: string | URL): URL {
  const page = globalThis.document?.baseURI ?? import.meta.url;
  const url = new URL(base, page);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
