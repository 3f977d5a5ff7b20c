/** The files of a variant, and how they come to a worker. */

import { nodeModule } from './node.ts';

/** Addresses, or what was compiled of them. */
export interface Binary {
  core: string | WebAssembly.Module;
  /** What the core leaves to files of their own, by name: each is loaded when something in it is called. */
  pieces: Record<string, string | WebAssembly.Module>;
}

export interface CompiledBinary extends Binary {
  core: WebAssembly.Module;
}

/** Pieces stay addresses where they can be read once they are needed: in a browser's worker. */
export async function compileBinary(binary: Binary): Promise<CompiledBinary> {
  const core = await compile(binary.core);
  if (typeof XMLHttpRequest === 'function') return { ...binary, core };
  const compiled = await Promise.all(
    Object.entries(binary.pieces).map(async ([piece, source]) => [piece, await compile(source)] as const),
  );
  return { core, pieces: Object.fromEntries(compiled) };
}

/** Compiles a piece while the caller waits. */
export function compileNow({ pieces }: Binary, piece: string): WebAssembly.Module {
  const source = pieces[piece]!;
  if (typeof source !== 'string') return source;
  const bytes = readNow(source) ?? readNow(source);
  if (!bytes) throw unreachable(source, 'nothing came back');
  checkMagic(source, bytes);
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw uncompiled(source, error);
  }
}

/** Null when nothing came back. */
function readNow(url: string): Uint8Array<ArrayBuffer> | null {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  request.responseType = 'arraybuffer';
  try {
    request.send();
  } catch {
    return null;
  }
  if (request.status < 200 || request.status > 299) throw missing(url, request.status);
  return new Uint8Array(request.response as ArrayBuffer);
}

/** What can go wrong with a copy on some server is said in one sentence. */
async function compile(source: string | WebAssembly.Module): Promise<WebAssembly.Module> {
  if (typeof source !== 'string') return source;
  const bytes = await read(source);
  checkMagic(source, bytes);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw uncompiled(source, error);
  }
}

async function read(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = url.startsWith('file:') ? nodeModule('node:fs/promises') : null;
  if (files) {
    return files.readFile(new URL(url)).catch((error: Error) => {
      throw new Error(
        `${url} cannot be read (${error.message}); expected it beside the package's other files.`,
      );
    });
  }
  const response = await fetch(url).catch((error: unknown) => {
    throw unreachable(url, reasonOf(error));
  });
  if (!response.ok) throw missing(url, response.status);
  return new Uint8Array(await response.arrayBuffer());
}

function checkMagic(url: string, bytes: Uint8Array): void {
  if ([0, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte)) return;
  throw new Error(
    `${url} is not a WebAssembly file; expected the package's own (a server may answer with an error page).`,
  );
}

function unreachable(url: string, reason: string): Error {
  return new Error(`${url} cannot be fetched (${reason}); expected it beside worker.js.`);
}

function missing(url: string, status: number): Error {
  return new Error(`${url} is missing: the server answered ${status}; expected it beside worker.js.`);
}

function uncompiled(url: string, error: unknown): Error {
  const reason = reasonOf(error);
  if (/Content.Security.Policy|unsafe-eval|disallowed by embedder/i.test(reason)) {
    return new Error(
      "The page's Content-Security-Policy forbids WebAssembly; expected 'wasm-unsafe-eval' in script-src.",
    );
  }
  return new Error(`${url} does not compile: ${reason}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
