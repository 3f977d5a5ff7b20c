import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const name = '@asymptoken/core';
const folder = join(import.meta.dirname, '../../build/wasm');

/**
 * Carries build/wasm into the site as it is, in a folder named after its content, and points the page's import
 * at it. The bundler stays out: the page runs the very files that the package ships and the tests use under
 * node, and a cached page never meets another version's core. The schema of specs and results lies beside the
 * pages, for the docs to link.
 */
export function coreFolder(): Plugin {
  let building = false;
  let served = '';
  return {
    name: 'asymptoken-core-folder',
    enforce: 'pre',
    configResolved(config) {
      building = config.command === 'build';
      if (!existsSync(join(folder, 'index.js'))) {
        throw new Error(`${join(folder, 'index.js')} is missing: build the core first (./dev build wasm)`);
      }
      if (building) served = `core-${fingerprint()}`;
    },
    resolveId(id) {
      if (id !== name) return null;
      return building ? { id: name, external: true } : join(folder, 'index.js');
    },
    renderChunk(code, { fileName }) {
      const site = fileName.includes('/') ? '..' : '.';
      return served ? code.replaceAll(/(['"`])@asymptoken\/core\1/g, `"${site}/${served}/index.js"`) : null;
    },
    transformIndexHtml() {
      if (!served) return [];
      const attrs = { rel: 'modulepreload', href: `./${served}/index.js` };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
    generateBundle() {
      if (!served) return;
      for (const file of files()) {
        this.emitFile({
          type: 'asset',
          fileName: `${served}/${file}`,
          source: readFileSync(join(folder, file)),
        });
      }
      this.emitFile({
        type: 'asset',
        fileName: 'schema.json',
        source: readFileSync(join(folder, 'schema.json')),
      });
    },
  };
}

function files(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|mjs|wasm)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => !file.startsWith('node_modules'))
    .sort();
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of files()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 10);
}
