import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Asymptoken, Result } from '../../wasm/src/api.ts';
import { call, install } from '../agreement/install.ts';
import { measured } from '../agreement/compare.ts';
import { piecesOf, workloads } from '../../wasm/workloads.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { until } from './page.ts';
import { quick, specOf } from './settings.ts';
import { serveFolder } from './site.ts';

// The package, installed into an empty folder, in a page of its user's: through a bundler, and as it is.

const spec = specOf(quick);
/** Its icon is any file that is there, so that no browser asks for one that is not. */
const page = (script: string) =>
  `<!doctype html><title>A user's page</title><link rel="icon" href="./index.html"><script type="module" src="${script}"></script>`;
const use = (name: string) => `
import { load } from '${name}';
const asymptoken = await load();
globalThis.result = await asymptoken.run(${JSON.stringify(spec)});
asymptoken.close();
`;

let core: Asymptoken;
let path: string;
let remove: (() => void) | undefined;
before(async () => {
  core = await loadCore();
  ({ path, remove } = install());
  writeFileSync(join(path, 'index.html'), page('./unbundled.js'));
  writeFileSync(join(path, 'unbundled.js'), use('./node_modules/@asymptoken/core/index.js'));
  writeFileSync(join(path, 'bundled.html'), page('./bundled.js'));
  writeFileSync(join(path, 'bundled.js'), use('@asymptoken/core'));
  const vite = join(import.meta.dirname, '../../web/node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) throw new Error(`vite is missing: there is no ${vite}; run npm ci in web/`);
  writeFileSync(
    join(path, 'vite.config.js'),
    "export default { base: './', logLevel: 'warn', build: { target: 'es2022', rolldownOptions: { input: 'bundled.html' } } };",
  );
  call(process.execPath, [vite, 'build'], path);
});
after(() => {
  core?.close();
  remove?.();
});

inEachBrowser((stage) => {
  for (const [way, folder, file] of [
    ['without a bundler', '.', ''],
    ['built with Vite', 'dist', 'bundled.html'],
  ] as const) {
    test(`works ${way}`, async () => {
      const expected = measured(await core.run(spec));
      const site = await serveFolder(join(path, folder));
      const tab = await stage.browser.open();
      try {
        await tab.goto(site.address + file);
        const found = () => tab.evaluate(() => (globalThis as { result?: Result }).result ?? null);
        await until('the result', async () => (await found()) !== null, { seconds: 20 });
        assert.deepEqual(measured((await found())!), expected);
        // Of the binary's files it needs these; several workers ask for the same.
        const asked = site.requests.filter((path) => path.endsWith('.wasm')).join();
        assert.deepEqual(
          piecesOf(workloads).filter((piece) => asked.includes(`-${piece}`)),
          ['run'],
          asked,
        );
        assert.deepEqual(tab.complaints, []);
      } finally {
        await tab.close();
        site.close();
      }
    });
  }
});
