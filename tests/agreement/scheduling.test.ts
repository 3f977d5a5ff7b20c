import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Progress, Result } from '../../wasm/src/api.ts';
import { measured } from './compare.ts';
import { facade, long, map, moments, nestedMoments, open } from './package.ts';

test('the number of workers does not change the result', async (t) => {
  const one = await open(t, { workers: 1 });
  const three = await open(t, { workers: 3 });
  for (const spec of [moments, map, nestedMoments]) {
    const expected = measured(await one.run(spec));
    assert.ok(expected.complete);
    assert.deepEqual(measured(await three.run(spec, { workers: 2 })), expected);
    assert.deepEqual(measured(await three.run(spec, { workers: 3 })), expected);
    assert.deepEqual(measured(await three.run(spec)), expected);
  }
});

/**
 * 50 ms is what a user is promised, on a machine with a core to spare; one that runs other tests at the same time
 * may keep a worker waiting for its turn, hence the generous bound.
 */
const cancelBound = 1000;

test('cancelling rejects at once and the workers are free within moments', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const rejected: number[] = [];
  const freed: number[] = [];
  for (let round = 0; round < 5; round++) {
    const abort = new AbortController();
    const reason = new Error(`round ${round}`);
    const pending = asymptoken.run(long, { signal: abort.signal });
    await wait(150);
    const start = performance.now();
    abort.abort(reason);
    await assert.rejects(pending, (error) => error === reason);
    rejected.push(performance.now() - start);
    // Two questions go to the two workers.
    await Promise.all([asymptoken.complete(moments), asymptoken.complete(moments)]);
    freed.push(performance.now() - start);
  }
  const shown = (times: number[]) => times.map((time) => time.toFixed(1)).join(', ');
  t.diagnostic(`rejected after ${shown(rejected)} ms; workers free after ${shown(freed)} ms`);
  assert.ok(Math.max(...rejected) < 50);
  assert.ok(Math.max(...freed) < cancelBound);
});

test('a signal that is aborted already rejects without a run', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const reason = new Error('too late');
  await assert.rejects(
    asymptoken.run(moments, { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
});

test('partial results grow from nothing to the whole', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const seen: { result: Result; progress: Progress; time: number }[] = [];
  const result = await asymptoken.run(
    { ...moments, replicates: 40 },
    {
      partialInterval: 40,
      onPartial: (partial, progress) => seen.push({ result: partial, progress, time: performance.now() }),
    },
  );
  assert.ok(seen.length >= 3, `${seen.length} partial results`);
  seen.forEach(({ result: partial, progress, time }, i) => {
    assert.deepEqual(progress.items, partial.items);
    assert.ok(progress.fraction >= 0 && progress.fraction <= 1);
    assert.ok(progress.secondsLeft === null || progress.secondsLeft >= 0);
    const last = i > 0 ? seen[i - 1]! : undefined;
    if (!last) return;
    assert.ok(progress.items.done >= last.progress.items.done);
    assert.ok(progress.fraction >= last.progress.fraction);
    assert.ok(progress.secondsRunning >= last.progress.secondsRunning);
    if (!partial.complete) assert.ok(time - last.time >= 35, 'sooner than the interval');
  });
  const end = seen.at(-1)!;
  assert.deepEqual(end.result, result);
  assert.equal(end.progress.fraction, 1);
  assert.ok(result.complete);
  assert.ok(seen[0]!.progress.items.done < result.items.total);
});

test('a pause stops the work, and going on ends in the same result', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const spec = { ...moments, replicates: 40 };
  const expected = await asymptoken.run(spec);
  const pause = new facade.PauseController();
  let latest: Progress | undefined;
  const pending = asymptoken.run(spec, {
    pause: pause.signal,
    partialInterval: 0,
    onPartial: (_, progress) => (latest = progress),
  });
  while (!latest) await wait(1);
  pause.pause();
  assert.ok(pause.signal.paused);
  // What was under way when the pause was asked for.
  await wait(300);
  const atPause = latest;
  assert.ok(atPause.items.done < atPause.items.total);
  await wait(300);
  assert.deepEqual(latest, atPause);
  pause.resume();
  const result = await pending;
  assert.deepEqual(measured(result), measured(expected));
  assert.ok(latest.secondsRunning < atPause.secondsRunning + 60);
});

test('a run that starts paused does nothing until it may', async (t) => {
  const asymptoken = await open(t, { workers: 1 });
  const pause = new facade.PauseController();
  pause.pause();
  let partials = 0;
  const pending = asymptoken.run(moments, { pause: pause.signal, onPartial: () => partials++ });
  await wait(200);
  assert.equal(partials, 0);
  pause.resume();
  assert.ok((await pending).complete);
});

test('a short run does not wait for a long one', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const abort = new AbortController();
  const endless = asymptoken.run(long, { signal: abort.signal });
  await wait(100);
  assert.ok((await asymptoken.run(moments)).complete);
  assert.equal((await asymptoken.heatmap(moments, { n: 200 })).weights.length, 40_000);
  abort.abort();
  await assert.rejects(endless, { name: 'AbortError' });
});

test('what onPartial throws ends the run', async (t) => {
  const asymptoken = await open(t, { workers: 2 });
  const trouble = new Error('in the page');
  await assert.rejects(
    asymptoken.run(moments, {
      onPartial: () => {
        throw trouble;
      },
    }),
    (error) => error === trouble,
  );
  assert.ok((await asymptoken.run(moments)).complete);
});

test('close rejects what is under way and everything after', async () => {
  const asymptoken = await facade.load({ workers: 2 });
  const pending = [asymptoken.run(long), asymptoken.heatmap(moments, { n: 8192 })];
  setTimeout(() => asymptoken.close(), 50);
  for (const one of pending) await assert.rejects(one, { message: /closed/ });
  await assert.rejects(asymptoken.specs(), { message: /closed/ });
  await assert.rejects(asymptoken.run(moments), { message: /closed/ });
});
