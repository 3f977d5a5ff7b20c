import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tab, TabOptions } from './browsers.ts';
import type { Stage } from './each-browser.ts';
import type { Site } from './site.ts';

/** A page of somebody else, who shows figures of the site at `site` in it. */
export interface HostPage {
  body: string;
  policy: string[];
  headers?: Record<string, string>;
}

/** What the documentation says that a strict policy has to allow, for either form. */
export const elementPolicy = (site: string) => [
  "default-src 'none'",
  `script-src ${new URL(site).origin} 'wasm-unsafe-eval'`,
  `connect-src ${new URL(site).origin}`,
  `worker-src blob: ${new URL(site).origin}`,
];
export const framePolicy = (site: string) => ["default-src 'none'", `frame-src ${new URL(site).origin}`];
export const sizedFramePolicy = (site: string) => [
  ...framePolicy(site),
  `script-src ${new URL(site).origin}`,
];

/** A page with the one line of embed.js, and then `body`. */
export function hostWith({ address }: Site, body: string): HostPage {
  const script = `<script type="module" src="${address}embed.js"></script>`;
  return { body: script + body, policy: elementPolicy(address) };
}

/** Opens such a page, uses it, and closes it, whatever happens. */
export async function visitHost(
  stage: Stage,
  page: HostPage,
  use: (tab: Tab, address: string) => Promise<void>,
  options: TabOptions = {},
): Promise<void> {
  const host = await serveHost(page);
  const tab = await stage.browser.open(options);
  try {
    await tab.goto(host.address);
    await use(tab, host.address);
  } finally {
    await tab.close();
    host.close();
  }
}

/** Serves a page from another origin, and another site at that; no header but the policy and those asked for. */
async function serveHost({ body, policy, headers }: HostPage): Promise<{ address: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      // Its own icon, which a browser asks for unasked.
      'content-security-policy': [...policy, "img-src 'self'"].join('; '),
    });
    response.end(`<!doctype html><html lang="en"><title>A post</title><body>${body}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://localhost:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
