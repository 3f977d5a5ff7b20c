/** The JSON Schema of specs, results and limits, put together from what lies beside each experiment and law. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

type Json = { [key: string]: any };

const core = join(import.meta.dirname, '../core');

export function schema(): Json {
  const whole = read('schema.json');
  const { CommonSpec: common, ...definitions } = whole.$defs as Json;
  Object.assign(definitions, read('src/law/schema.json'));
  const limits: Json[] = [];
  for (const experiment of experiments()) {
    const { spec, limit } = read(`src/experiment/${experiment}/schema.json`);
    definitions[spec.title] = {
      ...common,
      ...spec,
      properties: { ...common.properties, ...spec.properties },
      required: [...common.required, ...spec.required],
    };
    definitions[limit.title] = limit;
    definitions.Spec.oneOf.push(reference(spec.title));
    limits.push(reference(limit.title));
  }
  definitions.Limit.properties.curves.items.properties.limit.anyOf = limits;
  return { ...whole, $defs: definitions };
}

/** The same as types, in src/contract.ts. */
export async function writeTypes(): Promise<void> {
  // With a word beside it a reference would become a copy of what it refers to.
  const whole = JSON.stringify(schema(), (_, value) => {
    const { $ref, default: _default, ...words } = value ?? {};
    return $ref && Object.keys(words).length > 0 ? { ...words, allOf: [{ $ref }] } : value;
  });
  const types = await compile(JSON.parse(whole) as JSONSchema, 'Contract', {
    additionalProperties: false,
    bannerComment: '/** What ../schema.ts makes of the JSON Schema: not to be edited. */',
    format: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  writeFileSync(join(import.meta.dirname, 'src/contract.ts'), types);
}

function experiments(): string[] {
  return readdirSync(join(core, 'src/experiment'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function read(path: string): Json {
  return JSON.parse(readFileSync(join(core, path), 'utf8')) as Json;
}

function reference(name: string): Json {
  return { $ref: `#/$defs/${name}` };
}
