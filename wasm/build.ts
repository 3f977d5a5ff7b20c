/** Packs what Emscripten made, together with the facade, into an npm-shaped folder: node build.ts [IN [OUT]] */

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { schema, writeTypes } from './schema.ts';
import { pieces, split } from './split.ts';

const room = import.meta.dirname;
const input = resolve(process.argv[2] ?? join(room, '../build/wasm-cmake/wasm'));
const output = resolve(process.argv[3] ?? join(room, '../build/wasm'));
/** Written beside and then renamed, so that `output` is always whole. */
const fresh = `${output}.new`;
const variants = ['simd128', 'relaxed'];

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
await writeTypes();
await bundle();
declarations();
for (const variant of variants) {
  for (const [name, bytes] of await split(join(input, variant))) {
    writeFileSync(join(fresh, name === 'core' ? `${variant}.wasm` : `${variant}-${name}.wasm`), bytes);
  }
}
writeFileSync(join(fresh, 'schema.json'), `${JSON.stringify(schema(), null, 1)}\n`);
copyFileSync(join(room, '../LICENSE'), join(fresh, 'LICENSE'));
copyFileSync(join(room, 'README.md'), join(fresh, 'README.md'));
writeFileSync(join(fresh, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
rmSync(output, { recursive: true, force: true });
renameSync(fresh, output);
report();

async function bundle(): Promise<void> {
  await build({
    absWorkingDir: room,
    entryPoints: ['src/index.ts', 'src/worker.ts'],
    outdir: fresh,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    alias: {
      'asymptoken-glue/simd128': glue('simd128'),
      'asymptoken-glue/relaxed': glue('relaxed'),
      'asymptoken-binaries': binaries(),
    },
    logLevel: 'warning',
  });
}

/** Both variants' glue is usually the same text; then it is bundled once. */
function glue(variant: string): string {
  const text = (name: string) => readFileSync(join(input, name, 'asymptoken.js'), 'utf8');
  const same = variants.find((name) => text(name) === text(variant));
  return join(input, same ?? variant, 'asymptoken.js');
}

/** Where the binaries lie, in the words by which bundlers know a file that they have to carry along. */
function binaries(): string {
  const url = (name: string) => `new URL('./${name}.wasm', import.meta.url).href`;
  const entries = variants.map((variant) => {
    const urls = pieces.map((piece) => `${JSON.stringify(piece)}: ${url(`${variant}-${piece}`)}`);
    return `${variant}: () => ({ core: ${url(variant)}, pieces: { ${urls.join(', ')} } })`;
  });
  const file = join(input, 'binaries.js');
  const list = JSON.stringify(pieces);
  writeFileSync(file, `export const pieces = ${list};\nexport const binaries = { ${entries.join(', ')} };\n`);
  return file;
}

/** Those that index.d.ts reaches; the rest is nobody's business. */
function declarations(): void {
  const all = join(fresh, 'types');
  const tsc = join(room, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(room, 'src'), '--outDir', all], { stdio: 'inherit' });
  const reached = ['index.d.ts'];
  for (const file of reached) {
    // The sources name each other by .ts; a package has .js and .d.ts.
    const text = readFileSync(join(all, file), 'utf8').replaceAll(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2');
    writeFileSync(join(fresh, file), text);
    for (const [, name] of text.matchAll(/['"]\.\/([\w-]+)\.js['"]/g)) {
      if (!reached.includes(`${name}.d.ts`)) reached.push(`${name}.d.ts`);
    }
  }
  rmSync(all, { recursive: true });
}

function manifest(): object {
  const { name, version, description, license, engines } = JSON.parse(
    readFileSync(join(room, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  return {
    name,
    version,
    private: true,
    description,
    license,
    type: 'module',
    sideEffects: ['./worker.js'],
    engines,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './worker': './worker.js',
      './*.wasm': './*.wasm',
      './schema.json': './schema.json',
      './package.json': './package.json',
    },
  };
}

function report(): void {
  const kilobytes = (size: number) => `${(size / 1000).toFixed(1)} kB`;
  console.log(`${output}`);
  for (const file of readdirSync(output).filter((name) => /\.(js|wasm)$/.test(name))) {
    const bytes = readFileSync(join(output, file));
    const [raw, gzip, brotli] = [
      bytes.length,
      gzipSync(bytes, { level: 9 }).length,
      brotliCompressSync(bytes).length,
    ];
    console.log(`${file.padEnd(22)} ${kilobytes(raw)}, gzip ${kilobytes(gzip)}, brotli ${kilobytes(brotli)}`);
  }
}
