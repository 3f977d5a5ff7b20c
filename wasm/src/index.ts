/** The package's front door: `const asymptoken = await load()`. */

import type { Asymptoken, LoadOptions, Spec, Variant } from './api.ts';
import { wholeNumber } from './arguments.ts';
import { attend } from './attend.ts';
import { pieces, type Binary } from './binary.ts';
import { choose, detect } from './detect.ts';
import { heatmap, pooledHeatmap, tokens } from './heatmap.ts';
import { Pool } from './pool.ts';
import { run } from './run.ts';

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
  const ask = (spec: Spec, kind: 'complete' | 'limit') =>
    pool.choose(1)[0]!.ask({ kind, spec: JSON.stringify(spec) });
  return {
    variant,
    workers: size,
    version,
    specs: async () => pool.choose(1)[0]!.ask({ kind: 'specs' }),
    complete: async (spec) => JSON.parse(await ask(spec, 'complete')) as Spec,
    limit: async (spec) => JSON.parse(await ask(spec, 'limit')) as unknown,
    run: (spec, runOptions) => run(pool, spec, runOptions),
    heads: async (spec) => pool.choose(1)[0]!.ask({ kind: 'heads', spec: JSON.stringify(spec) }),
    heatmap: (spec, request) => heatmap(pool, spec, request),
    pooledHeatmap: (spec, request) => pooledHeatmap(pool, spec, request),
    attend: async (request) => attend(pool, request),
    tokens: (spec, n, replicate) => tokens(pool, spec, n, replicate),
    close: () => pool.close(),
  };
}

/** In the words by which bundlers know a file that they have to carry along. */
const binaries: Record<Variant, () => Binary> = {
  simd128: () => ({
    core: new URL('./simd128.wasm', import.meta.url).href,
    pieces: {
      moments: new URL('./simd128-moments.wasm', import.meta.url).href,
      map: new URL('./simd128-map.wasm', import.meta.url).href,
      uniform: new URL('./simd128-uniform.wasm', import.meta.url).href,
      hardmax: new URL('./simd128-hardmax.wasm', import.meta.url).href,
      heatmap: new URL('./simd128-heatmap.wasm', import.meta.url).href,
      shared: new URL('./simd128-shared.wasm', import.meta.url).href,
      rest: new URL('./simd128-rest.wasm', import.meta.url).href,
    },
  }),
  relaxed: () => ({
    core: new URL('./relaxed.wasm', import.meta.url).href,
    pieces: {
      moments: new URL('./relaxed-moments.wasm', import.meta.url).href,
      map: new URL('./relaxed-map.wasm', import.meta.url).href,
      uniform: new URL('./relaxed-uniform.wasm', import.meta.url).href,
      hardmax: new URL('./relaxed-hardmax.wasm', import.meta.url).href,
      heatmap: new URL('./relaxed-heatmap.wasm', import.meta.url).href,
      shared: new URL('./relaxed-shared.wasm', import.meta.url).href,
      rest: new URL('./relaxed-rest.wasm', import.meta.url).href,
    },
  }),
};

function binaryIn(base: URL, variant: Variant): Binary {
  const place = (name: string) => new URL(`${name}.wasm`, base).href;
  return {
    core: place(variant),
    pieces: Object.fromEntries(
      pieces.map((piece) => [piece, place(`${variant}-${piece}`)]),
    ) as Binary['pieces'],
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
