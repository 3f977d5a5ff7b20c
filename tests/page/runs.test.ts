import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Asymptoken, PauseSignal, Progress, Result, RunOptions, Spec } from '../../wasm/src/api.ts';
import type { Portion } from '../../web/src/heatmap/tiles.ts';
import { standIn } from './core-modules.ts';
import { curveOf, estimateOf, resultOf } from './described.ts';
import { given } from './given-core.ts';

// What a run bar works, on a core that answers when the test says so.

standIn();
const { Runner } = await import('../../web/src/experiment/runner.ts');
const { TileRun } = await import('../../web/src/heatmap/tile-run.ts');
const { sizeOf, Tiles } = await import('../../web/src/heatmap/tiles.ts');
const { Run } = await import('../../web/src/figure/run.ts');

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

// ---- States -----------------------------------------------------------------------------------------------------------------

class PlainRun extends Run {
  outcome = '';
  signal = this.begin();
  readonly waited: boolean[] = [];

  start(): void {
    this.signal = this.begin();
    this.enter('running');
  }

  protected obey(): void {
    this.waited?.push(this.waits);
  }

  override fail(error: unknown, signal = this.signal): void {
    super.fail(error, signal);
  }
}

test('a run goes from state to state, and says when', () => {
  let changes = 0;
  const run = new PlainRun(() => changes++);
  const states: string[] = [];
  const after = (act: () => void) => {
    act();
    states.push(run.state);
  };
  after(() => run.pause());
  after(() => run.resume());
  after(() => run.cancel());
  assert.deepEqual(states.splice(0), ['idle', 'idle', 'idle']);
  assert.equal(changes, 0);
  after(() => run.start());
  after(() => run.pause());
  after(() => run.pause());
  after(() => run.resume());
  after(() => run.cancel());
  after(() => run.resume());
  after(() => run.reset());
  assert.deepEqual(states, ['running', 'paused', 'paused', 'running', 'cancelled', 'cancelled', 'idle']);
  assert.equal(changes, 5);
  assert.deepEqual(run.waited, [true, false]);
});

test('off the screen it waits, whatever it does', () => {
  const run = new PlainRun(() => undefined);
  run.start();
  run.held = true;
  run.held = true;
  run.pause();
  run.held = false;
  run.resume();
  assert.deepEqual(run.waited, [true, true, true, false]);
});

test('a cancel is timed, an error is a sentence, and what was replaced is not heard of', () => {
  const run = new PlainRun(() => undefined);
  run.start();
  const { signal } = run;
  run.cancel();
  assert.ok(signal.aborted);
  assert.equal(run.cancelMilliseconds, null);
  run.fail(signal.reason);
  assert.ok(run.cancelMilliseconds! >= 0 && run.cancelMilliseconds! < 1000);
  assert.equal(run.state, 'cancelled');

  run.start();
  const before = run.signal;
  run.start();
  assert.ok(before.aborted);
  run.fail(new Error('late'), before);
  assert.deepEqual([run.state, run.problem], ['running', '']);
  run.fail(new Error('n is -1; expected an integer from 1'));
  assert.deepEqual([run.state, run.problem], ['error', 'n is -1; expected an integer from 1']);
  run.reset();
  assert.deepEqual([run.state, run.problem], ['idle', '']);
});

test('what cannot be run is refused, and ends what is under way', () => {
  const run = new PlainRun(() => undefined);
  run.start();
  run.refuse('The dimension is a whole number.');
  assert.ok(run.signal.aborted);
  assert.deepEqual([run.state, run.problem], ['error', 'The dimension is a whole number.']);
  run.fail(run.signal.reason);
  assert.deepEqual([run.state, run.problem], ['error', 'The dimension is a whole number.']);
});

// ---- Experiments ------------------------------------------------------------------------------------------------------------

/** A call of the core's, as the test goes on with it. */
interface Call {
  spec: Spec;
  signal: AbortSignal;
  pause: PauseSignal;
  partial(result: Result, fraction?: number): void;
  end(result: Result): void;
}

let calls: Call[] = [];
beforeEach(() => {
  calls = [];
});

given.run = (spec, { signal, pause, onPartial }: RunOptions = {}) =>
  new Promise((resolve, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason as Error));
    calls.push({
      spec,
      signal: signal!,
      pause: pause!,
      partial: (result, fraction = 0.5) =>
        onPartial!(result, {
          fraction,
          secondsLeft: 3,
          items: result.items,
          secondsRunning: 1,
        } satisfies Progress),
      end: resolve,
    });
  });

/** So many samples, and how precise they are. */
const measured = (done: number, error: number, more: Partial<Result> = {}) =>
  resultOf({
    items: { done, total: 1000 },
    complete: false,
    curves: [
      curveOf(1, { points: [{ n: 10, metrics: { error: estimateOf(1, error, Math.max(2, done)) } }] }),
    ],
    ...more,
  });

const spec = { experiment: 'moments' } as Spec;
const whole = { precision: 0, inputs: {} };

async function started(options = whole as { precision: number; inputs: object; step?: boolean }) {
  const runner = new Runner(() => undefined);
  void runner.start(spec, { ...options, inputs: {} });
  await turn();
  return { runner, call: calls.at(-1)! };
}

test('a run shows what it has so far, then all', async () => {
  const { runner, call } = await started();
  assert.deepEqual(
    [runner.state, runner.result, runner.progress, runner.outcome],
    ['running', null, null, ''],
  );
  assert.equal(call.spec, spec);
  const partial = measured(300, 0.1);
  call.partial(partial, 0.3);
  assert.deepEqual([runner.state, runner.result, runner.progress!.fraction], ['running', partial, 0.3]);
  const result = measured(1000, 0.1);
  call.end(result);
  await turn();
  assert.deepEqual([runner.state, runner.result], ['done', result]);
  assert.equal(runner.outcome, '1,000 samples in 2\u2009s');
});

test('a run ends as soon as it is as precise as asked for, and keeps what it has', async () => {
  const { runner, call } = await started({ precision: 0.05, inputs: {} });
  call.partial(measured(10, 0.2));
  call.partial(measured(100, 0.06));
  assert.equal(runner.state, 'running');
  call.partial(measured(200, 0.05));
  assert.equal(runner.state, 'done');
  assert.ok(call.signal.aborted);
  await turn();
  assert.deepEqual([runner.state, runner.preciseEnough, runner.result!.items.done], ['done', true, 200]);
  assert.equal(runner.outcome, 'precise enough after 200 samples in 2\u2009s');
});

test('precision 0 is never enough', async () => {
  const { runner, call } = await started();
  call.partial(measured(900, 0));
  assert.equal(runner.state, 'running');
});

test('a pause reaches the core, and so does the way out of it', async () => {
  const { runner, call } = await started();
  runner.pause();
  assert.equal(call.pause.paused, true);
  runner.resume();
  assert.equal(call.pause.paused, false);
  runner.held = true;
  assert.deepEqual([runner.state, call.pause.paused], ['running', true]);
  runner.held = false;
  assert.equal(call.pause.paused, false);
});

test('what is held from the start begins to wait when the core is there', async () => {
  const runner = new Runner(() => undefined);
  runner.held = true;
  void runner.start(spec, whole);
  await turn();
  assert.equal(calls[0]!.pause.paused, true);
});

test('a step pauses with the first numbers that are new', async () => {
  const { runner, call } = await started({ ...whole, step: true });
  call.partial(measured(0, 0.5));
  assert.equal(runner.state, 'running');
  call.partial(measured(20, 0.5));
  assert.deepEqual([runner.state, call.pause.paused], ['paused', true]);
  runner.step();
  assert.deepEqual([runner.state, call.pause.paused], ['running', false]);
  call.partial(measured(20, 0.5));
  assert.equal(runner.state, 'running');
  call.partial(measured(30, 0.5));
  assert.equal(runner.state, 'paused');
  // And then on to the end.
  runner.resume();
  call.partial(measured(50, 0.5));
  assert.equal(runner.state, 'running');
});

test('what is replaced is ended, and nothing of it is shown', async () => {
  const { runner, call } = await started();
  call.partial(measured(10, 0.5));
  void runner.start(spec, whole);
  assert.deepEqual([runner.result, call.signal.aborted], [null, true]);
  await turn();
  call.partial(measured(20, 0.5));
  assert.equal(runner.result, null);
  calls[1]!.end(measured(30, 0.5));
  await turn();
  assert.equal(runner.result!.items.done, 30);
});

test('a cancel keeps what there is; a reset does not', async () => {
  const { runner, call } = await started();
  call.partial(measured(10, 0.5));
  runner.cancel();
  await turn();
  assert.deepEqual([runner.state, runner.result!.items.done], ['cancelled', 10]);
  assert.ok(runner.cancelMilliseconds !== null);
  runner.reset();
  assert.deepEqual([runner.state, runner.result], ['idle', null]);
});

test('a result from elsewhere ends what is under way', async () => {
  const { runner, call } = await started();
  const result = measured(7, 0.5);
  runner.show(result);
  await turn();
  assert.deepEqual([runner.state, runner.result, call.signal.aborted], ['done', result, true]);
});

// ---- Tiles ------------------------------------------------------------------------------------------------------------------

interface Asked {
  rows: [number, number];
  columns: [number, number];
  side: number;
  signal: AbortSignal;
  answer(): Promise<void>;
}

let asked: Asked[] = [];
beforeEach(() => {
  asked = [];
});

given.pooledHeatmap = (_, { rows = [0, 0], columns = [0, 0], side, signal }) =>
  new Promise((resolve, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason as Error));
    const answer = () => {
      const [down, across] = [rows, columns].map(([first, end]) => Math.ceil((end - first) / side));
      const largest = new Float32Array(down! * across!).fill(0.5);
      const each = new Float64Array(rows[1] - rows[0]);
      resolve({ rows, columns, side, largest, mean: largest, logSumExp: each, participation: each });
      return turn();
    };
    asked.push({ rows, columns, side, signal: signal!, answer });
  });

const n = 4096;
const source = { of: spec, queries: n, keys: n, head: 1 };
const all = { level: 2, rows: [0, 1024] as [number, number], columns: [0, 1024] as [number, number] };

async function tileRun(options = {}) {
  const tiles = new Tiles(source);
  const run = new TileRun(() => undefined);
  const portions: Portion[] = tiles.missing(all);
  run.start(source, tiles, all, options);
  await turn();
  return { tiles, run, portions };
}

test('a picture is asked for a portion at a time, and progress is by weights', async () => {
  const { tiles, run, portions } = await tileRun();
  assert.deepEqual([run.state, run.progress!.fraction, asked.length], ['running', 0, 1]);
  let done = 0;
  for (const portion of portions) {
    const { rows, columns, side } = asked.at(-1)!;
    assert.deepEqual({ rows, columns, side }, { ...portion.weights, side: 4 });
    await asked.at(-1)!.answer();
    done += sizeOf(portion);
    assert.ok(Math.abs(run.progress!.fraction - done / n ** 2) < 1e-12);
  }
  assert.deepEqual([run.state, asked.length], ['done', portions.length]);
  assert.match(run.outcome, /^16,777,216 weights in [\d.]+\u2009s$/);
  assert.deepEqual(tiles.missing(all), []);
  // All of it is there: nothing is asked for.
  run.start(source, tiles, all);
  assert.deepEqual([run.state, asked.length], ['done', portions.length]);
});

test('what is there already counts as done', async () => {
  const tiles = new Tiles(source);
  const [first] = tiles.missing(all);
  const area = sizeOf(first!);
  const size = (first!.rows[1] - first!.rows[0]) * 1024;
  const known = new Float32Array(size);
  tiles.add(first!, { largest: known, mean: known, participation: new Float64Array(4) });
  const run = new TileRun(() => undefined);
  run.start(source, tiles, all);
  assert.ok(Math.abs(run.progress!.fraction - area / n ** 2) < 1e-12);
});

test('a pause interrupts the portion under way, which is asked for again', async () => {
  const { run, portions } = await tileRun();
  await asked[0]!.answer();
  run.pause();
  await turn();
  assert.ok(asked[1]!.signal.aborted);
  assert.deepEqual([run.state, asked.length], ['paused', 2]);
  run.held = true;
  run.resume();
  await turn();
  assert.deepEqual([run.state, asked.length], ['running', 2]);
  run.held = false;
  await turn();
  assert.deepEqual(asked[2]!.rows, portions[1]!.weights.rows);
});

test('a step is a portion; what is started paused asks for none', async () => {
  const { run } = await tileRun({ step: true });
  await asked[0]!.answer();
  assert.deepEqual([run.state, asked.length], ['paused', 1]);
  run.step();
  await turn();
  await asked[1]!.answer();
  assert.deepEqual([run.state, asked.length], ['paused', 2]);
  const paused = await tileRun({ paused: true });
  assert.deepEqual([paused.run.state, asked.length], ['paused', 2]);
});

test('a cancelled picture goes on where it was', async () => {
  const { tiles, run, portions } = await tileRun();
  await asked[0]!.answer();
  run.cancel();
  await turn();
  assert.equal(run.state, 'cancelled');
  assert.ok(run.cancelMilliseconds !== null);
  run.start(source, tiles, all);
  await turn();
  assert.deepEqual(asked.at(-1)!.rows, portions[1]!.weights.rows);
});

test('what the core refuses is said, and ends the run', async (t) => {
  const problem = 'queries is 3 wide; expected 4, as the keys are';
  t.mock.method(given as Asymptoken, 'pooledHeatmap', (): Promise<never> =>
    Promise.reject(new Error(problem)),
  );
  const { run } = await tileRun();
  assert.deepEqual([run.state, run.problem], ['error', problem]);
});
