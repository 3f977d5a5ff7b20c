import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refuse, succeed, temporaryFolder } from './command.ts';
import { estimateOf, metricIds, readResult } from './result.ts';
import { parseXml, textOf } from './xml.ts';

const quick = [
  'window',
  ...['--set', 'context=200'],
  ...['--set', 'random=4'],
  ...['--set', 'tokens=[21,45,95]'],
  ...['--set', 'replicates=4'],
];

test('window runs: two curves a head, and a figure that names them', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...quick, '--output', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  const result = readResult(join(folder, 'r.json'));
  assert.ok(result.complete && result.points_share_tokens);
  assert.deepEqual(
    result.curves.map(({ parameters }) => parameters['keys']),
    ['window', 'independent draws'],
  );
  assert.deepEqual(
    result.curves[0]!.points.map(({ n }) => n),
    [21, 45, 95],
  );
  for (const { points } of result.curves)
    for (const point of points)
      for (const metric of metricIds(result)) {
        const { mean, count } = estimateOf(point, metric);
        assert.ok(mean > 0 && count === 4);
      }
  // Of windows there is no theory here.
  assert.deepEqual(result.curves[0]!.predictions, []);
  assert.deepEqual(
    result.curves[1]!.predictions.map(({ id, metric }) => [id, metric]),
    [
      ['reference_rate', 'mean'],
      ['resampling_rate', 'mean'],
      ['reference_rate', 'covariance'],
      ['resampling_rate', 'covariance'],
      ['resampling_rate', 'mean_squared_error'],
    ],
  );
  const text = textOf(parseXml(readFileSync(join(folder, 'r.svg'), 'utf8')));
  for (const words of ['window', 'independent draws', 'context of 200', 'error of the mean from the limit'])
    assert.ok(text.includes(words), words);
  assert.ok(!text.includes('error error'));
});

test('window refuses what does not fit its context', () => {
  refuse(['run', ...quick, '--set', 'tokens=201'], ['tokens', '201', 'from 5', 'to 200']);
  refuse(['run', ...quick, '--set', 'tokens=4'], ['tokens', '4', 'from 5']);
  refuse(['run', ...quick, '--set', 'context=no'], ['context', 'no', 'integer']);
  refuse(['run', ...quick, '--set', 'law.correlation=1'], ['law.correlation', '1', '0.999']);
});
