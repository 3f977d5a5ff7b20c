/** Serves the contestants' pages, cross-origin isolated. */

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, normalize } from 'node:path';

export const wasmPackage = process.env['ASYMPTOKEN_WASM'] ?? join(import.meta.dirname, '../../../build/wasm');
export const peersFolder = join(import.meta.dirname, '../peers/node_modules');

/** Which folder lies where. */
const folders: Record<string, string> = {
  package: wasmPackage,
  peers: peersFolder,
  page: import.meta.dirname,
};

const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.ts': 'text/javascript',
  '.wasm': 'application/wasm',
};

const page =
  '<!doctype html><meta charset="utf-8"><title>benchmark</title><link rel="icon" href="data:,"><script type="module" src="/page/page.ts"></script>';

export async function serve(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const path = normalize(decodeURIComponent(new URL(request.url!, 'http://localhost').pathname));
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end(page);
      return;
    }
    const [, name, ...rest] = path.split('/');
    const folder = folders[name!];
    const file = folder && join(folder, ...rest);
    if (!file || !existsSync(file)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    if (file.endsWith('.ts')) response.end(stripTypeScriptTypes(readFileSync(file, 'utf8')));
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
