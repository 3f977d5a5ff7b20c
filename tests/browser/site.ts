import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** As strict as a server may be: no inline script or style, no eval, nothing from elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

export interface Site {
  /** Ends with a slash. */
  address: string;
  /** What has been asked for, as paths below the address. */
  requests: string[];
  /** Where the files lie. */
  folder: string;
  close(): void;
}

/** Serves the built site; `withheld` paths are answered with 404, `workers` says where its workers may come from. */
export async function serveSite(withheld?: Pick<RegExp, 'test'>, workers?: string): Promise<Site> {
  const folder = process.env['ASYMPTOKEN_SITE'] ?? join(import.meta.dirname, '../../build/site');
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Error(
      `the site is missing: there is no index.html in ${folder}; build it with ./dev build site`,
    );
  }
  return serveFolder(folder, withheld, workers);
}

/** Serves a folder under a sub-path of an ephemeral port. */
export async function serveFolder(
  folder: string,
  withheld?: Pick<RegExp, 'test'>,
  workers = "worker-src 'self'",
): Promise<Site> {
  const path = '/some/sub/path/';
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
    const file = join(folder, normalize(asked.replace(path, '/')), asked.endsWith('/') ? 'index.html' : '');
    if (!asked.startsWith(path) || withheld?.test(asked) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    requests.push(asked.slice(path.length));
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': [...policy, workers].join('; '),
      // As hosts of static sites have it; other pages may then take figures from here.
      'access-control-allow-origin': '*',
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${path}`,
    requests,
    folder,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
