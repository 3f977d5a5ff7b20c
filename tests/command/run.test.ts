import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asymptoken, command, succeed, temporaryFolder } from './command.ts';
import {
  type Result,
  estimateOf,
  fitOf,
  hardmax,
  metricIds,
  nested,
  parseResult,
  parseSpec,
  quick,
  readResult,
  withoutProvenance,
} from './result.ts';

test('run writes the result: every point of every curve, fits and predictions', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  assert.equal(succeed(['run', ...quick, '--output', output]), '');
  const result = readResult(output);
  assert.equal(result.schema, 2);
  assert.equal(result.title, 'moments: gaussian tokens, d = 3, 6 replicates, seed 42');
  assert.deepEqual(result.inputs, {});
  assert.equal(result.complete, true);
  assert.deepEqual(result.items, { done: 24, total: 24 });
  assert.deepEqual(metricIds(result), ['mean', 'covariance']);
  assert.deepEqual(
    result.parameters.map(({ id, symbol, swept }) => [id, symbol, swept]),
    [
      ['scale', 's', true],
      ['horizon', 'H', false],
    ],
  );
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
    for (const metric of metricIds(result)) {
      for (const point of curve.points) assert.equal(estimateOf(point, metric).count, 6);
      const fit = fitOf(curve, metric);
      assert.ok(fit.slope < 0);
      assert.ok(fit.slope_standard_error > 0);
      assert.ok(fit.intercept_standard_error > 0);
      assert.equal(fit.points, 4);
      assert.ok(fit.interval!.low < fit.slope && fit.slope < fit.interval!.high);
      const predictions = curve.predictions.filter((prediction) => prediction.metric === metric);
      assert.deepEqual(
        predictions.filter(({ quantity }) => quantity === 'slope').map(({ id }) => id),
        ['reference_rate', 'gaussian_rate'],
      );
      assert.ok(predictions.some(({ status }) => status === 'paper'));
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
  assert.match(table, /^error of the mean \(2-norm\)$/m);
  assert.match(table, /^error of the covariance \(Frobenius norm\)$/m);
  assert.match(table, /reference rate \(paper\)/);
  assert.equal(table.match(/^ {2}[149] /gm)!.length, 6);
});

test('nested tokens: one item a replicate, every point of it, and the result and its table say so', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  succeed(['run', ...nested, '--output', output]);
  const result = readResult(output);
  assert.equal(result.points_share_tokens, true);
  assert.deepEqual(result.items, { done: 6, total: 6 });
  for (const curve of result.curves)
    for (const metric of metricIds(result)) {
      for (const point of curve.points) assert.equal(estimateOf(point, metric).count, 6);
      assert.ok(fitOf(curve, metric).slope_standard_error > 0);
    }
  const table = succeed(['show', output]);
  assert.match(table, /^moments: gaussian tokens, d = 3, 6 replicates, tokens shared by all n, seed 42$/m);
  assert.match(table, /of a slope, from the bootstrap over replicates$/m);
  assert.match(succeed(['show', output, '--svg', '-']), /tokens shared by all n/);
  const without = succeed(['run', ...nested, '--set', 'fit.resamples=0']);
  assert.match(without, /of a slope, from the covariance of its points over them$/m);
});

/** A result as files had it before they carried their own description. */
function inFirstSchema(result: Result): Record<string, any> {
  const { spec, complete, items, points_share_tokens, provenance } = result;
  const curves = result.curves.map(
    ({ parameters: { horizon, ...parameters }, points, fits, predictions }) => ({
      parameters,
      horizon,
      points: points.map(({ n, metrics }) => ({
        n,
        ...Object.fromEntries(
          Object.entries(metrics).map(([id, estimate]) => [
            id,
            // What was not defined was no number.
            estimate === null
              ? { mean: null, standard_deviation: null, count: 6 }
              : {
                  mean: estimate.mean,
                  standard_deviation: estimate.standard_deviation,
                  count: estimate.count,
                },
          ]),
        ),
      })),
      fit: Object.fromEntries(
        Object.entries(fits).map(([id, fit]) => [
          id,
          fit && {
            slope: fit.slope,
            slope_se: fit.slope_standard_error,
            intercept: fit.intercept,
            intercept_se: fit.intercept_standard_error,
            points: fit.points,
            bootstrap: fit.interval,
          },
        ]),
      ),
      predicted: predictions.map(({ metric, quantity, title, value, status, formula }) => ({
        ...{ metric, quantity, name: title, value, status, formula },
      })),
    }),
  );
  const metrics = metricIds(result);
  return { schema: 1, spec, complete, items, points_share_tokens, metrics, curves, provenance };
}

test('a file of before results described themselves is shown like one of today', (t) => {
  const folder = temporaryFolder(t);
  for (const args of [
    quick,
    nested,
    hardmax,
    [...hardmax, '--set', 'law={"type":"gaussian","dimension":2}'],
  ]) {
    succeed(['run', ...args, '--output', 'r.json', '--csv', 'r.csv'], { cwd: folder });
    const older = inFirstSchema(readResult(join(folder, 'r.json')));
    writeFileSync(join(folder, 'older.json'), JSON.stringify(older));
    const table = succeed(['show', 'older.json', '--csv', 'older.csv'], { cwd: folder });
    assert.equal(table, succeed(['show', 'r.json'], { cwd: folder }));
    assert.equal(
      readFileSync(join(folder, 'older.csv'), 'utf8'),
      readFileSync(join(folder, 'r.csv'), 'utf8'),
    );
    succeed(['show', 'older.json', '--svg', 'older.svg'], { cwd: folder });
    if (args !== quick) continue;
    // Of before there were nested tokens.
    delete older['points_share_tokens'];
    assert.equal(succeed(['show', '-'], { input: JSON.stringify(older) }), table);
    assert.doesNotMatch(table, /shared/);
  }
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
        const { mean, standard_deviation, standard_error, count } = estimateOf(point, metric);
        assert.equal(Number(row!['horizon']), curve.parameters['horizon']);
        assert.deepEqual(
          ['mean', 'standard_deviation', 'standard_error', 'count'].map((column) => Number(row![column])),
          [mean, standard_deviation, standard_error, count],
        );
      }
});

test('--replicates-csv: one line per curve, point, replicate and metric, of which the result has the means', (t) => {
  const folder = temporaryFolder(t);
  const sampled = [...quick, '--set', 'sampled_reference={"tokens":600}'];
  // Items of one n, of all n, after preliminary items, and values that are not defined.
  for (const [args, undefinedValues] of [
    [quick, false],
    [nested, false],
    [sampled, false],
    [[...hardmax, '--set', 'law={"type":"gaussian","dimension":2}'], true],
  ] as const) {
    succeed(['run', ...args, '--output', 'r.json', '--replicates-csv', 'r.csv'], { cwd: folder });
    const result = readResult(join(folder, 'r.json'));
    const replicates = Number(result.spec['replicates']);
    const points = result.curves[0]!.points.length;
    const [header, ...lines] = readFileSync(join(folder, 'r.csv'), 'utf8').trimEnd().split('\n');
    const parameters = result.parameters.map(({ id }) => id);
    assert.equal(header, ['curve', ...parameters, 'n', 'replicate', 'metric', 'value'].join(','));
    assert.equal(lines.length, result.curves.length * points * replicates * result.metrics.length);
    const values = new Map<string, number[]>();
    for (const line of lines) {
      const [curve, ...cells] = line.split(',');
      const [n, replicate, metric, value] = cells.splice(parameters.length);
      assert.deepEqual(
        cells.map(Number),
        parameters.map((id) => result.curves[Number(curve)]!.parameters[id]),
      );
      const key = `${curve} ${n} ${metric}`;
      const list = values.get(key) ?? [];
      values.set(key, list);
      // Each replicate once.
      assert.equal(list[Number(replicate)], undefined);
      list[Number(replicate)] = value === '' ? NaN : Number(value);
    }
    let missing = 0;
    result.curves.forEach((curve, c) => {
      for (const point of curve.points)
        for (const metric of metricIds(result)) {
          const list = values.get(`${c} ${point.n} ${metric}`)!;
          assert.equal(list.length, replicates);
          const measured = list.filter((value) => !Number.isNaN(value));
          missing += list.length - measured.length;
          if (measured.length === 0) {
            assert.equal(point.metrics[metric], null);
            continue;
          }
          const { mean, standard_deviation, count } = estimateOf(point, metric);
          assert.equal(count, measured.length);
          const sum = measured.reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum / count - mean) <= 1e-12 * Math.abs(mean), `${sum / count}, ${mean}`);
          const squares = measured.reduce((total, value) => total + (value - mean) ** 2, 0);
          const deviation = Math.sqrt(squares / (count - 1));
          assert.ok(Math.abs(deviation - standard_deviation) <= 1e-9 * Math.abs(mean));
        }
    });
    assert.equal(missing > 0, undefinedValues);
  }
  // In the place of the table, as the other files.
  assert.match(succeed(['run', ...quick, '--replicates-csv', '-']), /^curve,scale,horizon,n,replicate,/);
});

test('table and figure say what the result says of itself, whatever its experiment', (t) => {
  const folder = temporaryFolder(t);
  const few = ['--set', 'replicates=4'];
  for (const args of [
    quick,
    hardmax,
    ['map', '--set', 'tokens=[100,300,1000]', ...few],
    ['uniform', '--set', 'ball={"radii":[0.5,1],"starts":2}', '--set', 'tokens=[50,100,200]', ...few],
    ['windows', '--set', 'context=200', '--set', 'tokens=[25,50,100]', ...few],
  ]) {
    const text = succeed(['run', ...args, '--output', '-']);
    // Of an experiment that this version does not know, with other words for everything.
    const document = parseResult(text.replaceAll('"title": "', '"title": "new ')) as any;
    document.spec = { experiment: 'of tomorrow' };
    document.metrics.forEach((metric: any, m: number) => (metric.remark = `remark ${m}`));
    document.parameters.forEach((parameter: any, p: number) => (parameter.remark = `meaning ${p}`));
    const table = succeed(['show', '-', '--svg', 'r.svg', '--csv', 'r.csv'], {
      cwd: folder,
      input: JSON.stringify(document),
    });
    const lines = table.split('\n');
    assert.equal(lines[0], document.title);
    assert.ok(document.title.startsWith('new '));
    const result = parseResult(text);
    const svg = readFileSync(join(folder, 'r.svg'), 'utf8');
    for (const { title, remark, reciprocal, diagnostic } of document.metrics as Result['metrics']) {
      assert.ok(lines.includes(`${title} (${remark})`), title);
      assert.equal(svg.includes(`>${reciprocal?.title ?? title}<`), !diagnostic, title);
    }
    for (const { title, remark } of document.parameters as Result['parameters']) {
      assert.ok(lines.some((line) => line.includes(`  ${title}  `)));
      assert.ok(lines.some((line) => line.startsWith(`  ${title} `) && line.endsWith(`  ${remark}`)));
    }
    // A title is explained once, by each formula that bears it.
    const formulas = new Map<string, string>();
    for (const { predictions } of document.curves as Result['curves'])
      for (const { title, status, formula } of predictions) {
        const known = formulas.get(`${title} (${status})`);
        if (!known?.split(' or ').includes(formula))
          formulas.set(`${title} (${status})`, known === undefined ? formula : `${known} or ${formula}`);
      }
    for (const [title, formula] of formulas)
      assert.ok(
        lines.some((line) => line.startsWith(`  ${title} `) && line.endsWith(`  ${formula}`)),
        title,
      );
    // A word that tells curves apart stands as it is.
    for (const { parameters } of result.curves)
      for (const value of Object.values(parameters).filter((other) => typeof other === 'string'))
        for (const file of [table, svg, readFileSync(join(folder, 'r.csv'), 'utf8')])
          assert.ok(file.includes(value), value);
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
  const fit = fitOf(curve, 'mean');
  const predicted = curve.predictions.find(({ metric, status }) => metric === 'mean' && status === 'paper')!;
  const distance = (fit.slope - predicted.value) / fit.interval!.standard_error;
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
  assert.equal(parseResult(succeed(['run', ...quick, '--output', '-'])).complete, true);
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
    assert.deepEqual(metricIds(result), metrics);
    assert.equal(result.curves.length, 12);
    for (const curve of result.curves)
      for (const metric of metrics) assert.equal(estimateOf(curve.points[2]!, metric).count, 3);
    assert.match(succeed(['show', output]), /^error of the mean \(2-norm\)$/m);
    const figure = succeed(['show', output, '--svg', '-']);
    assert.equal(figure.match(/class='trend' data-trend='slopes'/g)?.length, metrics.length);
    const whole = parseSpec(succeed(['spec', name]));
    const quick = parseSpec(succeed(['spec', `${name}-quick`]));
    for (const key of ['law', 'attention', 'covariance_norm', 'fit'])
      assert.deepEqual(quick[key], whole[key]);
  }
});

test('a run goes on with the threads that the system gives', (t) => {
  const folder = temporaryFolder(t);
  const args = ['run', ...quick, '--set', 'replicates=500', '--threads', '400'];
  succeed([...args, '--output', 'all.json'], { cwd: folder });
  // Where there is no room for a stack there is no thread, as under a limit on processes, which root does not feel.
  for (const [room, given] of [
    [3_000_000, /asymptoken: the system gives [1-9]\d* threads only\n$/],
    [900_000, /asymptoken: the system gives 1 thread only\n$/],
  ] as const) {
    const line = `ulimit -s 1000000; ulimit -v ${room}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync('sh', ['-c', line, command, ...args, '--output', 'few.json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, given);
    assert.equal(withoutProvenance(join(folder, 'few.json')), withoutProvenance(join(folder, 'all.json')));
  }
});
