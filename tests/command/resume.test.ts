import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lineCount, refuse, start, succeed, temporaryFolder, until } from './command.ts';
import { estimateOf, parseSpec, quick, readResult, withoutProvenance } from './result.ts';

// Some seconds of work in items of some 20 ms, and one long item at the end of each replicate.
const long = [
  'moments',
  ...['--set', 'law.dimension=3'],
  ...['--set', 'attention.scales=[1,4]'],
  ...['--set', 'tokens=[200,400,800,3000]'],
  ...['--set', 'replicates=30'],
];

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} stops a run, and resuming gives the curves of a run that was never stopped`, async (t) => {
    const folder = temporaryFolder(t);
    const checkpoint = join(folder, 'run.checkpoint');
    const resumable = ['run', ...long, '--checkpoint', checkpoint, '--output', join(folder, 'resumed.json')];

    const running = start(resumable);
    await until(() => lineCount(checkpoint) >= 5, 'the checkpoint to grow');
    const asked = performance.now();
    running.process.kill(signal);
    const outcome = await running.end;
    const answered = performance.now() - asked;
    assert.equal(outcome.code, code);
    assert.ok(answered < 1000, `it took ${answered} ms to stop`);
    assert.equal(outcome.stdout, '');
    const kept = lineCount(checkpoint) - 1;
    assert.ok(kept < 120, 'stopped in the middle');
    assert.equal(
      outcome.stderr,
      `asymptoken: interrupted with ${kept} of 120 items done; ` +
        `they are kept in ${checkpoint}, and the same command goes on from there\n`,
    );
    assert.deepEqual(readdirSync(folder), ['run.checkpoint']);

    succeed(resumable);
    assert.equal(lineCount(checkpoint), 121);
    succeed(['run', ...long, '--output', join(folder, 'whole.json')]);
    assert.equal(
      withoutProvenance(join(folder, 'resumed.json')),
      withoutProvenance(join(folder, 'whole.json')),
    );
  });
}

test('without a checkpoint an interrupt says that nothing is kept', async (t) => {
  const folder = temporaryFolder(t);
  const running = start(['run', ...long, '--output', 'r.json', '--progress', 'json'], { cwd: folder });
  // Its first line of progress tells that work has begun.
  await new Promise((resolve) => running.process.stderr!.once('data', resolve));
  running.process.kill('SIGINT');
  const outcome = await running.end;
  assert.equal(outcome.code, 130);
  assert.match(
    outcome.stderr,
    /interrupted with \d+ of 120 items done; nothing is kept without --checkpoint FILE\n$/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

// The same in one item a replicate.
const longNested = [
  ...long,
  ...['--set', 'tokens={"list": [200, 400, 800, 3000], "nested": true}'],
  ...['--set', 'deterministic=true'],
];

// A sampled reference comes first, in blocks.
const longSampled = [
  ...long,
  ...['--set', 'tokens=[200,400,800,1500]'],
  ...['--set', 'sampled_reference={"tokens": 6000}'],
];

for (const [name, spec, items] of [
  ['a run', long, 120],
  ['a nested run', longNested, 30],
  ['a run against a sample', longSampled, 120 + 11],
] as const) {
  test(`${name} that was killed resumes, its last line torn or not`, async (t) => {
    const folder = temporaryFolder(t);
    const checkpoint = join(folder, 'run.checkpoint');
    const resumable = ['run', ...spec, '--checkpoint', checkpoint, '--output', join(folder, 'resumed.json')];
    const running = start(resumable);
    await until(() => lineCount(checkpoint) >= 5, 'the checkpoint to grow');
    running.process.kill('SIGKILL');
    await running.end;
    assert.ok(lineCount(checkpoint) - 1 < items, 'killed in the middle');
    appendFileSync(checkpoint, `{"item":${items - 1},"values":[0.1,`);
    succeed(resumable);
    assert.equal(lineCount(checkpoint), items + 1);
    succeed(['run', ...spec, '--output', join(folder, 'whole.json')]);
    assert.equal(
      withoutProvenance(join(folder, 'resumed.json')),
      withoutProvenance(join(folder, 'whole.json')),
    );
  });
}

test('a checkpoint that was cut anywhere gives the same result again', (t) => {
  const folder = temporaryFolder(t);
  const checkpoint = join(folder, 'run.checkpoint');
  const resumable = ['run', ...quick, '--checkpoint', checkpoint, '--output', join(folder, 'r.json')];
  succeed(resumable);
  const whole = withoutProvenance(join(folder, 'r.json'));
  const size = readFileSync(checkpoint).length;
  for (const kept of [0, 10, 200, 2000, size - 1, size]) {
    truncateSync(checkpoint, Math.min(kept, readFileSync(checkpoint).length));
    succeed(resumable);
    assert.equal(withoutProvenance(join(folder, 'r.json')), whole, `cut after ${kept} bytes`);
    assert.equal(lineCount(checkpoint), 25);
  }
});

test('a finished checkpoint has all that a result needs', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...quick, '--checkpoint', 'c', '--output', 'r.json'], { cwd: folder });
  const lines = readFileSync(join(folder, 'c'), 'utf8').trimEnd().split('\n');
  const [head, ...items] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const result = readResult(join(folder, 'r.json'));
  assert.deepEqual(parseSpec(JSON.stringify(head!['spec'])), result.spec);
  assert.deepEqual(head!['inputs'], {});
  assert.deepEqual(items.map((line) => line['item']).sort(), Array.from({ length: 24 }, (_, k) => k).sort());
  // Items go replicate by replicate, values curve by curve; the first number is the mean's error at the first n.
  const first = items
    .filter((line) => (line['item'] as number) % 4 === 0)
    .map((line) => (line['values'] as number[])[0]!);
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  assert.ok(Math.abs(mean / estimateOf(result.curves[0]!.points[0]!, 'mean').mean - 1) < 1e-12);
});

test('a checkpoint of another spec is refused and left as it was', (t) => {
  const folder = temporaryFolder(t);
  const checkpoint = join(folder, 'run.checkpoint');
  succeed(['run', ...quick, '--checkpoint', checkpoint]);
  const before = readFileSync(checkpoint);
  refuse(
    ['run', ...quick, '--set', 'law.dimension=4', '--checkpoint', checkpoint],
    ['--checkpoint', checkpoint, 'law.dimension = 3', 'it is 4'],
  );
  assert.deepEqual(readFileSync(checkpoint), before);
});

test('a file that is no checkpoint is refused and left as it was', (t) => {
  const file = join(temporaryFolder(t), 'thesis.tex');
  for (const content of [
    '\\documentclass{article}\n',
    'no line break',
    '{"kind": "something"}\n',
    '[]\n',
    '{}\n',
  ]) {
    writeFileSync(file, content);
    refuse(['run', ...quick, '--checkpoint', file], ['--checkpoint', file, 'a checkpoint or a new file']);
    assert.equal(readFileSync(file, 'utf8'), content);
  }
});

test('a damaged line in the middle of a checkpoint is named', (t) => {
  const checkpoint = join(temporaryFolder(t), 'run.checkpoint');
  succeed(['run', ...quick, '--checkpoint', checkpoint]);
  const lines = readFileSync(checkpoint, 'utf8').split('\n');
  lines[3] = '{"item":';
  writeFileSync(checkpoint, lines.join('\n'));
  refuse(['run', ...quick, '--checkpoint', checkpoint], ['--checkpoint', 'damaged line at byte']);
});

test('two runs do not share a checkpoint', async (t) => {
  const checkpoint = join(temporaryFolder(t), 'run.checkpoint');
  const running = start(['run', ...long, '--checkpoint', checkpoint]);
  await until(() => lineCount(checkpoint) >= 2, 'the checkpoint to grow');
  refuse(['run', ...long, '--checkpoint', checkpoint], ['--checkpoint', 'in use by another run']);
  running.process.kill('SIGINT');
  assert.equal((await running.end).code, 130);
});
