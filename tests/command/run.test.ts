import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asymptoken, command, succeed, temporaryFolder } from './command.ts';
import { nested, quick, readResult, withoutProvenance } from './result.ts';

test('run writes the result: every point of every curve, fits and predictions', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  assert.equal(succeed(['run', ...quick, '--output', output]), '');
  const result = readResult(output);
  assert.equal(result.schema, 1);
  assert.equal(result.complete, true);
  assert.deepEqual(result.items, { done: 24, total: 24 });
  assert.deepEqual(result.metrics, ['mean', 'covariance']);
  assert.equal(result.provenance.target, 'native');
  assert.ok(result.provenance.wall_seconds > 0);
  assert.deepEqual(
    result.curves.map(({ parameters }) => parameters['scale']),
    [1, 4, 9],
  );
  for (const curve of result.curves) {
    assert.deepEqual(
      curve.points.map(({ n }) => n),
      [50, 100, 200, 400],
    );
    for (const metric of result.metrics) {
      for (const point of curve.points) assert.equal(point[metric]!.count, 6);
      assert.ok(curve.fit[metric]!.slope < 0);
      assert.ok(curve.fit[metric]!.slope_se > 0);
      assert.ok(
        curve.predicted.some((prediction) => prediction.metric === metric && prediction.status === 'paper'),
      );
    }
  }
});

test('the spec inside a result runs again to the same numbers', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...quick, '--output', 'first.json'], { cwd: folder });
  const spec = JSON.stringify(readResult(join(folder, 'first.json')).spec);
  succeed(['run', '-', '--output', 'second.json'], { cwd: folder, input: spec });
  assert.deepEqual(
    readResult(join(folder, 'second.json')).curves,
    readResult(join(folder, 'first.json')).curves,
  );
});

test('the number of threads does not change a bit', (t) => {
  const folder = temporaryFolder(t);
  for (const threads of ['1', '2', '7'])
    succeed(['run', ...quick, '--threads', threads, '--output', `${threads}.json`], { cwd: folder });
  assert.equal(withoutProvenance(join(folder, '2.json')), withoutProvenance(join(folder, '1.json')));
  assert.equal(withoutProvenance(join(folder, '7.json')), withoutProvenance(join(folder, '1.json')));
});

test('without --output, the table goes to standard output', () => {
  const table = succeed(['run', ...quick]);
  assert.match(table, /^moments: gaussian tokens, d = 3, 6 replicates, seed 42$/m);
  assert.match(table, /^mean error$/m);
  assert.match(table, /^covariance error$/m);
  assert.match(table, /guaranteed rate \(paper\)/);
  assert.equal(table.match(/^ {2}[149] /gm)!.length, 6);
});

test('nested tokens: one item a replicate, every point of it, and the result and its table say so', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  succeed(['run', ...nested, '--output', output]);
  const result = readResult(output);
  assert.equal(result.points_share_tokens, true);
  assert.deepEqual(result.items, { done: 6, total: 6 });
  for (const curve of result.curves)
    for (const metric of result.metrics) {
      for (const point of curve.points) assert.equal(point[metric]!.count, 6);
      assert.ok(curve.fit[metric]!.slope_se > 0);
    }
  const table = succeed(['show', output]);
  assert.match(table, /^moments: gaussian tokens, d = 3, 6 replicates, tokens shared by all n, seed 42$/m);
  assert.match(table, /of a slope, from the bootstrap over replicates$/m);
  assert.match(succeed(['show', output, '--svg', '-']), /tokens shared by all n/);
  const without = succeed(['run', ...nested, '--set', 'fit.resamples=0']);
  assert.match(without, /of a slope, from the covariance of its points over them$/m);
  // A file of before there were nested tokens.
  const { points_share_tokens, ...older } = result;
  assert.ok(points_share_tokens);
  assert.doesNotMatch(succeed(['show', '-'], { input: JSON.stringify(older) }), /shared/);
});

test('csv: one line per curve, point and metric, the numbers those of the result', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...quick, '--output', 'r.json', '--csv', 'r.csv'], { cwd: folder });
  const [header, ...lines] = readFileSync(join(folder, 'r.csv'), 'utf8').trimEnd().split('\n');
  const columns = header!.split(',');
  assert.equal(lines.length, 3 * 4 * 2);
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, k) => [column, cells[k]!]));
  });
  for (const curve of readResult(join(folder, 'r.json')).curves)
    for (const point of curve.points)
      for (const metric of ['mean', 'covariance']) {
        const row = rows.find(
          (candidate) =>
            Number(candidate['scale']) === curve.parameters['scale'] &&
            Number(candidate['n']) === point.n &&
            candidate['metric'] === metric,
        );
        assert.equal(Number(row!['mean']), point[metric]!.mean);
        assert.equal(Number(row!['count']), point[metric]!.count);
      }
});

test('show prints the table of run, and redraws the same figure and csv', (t) => {
  const folder = temporaryFolder(t);
  const table = succeed(['run', ...quick], { cwd: folder });
  succeed(['run', ...quick, '--output', 'r.json', '--csv', 'run.csv', '--svg', 'run.svg'], { cwd: folder });
  assert.equal(succeed(['show', 'r.json', '--csv', 'show.csv', '--svg', 'show.svg'], { cwd: folder }), table);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  assert.equal(read('show.csv'), read('run.csv'));
  assert.equal(read('show.svg'), read('run.svg'));
  assert.equal(succeed(['show', '-'], { input: read('r.json') }), table);
  assert.equal(succeed(['show', 'r.json', '--svg', '-'], { cwd: folder }), read('run.svg'));
});

test('the table says how many standard errors a fit lies from a prediction', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  succeed(['run', ...quick, '--output', output]);
  const curve = readResult(output).curves[0]!;
  const fit = curve.fit['mean']!;
  const predicted = curve.predicted.find(({ metric, status }) => metric === 'mean' && status === 'paper')!;
  const distance = (fit.slope - predicted.value) / fit.bootstrap.standard_error;
  assert.ok(Math.abs(distance - predicted.excess!) < 1e-9);
  const line = succeed(['show', output])
    .split('\n')
    .find((text) => text.startsWith('  1 '))!;
  const text = distance.toFixed(1).replace('-0.0', '0.0');
  assert.ok(line.includes(`(${text.startsWith('-') ? '' : '+'}${text} se)`), line);
});

test('outputs replace what was there, follow links, and leave nothing beside them', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'target.json'), 'earlier and much longer than nothing');
  symlinkSync('target.json', join(folder, 'link.json'));
  succeed(['run', ...quick, '--output', 'link.json', '--csv', '/dev/null'], { cwd: folder });
  assert.ok(lstatSync(join(folder, 'link.json')).isSymbolicLink());
  assert.equal(readResult(join(folder, 'target.json')).complete, true);
  assert.deepEqual(readdirSync(folder).sort(), ['link.json', 'target.json']);
  assert.ok(lstatSync('/dev/null').isCharacterDevice());
});

test('--output - writes the result, and nothing else, to standard output', () => {
  const result = JSON.parse(succeed(['run', ...quick, '--output', '-'])) as { complete: boolean };
  assert.equal(result.complete, true);
});

test('a full disk is reported', () => {
  const full = spawnSync('sh', ['-c', '"$0" run "$@" > /dev/full', command, ...quick], { encoding: 'utf8' });
  assert.equal(full.status, 2);
  assert.match(full.stderr, /^asymptoken: standard output is -; expected [^\n]*No space left[^\n]*\n$/);
});

test('--progress json: lines that grow from 0 to 1', () => {
  const outcome = asymptoken(['run', ...quick, '--progress', 'json']);
  assert.equal(outcome.code, 0);
  const lines = outcome.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { fraction: number; done: number; total: number; seconds: number });
  assert.equal(lines[0]!.fraction, 0);
  assert.ok(Math.abs(lines.at(-1)!.fraction - 1) < 1e-9);
  assert.deepEqual([lines.at(-1)!.done, lines.at(-1)!.total], [24, 24]);
  lines.slice(1).forEach((line, k) => assert.ok(line.fraction >= lines[k]!.fraction));
});

test('on a terminal: a bar with items and time left, cleared at the end', (t) => {
  const folder = temporaryFolder(t);
  const line = [
    command,
    'run',
    ...quick,
    '--set',
    'tokens=[16000]',
    '--set',
    'replicates=12',
    '--threads',
    '1',
  ]
    .map((word) => `'${word}'`)
    .join(' ');
  const { stdout, status } = spawnSync(
    'script',
    ['-qec', `${line} --csv r.csv --output r.json`, '/dev/null'],
    {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, COLUMNS: '100' },
    },
  );
  assert.equal(status, 0, stdout);
  assert.match(stdout, /\d+% \[[#.]+\] \d+\/12 items/);
  assert.match(stdout, /\d:\d\d left/);
  assert.match(stdout, /\r\x1b\[Kasymptoken: wrote r\.json/);
});

test('the published experiments have two references, and a quick twin', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  for (const [name, metrics] of [
    ['paper-gaussian', ['mean', 'covariance', 'mean_from_sample', 'covariance_from_sample']],
    ['paper-sphere', ['mean', 'covariance', 'covariance_from_sample']],
  ] as const) {
    const small = ['--set', 'tokens=[100,200,400]', '--set', 'replicates=3'];
    if (name === 'paper-gaussian') small.push('--set', 'sampled_reference.tokens=600');
    succeed(['run', `${name}-quick`, ...small, '--output', output]);
    const result = readResult(output);
    assert.deepEqual(result.metrics, metrics);
    assert.equal(result.curves.length, 12);
    for (const curve of result.curves)
      for (const metric of metrics) assert.equal(curve.points[2]![metric]!.count, 3);
    assert.match(succeed(['show', output]), /^mean error$/m);
    const figure = succeed(['show', output, '--svg', '-']);
    assert.equal(figure.match(/class='slopes'/g)?.length, metrics.length);
    const whole = JSON.parse(succeed(['spec', name])) as Record<string, unknown>;
    const quick = JSON.parse(succeed(['spec', `${name}-quick`])) as Record<string, unknown>;
    for (const key of ['law', 'attention', 'covariance_norm', 'fit'])
      assert.deepEqual(quick[key], whole[key]);
  }
});
