import type { Asymptoken, LoadOptions, Variant } from '../../../wasm/src/api.ts';
import type { MakeSolver } from './problem.ts';

export function asymptoken(variant: Variant): MakeSolver {
  return async ({ queries, keys, values, d }, threads) => {
    const address = '/package/index.js';
    const { load } = (await import(address)) as { load(options: LoadOptions): Promise<Asymptoken> };
    const loaded = await load({ variant, workers: threads });
    return {
      name: `asymptoken ${variant}`,
      run: async () => (await loaded.attend({ queries, keys, values, dimension: d })).output,
    };
  };
}
