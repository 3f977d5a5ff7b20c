import assert from 'node:assert/strict';
import { beforeEach, test, type TestContext } from 'node:test';
import { Drawing, inFrame } from '../../web/src/base/frames.ts';
import { Latest } from '../../web/src/base/latest.ts';

// Frames by hand: what has been asked for in one is done when the test says that there is one.

let waiting: (() => void)[] = [];
beforeEach(() => {
  waiting = [];
  Object.assign(globalThis, { requestAnimationFrame: (work: () => void) => waiting.push(work) });
});

function frame(): void {
  const now = waiting;
  waiting = [];
  assert.ok(now.length <= 1, 'all that is drawn stands in one line');
  for (const work of now) work();
}

/** A clock that only moves when something takes time. */
function clock(t: TestContext): (milliseconds: number) => void {
  let time = 0;
  t.mock.method(performance, 'now', () => time);
  return (milliseconds) => void (time += milliseconds);
}

test('what is asked for twice is done once, in the order in which it was asked for', () => {
  const done: string[] = [];
  const [one, other] = [() => void done.push('one'), () => void done.push('other')];
  for (const work of [one, other, one]) inFrame(work);
  assert.deepEqual(done, []);
  frame();
  assert.deepEqual(done, ['one', 'other']);
  frame();
  assert.deepEqual(done, ['one', 'other']);
  assert.equal(waiting.length, 0);
});

test('a frame takes no more than it has time for', (t) => {
  const spend = clock(t);
  const done: number[] = [];
  for (let i = 0; i < 5; i++) {
    inFrame(() => {
      done.push(i);
      spend(2);
    });
  }
  frame();
  assert.deepEqual(done, [0, 1, 2]);
  frame();
  assert.deepEqual(done, [0, 1, 2, 3, 4]);
  assert.equal(waiting.length, 0);
});

test('what the browser has much to lay out after is the last of its frame', () => {
  const done: string[] = [];
  inFrame(() => void done.push('a'));
  inFrame(() => {
    done.push('much');
    return true;
  });
  inFrame(() => void done.push('b'));
  frame();
  assert.deepEqual(done, ['a', 'much']);
  frame();
  assert.deepEqual(done, ['a', 'much', 'b']);
});

test('an error does not take the others along', () => {
  const done: string[] = [];
  inFrame(() => {
    throw new Error('broken');
  });
  inFrame(() => void done.push('other'));
  assert.throws(frame, /broken/);
  frame();
  assert.deepEqual(done, ['other']);
});

test('a drawing is drawn part by part, and what changes meanwhile is drawn after it', () => {
  const done: string[] = [];
  let version = 1;
  const drawing = new Drawing(() =>
    ['axes', 'points'].map((part) => {
      const drawn = `${part} ${version}`;
      return () => {
        done.push(drawn);
        return true;
      };
    }),
  );
  drawing.ask();
  drawing.ask();
  frame();
  assert.deepEqual(done, ['axes 1']);
  version = 2;
  drawing.ask();
  for (let i = 0; i < 5; i++) frame();
  assert.deepEqual(done, ['axes 1', 'points 1', 'axes 2', 'points 2']);
});

test('a drawing that is waited for is drawn at once, and not again', () => {
  const done: string[] = [];
  const drawing = new Drawing(() => ['axes', 'points'].map((part) => () => void done.push(part)));
  drawing.ask();
  drawing.now();
  assert.deepEqual(done, ['axes', 'points']);
  frame();
  assert.deepEqual(done, ['axes', 'points']);
});

/** Lets everything run that waits for a promise. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('of the tasks that are asked for during another only the last is run', async () => {
  const latest = new Latest();
  const ended: string[] = [];
  const goOn: (() => void)[] = [];
  const ask = (name: string) =>
    latest.ask(async () => {
      await new Promise<void>((resolve) => goOn.push(resolve));
      ended.push(name);
    });
  for (const name of ['first', 'second', 'third']) ask(name);
  assert.equal(goOn.length, 1);
  goOn[0]!();
  await turn();
  assert.deepEqual(ended, ['first']);
  goOn[1]!();
  await turn();
  assert.deepEqual(ended, ['first', 'third']);
  assert.equal(goOn.length, 2);
});

test('no task begins while it is held', async () => {
  const latest = new Latest();
  const ended: string[] = [];
  latest.held = true;
  latest.ask(async () => void ended.push('first'));
  latest.ask(async () => void ended.push('second'));
  await turn();
  assert.deepEqual(ended, []);
  latest.held = false;
  await turn();
  assert.deepEqual(ended, ['second']);
});
