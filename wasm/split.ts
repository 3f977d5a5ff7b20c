/** Cuts a linked binary into what every figure needs and what few do, by what workloads.ts calls. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Core, CreateCore } from './src/core.ts';
import { buildSection, instantiateWithPieces, pieceOf } from './src/split-module.ts';
import { keeping, piecesOf, workloads, type Builtins } from './workloads.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Pieces = Record<string, Bytes>;

export const pieces = piecesOf(workloads);

/** The core, and its pieces by name, of what Emscripten made in `folder`. */
export async function split(folder: string): Promise<[name: string, Bytes][]> {
  const scratch = mkdtempSync(join(tmpdir(), 'asymptoken-split-'));
  const place = (name: string) => join(scratch, name);
  try {
    const cut: Pieces = {};
    const linked = join(folder, 'asymptoken.wasm');
    const build = createHash('sha256').update(readFileSync(linked)).digest('hex').slice(0, 16);
    let remaining = linked;
    const { core } = await instantiate(folder, linked, cut);
    const builtins: Builtins = new Map(core.builtinSpecs().map(({ name, json }) => [name, json]));
    for (const piece of pieces) {
      binaryen('wasm-split', '--instrument', remaining, '--output', place('instrumented'));
      const instrumented = await instantiate(folder, place('instrumented'), cut);
      for (const workload of keeping(piece)) workload.run(instrumented.core, builtins);
      writeFileSync(place('profile'), profileOf(instrumented.exports));
      const without = place(`without-${piece}`);
      cutOff(piece, remaining, place('profile'), { without, piece: place(piece) });
      cut[piece] = readFileSync(place(piece));
      remaining = without;
    }
    const files = { core: remaining, ...Object.fromEntries(pieces.map((piece) => [piece, place(piece)])) };
    return Object.entries(files).map(([name, file]) => [name, finished(file, build)]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The binary at work, with the pieces that are cut off it already. */
async function instantiate(
  folder: string,
  binary: string,
  cut: Pieces,
): Promise<{ core: Core; exports: WebAssembly.Exports }> {
  const { default: create } = (await import(pathToFileURL(join(folder, 'asymptoken.js')).href)) as {
    default: CreateCore;
  };
  const module = new WebAssembly.Module(readFileSync(binary));
  const compile = (piece: string) => new WebAssembly.Module(cut[piece]!);
  let exports: WebAssembly.Exports = {};
  const core = await create({
    instantiateWasm: (imports, success) => {
      void instantiateWithPieces(module, imports, compile).then((instance) => {
        exports = instance.exports;
        success(instance, module);
      });
      return {};
    },
  });
  return { core, exports };
}

/** Which functions were called, in wasm-split's own form. */
function profileOf(exports: WebAssembly.Exports): Uint8Array {
  const memory = Object.values(exports).find((one) => one instanceof WebAssembly.Memory)!;
  const pages = 4;
  const start = memory.grow(pages) * 65536;
  const write = exports['__write_profile'] as (start: number, size: number) => number;
  return new Uint8Array(memory.buffer, start, write(start, pages * 65536)).slice();
}

/** Moves what is not in the profile to the piece. */
function cutOff(piece: string, from: string, profile: string, to: { without: string; piece: string }): void {
  const options = [
    ...['--split', from, '--profile', profile, '--placeholdermap'],
    ...['--import-namespace', 'core', '--placeholder-namespace', piece],
    ...['--primary-output', to.without, '--secondary-output', to.piece],
  ];
  const kept: string[] = [];
  for (let more: string[] = []; ; kept.push(...more)) {
    binaryen('wasm-split', ...options, ...(kept.length > 0 ? ['--keep-funcs', kept.join()] : []));
    more = functionsOfVectors(to.without, piece);
    if (more.length === 0) return;
  }
}

/**
 * Of the functions that the core calls in a piece, those that take or return a vector: JavaScript, which loads the piece
 * at the first call of any, cannot pass one on.
 */
function functionsOfVectors(core: string, piece: string): string[] {
  const names = new Map(
    readFileSync(`${core}.placeholders`, 'utf8')
      .split('\n')
      .map((line) => line.split(':') as [string, string]),
  );
  const found = binaryen('wasm-dis', core).matchAll(/\(import "([\w.]+)" "(\d+)" \(func [^\n]*\bv128\b/g);
  return [...found].filter(([, module]) => pieceOf(module!) === piece).map(([, , slot]) => names.get(slot!)!);
}

/** As small as it gets, and with the build that it is of. */
function finished(file: string, build: string): Bytes {
  binaryen('wasm-opt', '-Oz', '--converge', file, '--output', `${file}.small`);
  const name = [buildSection.length, ...Buffer.from(buildSection)];
  const section = [...name, ...Buffer.from(build)];
  return new Uint8Array([...readFileSync(`${file}.small`), 0, section.length, ...section]);
}

/** Without reference types, so that the pieces share the core's own table. */
const features = [
  'bulk-memory',
  'exception-handling',
  'extended-const',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'relaxed-simd',
  'sign-ext',
  'simd',
].map((feature) => `--enable-${feature}`);

/** Where Emscripten's own WebAssembly tools lie. */
const tools = execFileSync('em-config', ['BINARYEN_ROOT'], { encoding: 'utf8' }).trim();

/** What one of them prints. */
function binaryen(program: string, ...options: string[]): string {
  return execFileSync(join(tools, 'bin', program), [...features, ...options], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
}
