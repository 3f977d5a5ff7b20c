import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { standIn } from './core-modules.ts';
import { given, loads } from './given-core.ts';

standIn();
const { core, keepCore, sentence } = await import('../../web/src/base/core.ts');
const { late } = await import('../../web/src/figure/late.ts');

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

let closed = 0;
given.close = () => void closed++;
beforeEach(() => {
  closed = 0;
  Object.assign(loads, { count: 0, fail: false });
});

test('a load that failed says so, and is tried again; one that did not is the only one', async () => {
  loads.fail = true;
  await assert.rejects(core(), { message: 'The computing core did not load: no such file' });
  loads.fail = false;
  const [one, other] = await Promise.all([core(), core()]);
  assert.equal(one, other);
  assert.equal(loads.count, 2);
});

test('the workers end with the last figure that keeps them, and come back with the next', async () => {
  const { asymptoken } = await core();
  assert.equal(asymptoken, given);
  const [one, other] = [keepCore(), keepCore()];
  one.release();
  await turn();
  assert.equal(closed, 0);
  other.release();
  await turn();
  assert.equal(closed, 1);
  await core();
  assert.equal(loads.count, 1);
});

test('a figure that only moves keeps the workers', async () => {
  await core();
  const before = keepCore();
  before.release();
  const after = keepCore();
  await turn();
  assert.equal(closed, 0);
  after.release();
  await turn();
  assert.equal(closed, 1);
});

test('a core that never loaded has nothing to end', async () => {
  loads.fail = true;
  const figure = keepCore();
  await assert.rejects(core());
  figure.release();
  await turn();
  assert.equal(closed, 0);
});

test('errors are sentences', async () => {
  assert.equal(
    sentence(new Error('n is -1; expected an integer from 1')),
    'n is -1; expected an integer from 1',
  );
  assert.equal(sentence('just words'), 'just words');
  assert.equal(await late(Promise.resolve('code')), 'code');
  await assert.rejects(
    late(Promise.reject(new TypeError('404'))),
    /^Error: The code for this did not load; expected the network/,
  );
});
