import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refuse, succeed, temporaryFolder } from './command.ts';
import { readResult } from './result.ts';
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
    result.curves.map(({ parameters }) => parameters['window']),
    [1, 0],
  );
  assert.deepEqual(
    result.curves[0]!.points.map(({ n }) => n),
    [21, 45, 95],
  );
  for (const { points } of result.curves)
    for (const point of points)
      for (const metric of result.metrics) assert.ok(point[metric]!.mean > 0 && point[metric]!.count === 4);
  assert.deepEqual(result.curves[0]!.predicted, []);
  const text = textOf(parseXml(readFileSync(join(folder, 'r.svg'), 'utf8')));
  for (const words of ['windows', 'i.i.d.', 'context of 200', 'mean error from the limit'])
    assert.ok(text.includes(words), words);
  assert.ok(!text.includes('error error'));
});

test('window refuses what does not fit its context', () => {
  refuse(['run', ...quick, '--set', 'tokens=201'], ['tokens', '201', 'from 5', 'to 200']);
  refuse(['run', ...quick, '--set', 'tokens=4'], ['tokens', '4', 'from 5']);
  refuse(['run', ...quick, '--set', 'context=no'], ['context', 'no', 'integer']);
  refuse(['run', ...quick, '--set', 'law.correlation=1'], ['law.correlation', '1', '0.999']);
});
