import type { Asymptoken } from '../../wasm/src/api.ts';

export { PauseController } from '../../wasm/src/pause.ts';

/** What the page's core does, as far as a test needs it. */
export const given: Partial<Asymptoken> = {};

/** How often it has been loaded. */
export const loads = { count: 0, fail: false };

export function load(): Promise<Asymptoken> {
  loads.count++;
  return loads.fail ? Promise.reject(new Error('no such file')) : Promise.resolve(given as Asymptoken);
}
