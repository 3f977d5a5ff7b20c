import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type {
  Asymptoken,
  LoadOptions,
  MapSpec,
  MomentsSpec,
  NumberArray,
  PauseSignal,
  Variant,
} from '../../wasm/src/api.ts';
import type { Matrix } from '../command/npy.ts';

/** The packed folder; build/wasm unless ASYMPTOKEN_WASM names another. */
export const folder = process.env['ASYMPTOKEN_WASM'] ?? join(import.meta.dirname, '../../build/wasm');

const entry = join(folder, 'index.js');
if (!existsSync(entry))
  throw new Error(`the package is missing: there is no ${entry}; build it with ./dev build wasm`);

export const facade = (await import(pathToFileURL(entry).href)) as {
  load(options?: LoadOptions): Promise<Asymptoken>;
  detect(validate?: (module: BufferSource) => boolean): { simd128: boolean; relaxed: boolean };
  PauseController: new () => { readonly signal: PauseSignal; pause(): void; resume(): void };
};

/** Both binaries; Node has had relaxed SIMD since 21, so neither is ever left out. */
export const variants: Variant[] = ['simd128', 'relaxed'];

/** Loads the package for one test. */
export async function open(test: TestContext, options?: LoadOptions): Promise<Asymptoken> {
  const asymptoken = await facade.load(options);
  test.after(() => asymptoken.close());
  return asymptoken;
}

/** Rows one after the other, as the package takes them. */
export function arrayOf({ rows, columns, values }: Matrix): NumberArray {
  return { data: values, shape: [rows, columns] };
}

/** Column after column: the same array in another order. */
export function transposed({ rows, columns, values }: Matrix): NumberArray {
  const data = values.slice();
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[j * rows + i] = values[i * columns + j]!;
  return { data, shape: [rows, columns], strides: [1, rows] };
}

/** A moments experiment of a fraction of a second. */
export const moments: MomentsSpec = {
  experiment: 'moments',
  seed: 11,
  law: { type: 'gaussian', dimension: 6, mean: [0, 0.2, 0, 0, -0.1, 0], covariance: 0.4 },
  attention: { weights: 'random', seed: 3, horizons: [0.4, 1.1] },
  tokens: [40, 120, 360, 1000],
  replicates: 7,
};

/** The attention map on the sphere, likewise. */
export const map: MapSpec = {
  experiment: 'map',
  seed: 5,
  law: { type: 'sphere', dimension: 4, radius: 1.5 },
  attention: { matrix: 1.25 },
  queries: { radii: [0.5, 2] },
  tokens: [50, 500, 5000],
  replicates: 9,
};

/** Points inside one block of queries, inside one step over the keys, and beyond both. */
const nested = { list: [40, 70, 360, 1000, 2500], nested: true };
export const nestedMoments: MomentsSpec = { ...moments, tokens: nested };
export const nestedMap: MapSpec = { ...map, tokens: nested };

/** Minutes of work in items of a second or so, none of which a test waits for. */
export const long: MomentsSpec = {
  ...moments,
  law: { type: 'gaussian', dimension: 16, covariance: 0.1 },
  tokens: [20000],
  replicates: 50,
};
