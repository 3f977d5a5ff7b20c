import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Asymptoken, Spec, Variant } from '../../wasm/src/api.ts';
import { textOf } from './compare.ts';
import { limitNatively, runNatively, simdTargets } from './native.ts';
import { facade, folder, variants } from './package.ts';

// Every built-in spec at a small size, where nothing is left to the machine: the same bytes wherever it runs.

/** Whether a document is what the package's own schema says. */
const isOfContract = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')) as object,
);

function checkContract(document: unknown, what: string): void {
  const errors = isOfContract(document)
    ? []
    : isOfContract.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  assert.deepEqual(errors, [], `${what} is not of the contract`);
}

/** The same experiment within milliseconds. */
function small(spec: Spec): Spec {
  const tokens = [20, 60, 200];
  const isNested = typeof spec.tokens === 'object' && 'nested' in spec.tokens && spec.tokens.nested;
  const common = {
    tokens: isNested ? { list: tokens, nested: true } : tokens,
    replicates: 4,
    deterministic: true,
    fit: { ...spec.fit, resamples: 50 },
  };
  switch (spec.experiment) {
    case 'moments': {
      const { sampled_reference: reference = 'none' } = spec;
      if (reference === 'none') return { ...spec, ...common };
      const sampled_reference = 'tokens' in reference ? { tokens: 400 } : { draws: 400 };
      return { ...spec, ...common, sampled_reference };
    }
    case 'window':
      return { ...spec, ...common, context: 500, random: Math.min(spec.random ?? 0, 5) };
    default:
      return { ...spec, ...common };
  }
}

const packages = Object.fromEntries(
  await Promise.all(
    variants.map(async (variant) => [variant, await facade.load({ variant, workers: 2 })] as const),
  ),
) as Record<Variant, Asymptoken>;
after(() => Object.values(packages).forEach((one) => one.close()));

for (const { name, spec } of await packages.simd128.specs()) {
  test(`${name} has the same bytes on every target`, async () => {
    checkContract(spec, 'the spec');
    const exact = small(spec);
    const [target, ...others] = simdTargets() as [string, ...string[]];
    const there = runNatively(exact, ['--simd', target]);
    const text = textOf(there);
    for (const other of others) assert.equal(textOf(runNatively(exact, ['--simd', other])), text, other);
    const limit = limitNatively(exact);
    checkContract(there, 'the result');
    checkContract(limit, 'the limit');
    for (const variant of variants) {
      const result = await packages[variant].run(exact);
      checkContract(result, 'the result');
      assert.equal(textOf(result), text, variant);
      assert.equal(JSON.stringify(await packages[variant].limit(exact)), JSON.stringify(limit), variant);
    }
  });
}
