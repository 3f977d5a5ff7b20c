import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refuse, succeed, temporaryFolder } from './command.ts';
import { parseLimit, parseSpec } from './result.ts';

test('spec lists the built-in experiments, a line each', () => {
  const lines = succeed(['spec']).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    [
      'moments',
      'paper-gaussian',
      'paper-gaussian-quick',
      'paper-sphere',
      'paper-sphere-quick',
      'support',
      'line',
      'line-streamed',
      'horizons',
      'horizon-sweep',
      'map',
      'plane',
      'uniform',
      'uniform-sphere',
      'balls',
      'hardmax',
      'random-energy',
      'cooling',
      'window',
      'paper-window',
      'windows',
    ],
  );
});

test('a printed spec is complete: printing it again changes nothing', () => {
  for (const [name, experiment] of [
    ['moments', 'moments'],
    ['horizons', 'moments'],
    ['map', 'map'],
    ['plane', 'map'],
    ['balls', 'uniform'],
    ['hardmax', 'hardmax'],
    ['cooling', 'hardmax'],
    ['window', 'window'],
    ['paper-window', 'window'],
  ] as const) {
    const first = succeed(['spec', name]);
    assert.deepEqual(succeed(['spec', '-'], { input: first }), first);
    const spec = parseSpec(first);
    assert.equal(spec['experiment'], experiment);
    assert.equal(spec['deterministic'], false);
  }
});

test('--set changes one field and leaves the others', () => {
  const before = parseSpec(succeed(['spec', 'moments']));
  const after = parseSpec(succeed(['spec', 'moments', '--set', 'law.dimension=5', '--set', 'seed=9']));
  assert.deepEqual(after, { ...before, seed: 9, law: { ...before.law, dimension: 5 } });
});

test('a spec may be a file, and a file that has the name of a built-in needs a path', (t) => {
  const folder = temporaryFolder(t);
  const text = succeed(['spec', 'map', '--set', 'seed=77']);
  writeFileSync(join(folder, 'moments'), text);
  assert.equal(succeed(['spec', './moments'], { cwd: folder }), text);
  assert.equal(parseSpec(succeed(['spec', 'moments'], { cwd: folder }))['experiment'], 'moments');
});

test('limit prints the closed forms of Gaussian tokens', () => {
  // Gamma(x) = Sigma A x, and predicted slopes 1/(2(1+H^2)) and 1/2 at H = 0.5.
  const one = [
    '--set',
    'law={"type":"gaussian","dimension":2,"covariance":0.5}',
    '--set',
    'attention.matrix=1',
  ];
  const map = parseLimit<{ gamma: number[] }>(
    succeed(['limit', 'map', ...one, '--set', 'queries={"points":[[1,2]]}']),
  );
  assert.equal(map.curves.length, 1);
  assert.ok(Math.abs((map.curves[0]!.parameters['horizon'] as number) - 0.5) < 1e-14);
  assert.ok(Math.abs(map.curves[0]!.limit.gamma[0]! - 0.5) < 1e-14);
  assert.ok(Math.abs(map.curves[0]!.limit.gamma[1]! - 1) < 1e-14);

  const moments = parseLimit(succeed(['limit', 'moments', ...one]));
  const slopes = moments.curves[0]!.predictions.filter(({ quantity }) => quantity === 'slope');
  for (const [id, status, value] of [
    ['reference_rate', 'paper', -0.4],
    ['gaussian_rate', 'derived', -0.5],
  ] as const) {
    const slope = slopes.find((prediction) => prediction.id === id && prediction.metric === 'mean')!;
    assert.equal(slope.status, status);
    assert.ok(Math.abs(slope.value - value) < 1e-14);
  }
});

test('limit and spec refuse what run would refuse', () => {
  for (const command of ['spec', 'limit']) {
    refuse([command, 'moments', '--set', 'law.type=cauchy'], ['law.type', 'cauchy', 'gaussian']);
    refuse([command, 'nothing-of-that-name'], ['SPEC', 'nothing-of-that-name', 'moments']);
  }
  refuse(['limit'], ['SPEC is missing']);
});
