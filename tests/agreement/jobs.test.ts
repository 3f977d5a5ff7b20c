import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Asymptoken, Control, MomentsSpec, NumberArray, Spec } from '../../wasm/src/api.ts';
import { normalMatrix } from '../command/attention.ts';
import { textOf } from './compare.ts';
import { arrayOf, facade, long, map, moments, nestedMap, open } from './package.ts';
import { Threads } from './threads.ts';

// ---- Values that every worker needs before it can go on -----------------------------------------------------------------------

const points = [500, 1000];
/** Blocks of a sample first, then replicates that are compared with it. */
const sampled: MomentsSpec = {
  ...moments,
  tokens: points,
  replicates: 20,
  sampled_reference: { tokens: 3000 },
};
/** So many that one who comes late still finds some. */
const sampledOften: MomentsSpec = { ...sampled, replicates: 250 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(1);
}

/** What one worker finds, and how many items come before the replicates. */
async function expectation(
  t: TestContext,
  spec: MomentsSpec,
): Promise<{ text: string; preliminary: number }> {
  const one = await open(t, { workers: 1 });
  const result = await one.run(spec);
  const preliminary = result.items.total - spec.replicates! * points.length;
  assert.ok(preliminary > 2, `${preliminary} preliminary items`);
  return { text: textOf(result), preliminary };
}

test('workers that share the preliminary items find what one finds', async (t) => {
  const { text, preliminary } = await expectation(t, sampledOften);
  const threads = new Threads(t);
  const three = await open(t, { workers: 3 });
  // In the second round all three are there from the start.
  for (const workers of [3, 3, 2]) assert.equal(textOf(await three.run(sampledOften, { workers })), text);
  const sharers = [0, 1, 2].filter((index) => threads.itemsOf(index).some((item) => item < preliminary));
  assert.ok(sharers.length > 1, 'more than one had a part in the reference');
  for (const index of [0, 1, 2]) assert.ok(threads.itemsOf(index).some((item) => item >= preliminary));
});

for (const [when, comes] of [
  ['while the reference is under way', (given: number[]) => given.length > 0],
  ['after it', (given: number[], preliminary: number) => given.some((item) => item >= preliminary)],
] as const) {
  test(`a worker that joins ${when} does not change a byte`, async (t) => {
    const { text, preliminary } = await expectation(t, sampledOften);
    const threads = new Threads(t);
    threads.hold(2);
    const three = await open(t, { workers: 3 });
    const pending = three.run(sampledOften);
    await until(() => comes([...threads.itemsOf(0), ...threads.itemsOf(1)], preliminary));
    assert.deepEqual(threads.itemsOf(2), []);
    threads.release(2);
    assert.equal(textOf(await pending), text);
    assert.ok(threads.itemsOf(2).length > 0, 'it had a part in the work');
    // Each item is done once, whoever does it.
    const all = [0, 1, 2].flatMap((index) => threads.itemsOf(index)).sort((a, b) => a - b);
    assert.deepEqual(
      all,
      all.map((_, i) => i),
    );
  });
}

test('a worker that never joins is done without', async (t) => {
  const { text } = await expectation(t, sampledOften);
  const threads = new Threads(t);
  threads.hold(1);
  const two = await open(t, { workers: 2 });
  assert.equal(textOf(await two.run(sampledOften)), text);
  assert.deepEqual(threads.itemsOf(1), []);
  threads.release(1);
  assert.equal(textOf(await two.run(sampledOften)), text);
  assert.ok(threads.itemsOf(1).length > 0);
});

test('limits and replicates that rest on preliminary items do not depend on who found them', async (t) => {
  const one = await open(t, { workers: 1 });
  const three = await open(t, { workers: 3 });
  const tokens = arrayOf(normalMatrix(1500, 8, 1, Float32Array));
  const own: Spec = { ...sampled, law: { type: 'points', points: { input: 'tokens' } }, replicates: 5 };
  for (const [spec, inputs] of [
    [sampled, {}],
    [own, { tokens }],
  ] as const) {
    const text = JSON.stringify(await one.limit(spec, { inputs }));
    assert.equal(JSON.stringify(await three.limit(spec, { inputs })), text);
    assert.deepEqual(await three.replicates(spec, { inputs }), await one.replicates(spec, { inputs }));
  }
});

// ---- Cancelling -----------------------------------------------------------------------------------------------------------------

const rows = (count: number, dimension: number, seed: number): NumberArray =>
  arrayOf(normalMatrix(count, dimension, seed, Float32Array));
const [queries, keys, values] = [rows(20_000, 64, 1), rows(20_000, 64, 2), rows(20_000, 64, 3)];
const ownPoints: Spec = {
  ...long,
  law: { type: 'points', points: { input: 'tokens' } },
  attention: { weights: 'random', seed: 3, horizons: [0.4, 0.8, 1.2] },
};
const farReference: Spec = { ...long, sampled_reference: { tokens: 100_000 } };

/** Each takes far longer than a test waits for. */
const endless: Record<string, (asymptoken: Asymptoken, control: Control) => Promise<unknown>> = {
  run: (asymptoken, control) => asymptoken.run(long, control),
  'run, of a reference': (asymptoken, control) => asymptoken.run(farReference, control),
  replicates: (asymptoken, control) => asymptoken.replicates(long, control),
  'limit, of own points': (asymptoken, control) =>
    asymptoken.limit(ownPoints, { ...control, inputs: { tokens: keys } }),
  heatmap: (asymptoken, control) =>
    asymptoken.heatmap(long, { n: 65536, rows: [0, 65536], columns: [0, 1000], ...control }),
  'heatmap, of own queries': (asymptoken, control) =>
    asymptoken.heatmap({ queries, keys }, { columns: [0, 1000], ...control }),
  'pooled heatmap': (asymptoken, control) =>
    asymptoken.pooledHeatmap(long, { n: 65536, side: 64, ...control }),
  attend: (asymptoken, control) =>
    asymptoken.attend({
      queries: queries.data as Float32Array,
      keys: keys.data as Float32Array,
      values: values.data as Float32Array,
      dimension: 64,
      ...control,
    }),
};

/** See scheduling.test.ts. */
const cancelBound = 1000;

for (const [name, start] of Object.entries(endless)) {
  test(`cancelling rejects at once and leaves the workers usable: ${name}`, async (t) => {
    const asymptoken = await open(t, { workers: 2 });
    const expected = textOf(await asymptoken.run(moments));
    const picture = await asymptoken.heatmap(moments, { n: 100 });
    const times: string[] = [];
    // Before anything is open, while it is being prepared, and in the midst of it.
    for (const delay of [0, 20, 250]) {
      const abort = new AbortController();
      const reason = new Error(`after ${delay} ms`);
      const pending = start(asymptoken, { signal: abort.signal });
      const outcome = assert.rejects(pending, (error) => error === reason);
      await wait(delay);
      const began = performance.now();
      abort.abort(reason);
      await outcome;
      const rejected = performance.now() - began;
      // Two questions go to the two workers.
      await Promise.all([asymptoken.complete(moments), asymptoken.complete(moments)]);
      const freed = performance.now() - began;
      times.push(`${rejected.toFixed(1)} and ${freed.toFixed(0)} ms`);
      assert.ok(rejected < 50, `rejected after ${rejected} ms`);
      assert.ok(freed < cancelBound, `free after ${freed} ms`);
      assert.equal(textOf(await asymptoken.run(moments)), expected);
      assert.deepEqual(await asymptoken.heatmap(moments, { n: 100 }), picture);
    }
    t.diagnostic(`rejected and workers free after ${times.join(', ')}`);
  });
}

test('a signal that is aborted already rejects, whatever it is handed to', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const reason = new Error('too late');
  for (const [name, start] of Object.entries(endless)) {
    const pending = start(asymptoken, { signal: AbortSignal.abort(reason) });
    await assert.rejects(pending, (error) => error === reason, name);
  }
});

// ---- Pausing --------------------------------------------------------------------------------------------------------------------

/** Whether it settles within so many milliseconds. */
async function settles(pending: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return Promise.race([pending.then(() => true), wait(milliseconds).then(() => false)]);
}

const fewPoints = arrayOf(normalMatrix(6_000, 64, 2, Float32Array));
const pausable: Record<string, (asymptoken: Asymptoken, control: Control) => Promise<unknown>> = {
  run: async (asymptoken, control) => textOf(await asymptoken.run({ ...sampled, replicates: 150 }, control)),
  replicates: (asymptoken, control) => asymptoken.replicates({ ...sampled, replicates: 150 }, control),
  'limit, of own points': (asymptoken, control) =>
    asymptoken.limit(ownPoints, { ...control, inputs: { tokens: fewPoints } }),
};

for (const [name, start] of Object.entries(pausable)) {
  test(`a pause stops all work, and going on ends in the same: ${name}`, async (t) => {
    const asymptoken = await open(t, { workers: 2 });
    const expected = await start(asymptoken, {});
    const pause = new facade.PauseController();
    const pending = start(asymptoken, { pause: pause.signal });
    assert.ok(!(await settles(pending, 50)), 'it is under way');
    pause.pause();
    // What was under way when the pause was asked for.
    await wait(100);
    const before = process.cpuUsage();
    assert.ok(!(await settles(pending, 300)), 'it waits');
    const { user } = process.cpuUsage(before);
    assert.ok(user < 100_000, `${user / 1000} ms of work in a pause`);
    pause.resume();
    assert.deepEqual(await pending, expected);
  });
}

for (const [name, start] of Object.entries({
  run: (asymptoken: Asymptoken, control: Control) => asymptoken.run(map, control),
  replicates: (asymptoken: Asymptoken, control: Control) => asymptoken.replicates(nestedMap, control),
  limit: (asymptoken: Asymptoken, control: Control) => asymptoken.limit(map, control),
  'limit, of own points': (asymptoken: Asymptoken, control: Control) =>
    asymptoken.limit(ownPoints, { ...control, inputs: { tokens: fewPoints } }),
})) {
  test(`what starts paused does nothing until it may: ${name}`, async (t) => {
    const asymptoken = await open(t, { workers: 2 });
    const pause = new facade.PauseController();
    pause.pause();
    const pending = start(asymptoken, { pause: pause.signal });
    assert.ok(!(await settles(pending, 200)));
    pause.resume();
    await pending;
    pause.pause();
    const abort = new AbortController();
    const never = start(asymptoken, { pause: pause.signal, signal: abort.signal });
    abort.abort();
    await assert.rejects(never, { name: 'AbortError' });
  });
}

// ---- Side by side ---------------------------------------------------------------------------------------------------------------

test('jobs of every kind side by side find what each finds alone', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const [few, some] = [rows(300, 6, 1), rows(500, 6, 2)];
  const request = {
    queries: few.data as Float32Array,
    keys: some.data as Float32Array,
    values: some.data as Float32Array,
    dimension: 6,
  };
  // More matrices than a worker keeps.
  const all: (() => Promise<unknown>)[] = [
    async () => textOf(await asymptoken.run(sampled)),
    () => asymptoken.heatmap(moments, { n: 600 }),
    () => asymptoken.heatmap(moments, { n: 600, head: 1 }),
    () => asymptoken.heatmap(map, { n: 600, replicate: 1 }),
    () => asymptoken.pooledHeatmap(map, { n: 1000, side: 10 }),
    () => asymptoken.heatmap({ queries: few, keys: some }, {}),
    () => asymptoken.attend(request),
    () => asymptoken.tokens(moments, 3000),
    () => asymptoken.limit(sampled),
    () => asymptoken.replicates(map),
  ];
  const alone: unknown[] = [];
  for (const start of all) alone.push(await start());
  for (let round = 0; round < 3; round++)
    assert.deepEqual(await Promise.all(all.map((start) => start())), alone);
});

test('a wrong number of workers is refused', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  for (const workers of [0, -1, 1.5, NaN]) {
    const message = /^workers is .*; expected an integer from 1$/;
    await assert.rejects(asymptoken.run(moments, { workers }), { message });
    await assert.rejects(asymptoken.limit(moments, { workers }), { message });
    await assert.rejects(asymptoken.replicates(moments, { workers }), { message });
  }
  assert.ok((await asymptoken.run(map, { workers: Infinity })).complete);
});
