import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import type { Asymptoken, LawDescription, Spec } from '../../wasm/src/api.ts';
import { pathOf } from '../src/plane/attention.ts';
import { boundOf } from '../src/plane/extent.ts';

const core = join(import.meta.dirname, '../../build/wasm');
const kept = join(import.meta.dirname, '../../build/core-results');

/** What can be asked of the core, by the first word of the import. */
const questions: Record<string, (core: Asymptoken, name: string) => Promise<unknown>> = {
  /** The laws that need no numbers of one's own. */
  laws: async (core) => {
    const laws = (await core.laws()).filter(({ example }) => example !== '');
    return Promise.all(
      laws.map(async ({ name, title, example }) => {
        const law = JSON.parse(example) as object;
        const bound = boundOf(await core.tokens(planeSpec({ type: name, dimension: 2, ...law }), 4000));
        return { name, title, example: law, bound };
      }),
    );
  },
  /** A built-in spec, and the names of the laws with which it makes sense. */
  spec: async (core, name) => {
    const spec = await builtin(core, name);
    const laws = await core.laws();
    const taken = await Promise.all(laws.map((law) => takes(core, spec, law)));
    return { spec, laws: laws.filter((_, i) => taken[i]).map((law) => law.name) };
  },
  /** What a run of a built-in spec finds. */
  result: async (core, name) => core.run(await builtin(core, name)),
  /** One sample of a built-in spec of the plane. */
  plane: async (core, name) => {
    const spec = await builtin(core, name);
    const { queries, tokens: sizes } = spec as unknown as PlaneSpec;
    const tokens = await core.tokens(spec, sizes.to);
    const path = await pathOf(core, spec, tokens, queries.points[0]);
    return { tokens: Buffer.from(tokens.values.buffer).toString('base64'), path };
  },
};

interface PlaneSpec {
  queries: { points: [[number, number]] };
  tokens: { to: number };
}

async function builtin(core: Asymptoken, name: string): Promise<Spec> {
  const found = (await core.specs()).find((one) => one.name === name);
  if (!found) throw new Error(`the core has no built-in spec of the name ${name}`);
  return found.spec;
}

async function takes(core: Asymptoken, spec: Spec, { name, example }: LawDescription): Promise<boolean> {
  if (example === '') return false;
  const law = { type: name, dimension: spec.law.dimension, ...(JSON.parse(example) as object) };
  return core.limit({ ...spec, law } as Spec).then(
    () => true,
    () => false,
  );
}

function planeSpec(law: object): Spec {
  return {
    experiment: 'map',
    law,
    attention: { matrix: 1 },
    queries: { radii: 1 },
    tokens: 1,
  } as unknown as Spec;
}

/** The built core, and what it has answered: each answer is kept until the core changes. */
export class CoreAnswers {
  #loading: Promise<Asymptoken> | undefined;

  /** To the import `core:WHAT/NAME`, as JSON; null where nothing of the kind can be asked. */
  async to(id: string): Promise<string | null> {
    const [, what = '', name = ''] = /^core:(\w+)(?:\/([\w-]+))?$/.exec(id) ?? [];
    const question = questions[what];
    if (!question) return null;
    const place = join(kept, `${what}-${name}-${fingerprint()}.json`);
    if (!existsSync(place)) {
      this.#loading ??= load();
      const answer = await question(await this.#loading, name);
      mkdirSync(kept, { recursive: true });
      // Never half a file, for whoever asks at the same time.
      writeFileSync(`${place}.${process.pid}`, JSON.stringify(answer, shorter));
      renameSync(`${place}.${process.pid}`, place);
    }
    return readFileSync(place, 'utf8');
  }

  async close(): Promise<void> {
    (await this.#loading)?.close();
  }
}

async function load(): Promise<Asymptoken> {
  const module = (await import(pathToFileURL(join(core, 'index.js')).href)) as {
    load(): Promise<Asymptoken>;
  };
  return module.load();
}

/**
 * `import answer from 'core:result/NAME'` is what the built core answers while the site is built, so that a figure has
 * a picture before it has run.
 */
export function coreResults(): Plugin {
  const answers = new CoreAnswers();
  return {
    name: 'asymptoken-core-results',
    resolveId: (id) => (id.startsWith('core:') ? `\0${id}` : null),
    async load(id) {
      const answer = id.startsWith('\0') ? await answers.to(id.slice(1)) : null;
      // A string is parsed faster than the same numbers as code.
      return answer === null ? null : `export default JSON.parse(${JSON.stringify(answer)});`;
    },
    closeBundle: () => answers.close(),
  };
}

/** Ten digits, which no picture can show, take less room than seventeen. */
function shorter(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value;
}

/** Of the core, and of what asks it. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const file of readdirSync(core)
    .filter((name) => name.endsWith('.wasm'))
    .sort()) {
    hash.update(readFileSync(join(core, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
