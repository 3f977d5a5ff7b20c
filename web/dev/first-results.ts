import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import type { Asymptoken, Spec } from '../../wasm/src/api.ts';
import { pathOf } from '../src/plane/attention.ts';
import { defaultView } from '../src/view.ts';

const core = join(import.meta.dirname, '../../build/wasm');
const specs = join(import.meta.dirname, '../specs');
const kept = join(import.meta.dirname, '../../build/first-results');

/** What is asked of the core, by the scheme of the import. */
const questions: Record<string, (core: Asymptoken, spec: Spec) => Promise<object>> = {
  'first-result': async (core, spec) => ({ result: await core.run(spec) }),
  'first-plane': async (core, spec) => {
    const { queries, tokens: sizes } = spec as unknown as PlaneSpec;
    const tokens = await core.tokens(spec, sizes.to);
    const path = await pathOf(core, spec, tokens, queries.points[0]);
    return { tokens: { ...tokens, values: [...tokens.values] }, path };
  },
  'first-weights': async (core, spec) => {
    const { tokens: sizes } = spec as unknown as Pick<PlaneSpec, 'tokens'>;
    const tokens = await core.tokens(spec, sizes.to);
    const { head } = defaultView;
    const { matrix } = (await core.heads(spec))[head]!;
    return { head, tokens: { ...tokens, values: [...tokens.values] }, matrix: [...matrix] };
  },
};

interface PlaneSpec {
  queries: { points: [[number, number]] };
  tokens: { to: number };
}

/**
 * `import first from 'first-result:NAME'` is what the built core finds for specs/NAME.json, computed while the site
 * is built, so that a figure has a picture before it has run; `first-plane:NAME` is the same of a plane of tokens,
 * `first-weights:NAME` what the weights between tokens are made of.
 * Kept until the core or the spec changes.
 */
export function firstResults(options: { fake: boolean }): Plugin {
  let loading: Promise<Asymptoken> | undefined;
  const load = async () => {
    const module = (await import(pathToFileURL(join(core, 'index.js')).href)) as {
      load(): Promise<Asymptoken>;
    };
    return module.load();
  };
  return {
    name: 'asymptoken-first-results',
    resolveId: (id) => (/^first-\w+:/.test(id) ? `\0${id}` : null),
    async load(id) {
      const [, scheme = '', name = ''] = /^\0(first-\w+):(\w+)$/.exec(id) ?? [];
      const question = questions[scheme];
      if (!question) return null;
      if (options.fake) return 'export default null;';
      const file = join(specs, `${name}.json`);
      this.addWatchFile(file);
      const spec = JSON.parse(readFileSync(file, 'utf8')) as Spec;
      const place = join(kept, `${scheme}-${fingerprint(JSON.stringify(spec))}.json`);
      if (!existsSync(place)) {
        loading ??= load();
        const answer = await question(await loading, spec);
        mkdirSync(kept, { recursive: true });
        writeFileSync(place, JSON.stringify({ spec, ...answer }, shorter));
      }
      // A string is parsed faster than the same numbers as code.
      return `export default JSON.parse(${JSON.stringify(readFileSync(place, 'utf8'))});`;
    },
    async closeBundle() {
      if (loading) (await loading).close();
    },
  };
}

/** Ten digits, which no picture can show, take less room than seventeen. */
function shorter(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value;
}

function fingerprint(spec: string): string {
  const hash = createHash('sha256').update(spec);
  for (const file of readdirSync(core)
    .filter((name) => name.endsWith('.wasm'))
    .sort()) {
    hash.update(readFileSync(join(core, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
