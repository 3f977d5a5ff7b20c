import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { schema } from '../../wasm/schema.ts';

// The schema itself is held to the strictest reading: no keyword that means nothing where it stands.
const contract = schema();
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
ajv.addSchema(contract, 'contract');
const isOfContract = ajv.getSchema('contract')!;

const definitions = contract['$defs'] as Record<
  string,
  { properties?: { experiment?: { const?: string } } } | undefined
>;

/** The schema of one definition, such as `Result`. */
function definition(name: string): ValidateFunction {
  assert.ok(name in definitions, `the schema defines ${name}`);
  return ajv.getSchema(`contract#/$defs/${name}`)!;
}

/** What a document is meant to be: errors of that alone are worth reading. */
function definitionOf(document: unknown): string {
  if (typeof document !== 'object' || document === null) return 'Spec';
  if ('curves' in document) return 'metrics' in document ? 'Result' : 'Limit';
  const experiment = 'experiment' in document ? document.experiment : undefined;
  return (
    Object.keys(definitions).find(
      (name) =>
        name.endsWith('Spec') &&
        experiment !== undefined &&
        definitions[name]!.properties?.experiment?.const === experiment,
    ) ?? 'Spec'
  );
}

/** The keys of a definition, or of one of its alternatives by title, that have a default, and that. */
export function defaultsOf(name: string, title?: string): Record<string, unknown> {
  type Schema = Record<string, any>;
  const whole = definitions[name] as Schema;
  const one = title === undefined ? whole : whole['oneOf'].find((other: Schema) => other['title'] === title);
  assert.ok(one, `${title} of ${name}`);
  const found: Record<string, unknown> = {};
  for (const [key, property] of Object.entries<Schema>(one['properties'])) {
    const referred = (definitions[property['$ref']?.replace('#/$defs/', '')] ?? {}) as Schema;
    const value = property['default'] ?? referred['default'];
    if (value !== undefined) found[key] = value;
  }
  return found;
}

/** Whether the schema takes a document as a spec, a limit or a result. */
export function isValid(document: unknown): boolean {
  return isOfContract(document) as boolean;
}

/** Throws, with all errors, unless the document is a spec, a limit or a result as the schema has them. */
export function validate(document: unknown): void {
  if (isValid(document)) return;
  const name = definitionOf(document);
  const check = definition(name);
  check(document);
  const errors = (check.errors ?? isOfContract.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(`not a ${name} by the schema:\n${[...new Set(errors)].slice(0, 30).join('\n')}`);
}
