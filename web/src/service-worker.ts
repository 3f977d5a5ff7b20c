/**
 * service-worker.js: keeps the article usable without a network after the first visit. It is a classic script, which
 * every browser takes, so nothing may be exported here, and what is imported must end up in the same file.
 */
import { detect } from '../../wasm/src/detect.ts';

/** Put in by the build: what the article needs, and a name for just these contents. */
declare const SITE_FILES: readonly string[];
declare const SITE_VERSION: string;

interface LifeEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface RequestEvent extends LifeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
}

const files = SITE_FILES;
const worker = globalThis as unknown as ServiceWorkerScope;
const site = worker.registration.scope;
// An origin may hold several sites.
const ownCaches = `asymptoken ${site} `;
const cacheName = ownCaches + SITE_VERSION;
/** Pages that are kept beside the article; more than there are in docs/. */
const mostVisited = 40;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'GET' || !url.startsWith(site)) return;
  event.respondWith(named(url) ? kept(event) : fresh(event));
});

async function install(): Promise<void> {
  const variant = detect().relaxed ? 'relaxed' : 'simd128';
  const needed = files.filter((file) => !file.endsWith('.wasm') || file.includes(`/${variant}`));
  const cache = await caches.open(cacheName);
  // Only of a name that is made from the content is an older copy as good.
  await cache.addAll(
    needed.map((file) => new Request(site + file, { cache: named(site + file) ? 'default' : 'no-cache' })),
  );
}

/** Runs when no page uses the version before any more. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(ownCaches) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Whether the name changes with the content. */
function named(url: string): boolean {
  return /^(assets|core-\w+)\//.test(url.slice(site.length));
}

async function kept(event: RequestEvent): Promise<Response> {
  return (await found(event.request)) ?? fetchAndKeep(event);
}

async function fresh(event: RequestEvent): Promise<Response> {
  try {
    return await fetchAndKeep(event);
  } catch (error) {
    const older = await found(event.request, { ignoreSearch: true });
    if (older) return older;
    throw error;
  }
}

/** Nothing, too, where the browser does not hand out what it keeps. */
async function found(request: Request, options?: CacheQueryOptions): Promise<Response | undefined> {
  try {
    return await (await caches.open(cacheName)).match(request, options);
  } catch {
    return undefined;
  }
}

/** The answer goes out whether or not it can be kept: a storage may be full. */
async function fetchAndKeep(event: RequestEvent): Promise<Response> {
  const response = await fetch(event.request);
  const path = new URL(event.request.url);
  path.search = path.hash = '';
  // What was installed stays as it was: a newer page would miss the files that belong to it.
  if (response.status === 200 && !files.includes(path.href.slice(site.length))) {
    event.waitUntil(keep(path.href, response.clone()).catch(() => undefined));
  }
  return response;
}

/** Beside what was installed, each page once whatever its query, and only the latest. */
async function keep(address: string, response: Response): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(address, response);
  const visited = (await cache.keys()).filter(({ url }) => !files.includes(url.slice(site.length)));
  await Promise.all(visited.slice(0, -mostVisited).map((request) => cache.delete(request)));
}
