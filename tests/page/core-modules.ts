import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CoreAnswers } from '../../web/dev/core-results.ts';

// What the bundler does for the page, done for node: `core:` imports hold the built core's answers, and `@asymptoken/core`
// is the built package. Modules that need it have to be imported after this one has run, so by `await import()`.

const package_ = join(
  process.env['ASYMPTOKEN_WASM'] ?? join(import.meta.dirname, '../../build/wasm'),
  'index.js',
);
let core = pathToFileURL(package_).href;

const answers = new CoreAnswers();
after(() => answers.close());

/** A module asks for its answer when it is run, since hooks cannot wait. */
export async function answerTo(id: string): Promise<unknown> {
  const answer = await answers.to(id);
  if (answer === null) throw new Error(`nobody can be asked for ${id}`);
  return JSON.parse(answer);
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@asymptoken/core') return { url: core, shortCircuit: true };
    return specifier.startsWith('core:') ? { url: specifier, shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith('core:')) return next(url, context);
    const source =
      `import { answerTo } from ${JSON.stringify(import.meta.url)};` +
      `export default await answerTo(${JSON.stringify(url)});`;
    return { source, format: 'module', shortCircuit: true };
  },
});

/** The page gets ./given-core.ts for the package: its core answers what the test says. */
export function standIn(): void {
  core = new URL('given-core.ts', import.meta.url).href;
}
