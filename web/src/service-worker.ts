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

interface RequestEvent extends Event {
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

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'GET' || !url.startsWith(site)) return;
  event.respondWith(named(url) ? kept(event.request) : fresh(event.request));
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

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(request)) ?? fetchAndKeep(request, cache);
}

async function fresh(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  try {
    return await fetchAndKeep(request, cache);
  } catch (error) {
    const found = await cache.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}

/** What was installed stays as it was: a newer page would miss the files that belong to it. */
async function fetchAndKeep(request: Request, cache: Cache): Promise<Response> {
  const response = await fetch(request);
  const path = new URL(request.url);
  path.search = path.hash = '';
  if (response.status === 200 && !files.includes(path.href.slice(site.length))) {
    await cache.put(request, response.clone());
  }
  return response;
}
