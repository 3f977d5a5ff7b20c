import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Asymptoken, LoadOptions } from '../../wasm/src/api.ts';

/** The package that the page runs, under node: what the page shows is compared with it. */
export async function loadCore(): Promise<Asymptoken> {
  const module = join(
    process.env['ASYMPTOKEN_WASM'] ?? join(import.meta.dirname, '../../build/wasm'),
    'index.js',
  );
  if (!existsSync(module))
    throw new Error(`the core is missing: there is no ${module}; build it with ./dev build wasm`);
  const { load } = (await import(pathToFileURL(module).href)) as {
    load(options?: LoadOptions): Promise<Asymptoken>;
  };
  return load();
}
