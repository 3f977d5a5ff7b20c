import type { FromWorker, ToWorker } from './messages.ts';
import { nodeModule } from './node.ts';

/** A worker as the page sees it, in a browser or in Node alike. */
export interface Thread {
  post(message: ToWorker): void;
  end(): void;
  /** Whether the worker keeps a Node process from ending; of no meaning in a browser. */
  keepAlive(alive: boolean): void;
}

export interface ThreadListener {
  message(message: FromWorker): void;
  /** It did not start, or stopped. */
  failure(error: Error): void;
}

/** Starts worker.js: the one at `url`, or the one beside this module. */
export function startThread(url: URL | null, listener: ThreadListener): Thread {
  // Bundlers know the file by these very words; as it imports nothing, they may copy it as it is.
  const place = url ?? new URL('./worker.js', import.meta.url);
  return typeof Worker === 'function' ? startInBrowser(place, listener) : startInNode(place, listener);
}

function startInBrowser(place: URL, listener: ThreadListener): Thread {
  const worker = newWorker(place);
  worker.onmessage = (event: MessageEvent<FromWorker>) => listener.message(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    listener.failure(
      new Error(
        event.message
          ? `A worker stopped: ${event.message}`
          : `${place} did not start as a worker; expected worker.js where the package's other files lie.`,
      ),
    );
  };
  return {
    post: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
    keepAlive: () => {},
  };
}

/** In a sandboxed frame the origin is nobody's, whatever its address says: not even the files beside it are its own. */
function newWorker(place: URL): Worker {
  if (place.origin === origin) return new Worker(trusted(place.href), { type: 'module' });
  // Of blobs of nobody's origin browsers start classic scripts, but no modules; worker.js is either.
  const sandboxed = origin === 'null';
  return new Worker(trusted(shim(place, sandboxed)), sandboxed ? {} : { type: 'module' });
}

const shims = new Map<string, string>();

/** A worker's script has to come from the page's own origin; what it imports need not. */
function shim({ href }: URL, classic: boolean): string {
  let url = shims.get(href);
  if (!url) {
    const file = JSON.stringify(href);
    // A policy of the page's does not count in the worker, but one of its own does.
    const own = `self.trustedTypes?.createPolicy("${policyName}",{createScriptURL:u=>u}).createScriptURL(${file})`;
    const script = classic ? `importScripts(${own}??${file})` : `import ${file};`;
    url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    shims.set(href, url);
  }
  return url;
}

/** Of Trusted Types; a page that names policies has to name this one. */
const policyName = 'asymptoken';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): typeof policy;
}

let policy: { createScriptURL(url: string): string } | null | undefined;

/** For nothing but the worker's own script. What it makes is a TrustedScriptURL, of which TypeScript does not know. */
function trusted(url: string): string {
  if (policy === undefined) {
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    try {
      policy = trustedTypes?.createPolicy(policyName, { createScriptURL: (own) => own }) ?? null;
    } catch {
      throw new Error(
        `The page's Content-Security-Policy forbids Trusted Types of ours; expected ${policyName} in trusted-types.`,
      );
    }
  }
  return policy ? policy.createScriptURL(url) : url;
}

function startInNode(place: URL, listener: ThreadListener): Thread {
  const threads = nodeModule('node:worker_threads');
  if (!threads) throw new Error('This place has no workers; expected a browser, or Node 22.18 or later.');
  const worker = new threads.Worker(place);
  worker.on('message', (message) => listener.message(message as FromWorker));
  worker.on('error', (error) => listener.failure(new Error(`A worker stopped: ${error.message}`)));
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    keepAlive: (alive) => (alive ? worker.ref() : worker.unref()),
  };
}
