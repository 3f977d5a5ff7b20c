import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { refuse, succeed, temporaryFolder } from './command.ts';
import { estimateOf, fitOf, hardmax, metricIds, parseLimit, readResult } from './result.ts';

test('run hardmax: at temperature 0 the gap on the sphere of R^3 is 2/(n+1)', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  succeed(['run', ...hardmax, '--output', output]);
  const result = readResult(output);
  assert.deepEqual(metricIds(result), ['error', 'distance_to_hardmax', 'participation', 'gap']);
  assert.deepEqual(
    result.curves.map(({ parameters }) => parameters['temperature']),
    [0, 0.25],
  );
  for (const point of result.curves[0]!.points) {
    const { mean, standard_error } = estimateOf(point, 'gap');
    // Five standard errors at a fixed seed.
    assert.ok(Math.abs(mean - 2 / (point.n + 1)) < 5 * standard_error);
    assert.equal(estimateOf(point, 'participation').mean, 1);
    assert.deepEqual(estimateOf(point, 'participation').reciprocal, { mean: 1, standard_error: 0 });
    assert.equal(estimateOf(point, 'distance_to_hardmax').mean, 0);
  }
  assert.ok(Math.abs(fitOf(result.curves[1]!, 'error').slope + 0.5) < 0.15);
});

test('the table of hardmax counts standard errors from limits, and leaves out what does not exist', () => {
  const onSphere = succeed(['run', ...hardmax]);
  assert.match(onSphere, /^gap below the largest logit \(1 at the mean\)$/m);
  assert.match(onSphere, /softmax gap \(derived\)/);
  assert.match(onSphere, /^ {2}0\.25 .* \([+-]\d+\.\d se\)$/m);
  const gaussian = succeed(['run', ...hardmax, '--set', 'law={"type":"gaussian","dimension":2}']);
  assert.match(gaussian, /^error\n.*\n {2}0 +1 +- +- +-$/m);
  assert.doesNotMatch(gaussian, /nan/);
});

test('limit hardmax: where each curve goes, without running', () => {
  const { curves } = parseLimit<{ lambda: (number | null)[]; gamma: number[][] }>(
    succeed(['limit', ...hardmax, '--set', 'query={"point":[1,0,0]}']),
  );
  assert.deepEqual(curves[0]!.limit.lambda, [null, null, null, null]);
  assert.deepEqual(curves[0]!.limit.gamma[0], [1, 0, 0]);
  // coth 4 - 1/4, the Langevin function.
  assert.ok(Math.abs(curves[1]!.limit.gamma[3]![0]! - (1 / Math.tanh(4) - 0.25)) < 1e-14);
});

for (const [what, settings, words] of [
  ['a temperature below 0', ['temperatures=[-1,1]'], ['temperatures', '-1']],
  ['no temperatures', ['temperatures=[]'], ['temperatures', '[]']],
  ['an unknown unit', ['temperature_unit=kelvin'], ['temperature_unit', 'kelvin', 'critical']],
  ['one token', ['tokens=[1,10]'], ['tokens', '1', 'at least 2']],
  ['a query that sees no difference', ['query={"point":[0,0,0]}'], ['query.point', '[0,0,0]', 'differ']],
  ['a query of the wrong length', ['query={"point":[1,2]}'], ['query.point', '2', '3']],
  [
    'several scales beside temperatures',
    ['attention={"weights":"random","scales":[1,2]}'],
    ['attention.scales', 'one number'],
  ],
  [
    'logarithmic temperatures of tokens without a largest logit',
    ['law={"type":"gaussian","dimension":3}', 'temperature_unit=logarithmic'],
    ['temperature_unit', 'logarithmic', 'gaussian'],
  ],
] as const) {
  test(`run hardmax refuses ${what}`, () =>
    refuse(['run', ...hardmax, ...settings.flatMap((setting) => ['--set', setting])], [...words]));
}
