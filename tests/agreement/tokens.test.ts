import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensNatively } from './native.ts';
import { map, moments, open, variants } from './package.ts';

for (const variant of variants) {
  test(`tokens in ${variant} are the native ones bit for bit`, async (t) => {
    const asymptoken = await open(t, { variant, workers: 1 });
    for (const spec of [moments, map]) {
      for (const [n, replicate] of [
        [1, 0],
        [3001, 0],
        [257, 4],
      ] as const) {
        const { values, dimension } = await asymptoken.tokens(spec, n, replicate);
        assert.equal(values.length, n * dimension);
        const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
        assert.ok(bytes.equals(tokensNatively(spec, n, replicate)), `${spec.experiment}, ${n} tokens`);
      }
    }
  });
}

test('many tokens start with the few', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const few = await asymptoken.tokens(moments, 100);
  const many = await asymptoken.tokens(moments, 50_000);
  assert.deepEqual(many.values.slice(0, few.values.length), few.values);
});

test('no tokens, too many tokens and no such replicate are refused', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const integer = /expected an integer from/;
  await assert.rejects(asymptoken.tokens(moments, 0), { message: /^n is 0; expected an integer from 1 to / });
  await assert.rejects(asymptoken.tokens(moments, 2.5), { message: integer });
  await assert.rejects(asymptoken.tokens(moments, 10, -1), {
    message: /^replicate is -1; expected an integer/,
  });
  // More than 2 GB, and far more than a machine has.
  for (const n of [1e8, 1e9, 2 ** 31 - 1]) {
    await assert.rejects(asymptoken.tokens(moments, n), ({ message }: Error) => {
      const [, gigabytes] = new RegExp(`^n is ${n}; expected .* ([0-9.]+) GB$`).exec(message) ?? [];
      assert.ok(Math.abs(Number(gigabytes) - (6 * 4 * n) / 1e9) < 1, message);
      return true;
    });
  }
  assert.equal((await asymptoken.tokens(moments, 10)).n, 10);
});
