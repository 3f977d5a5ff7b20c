/**
 * The few things that Node does differently. They are asked for at run time, so that a bundler for the web never meets an
 * import of a Node module.
 */

interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  terminate(): Promise<number>;
  ref(): void;
  unref(): void;
}

interface NodePort {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): void;
}

interface NodeModules {
  'node:worker_threads': {
    Worker: new (url: URL) => NodeWorker;
    parentPort: NodePort | null;
  };
  'node:fs/promises': { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
}

interface NodeProcess {
  getBuiltinModule?<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
}

/** A module of Node, or null elsewhere. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | null {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.getBuiltinModule?.(name) ?? null;
}
