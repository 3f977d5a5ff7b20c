import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertEmpty, refuse, succeed, temporaryFolder } from './command.ts';
import { estimateOf, fitOf, metricIds, parseLimit, parseSpec, readResult } from './result.ts';
import { number, ofClass, textsOf, trendPanelOf } from './svg.ts';
import { descendants, parseXml } from './xml.ts';

const small = [
  'uniform',
  ...['--set', 'ball.radii=[0.5,1,2]'],
  ...['--set', 'ball.starts=6'],
  ...['--set', 'tokens=[100,200,400]'],
  ...['--set', 'replicates=4'],
];

test('run uniform: suprema that fall with n and grow with R, agreement, and predictions', (t) => {
  const output = join(temporaryFolder(t), 'r.json');
  succeed(['run', ...small, '--output', output]);
  const result = readResult(output);
  assert.deepEqual(metricIds(result), ['supremum', 'agreement']);
  // How far the search agrees with itself says how far its suprema can be trusted.
  assert.deepEqual(
    result.metrics.map(({ diagnostic }) => diagnostic),
    [false, true],
  );
  assert.deepEqual(
    result.curves.map(({ parameters }) => parameters['radius']),
    [0.5, 1, 2],
  );
  // At the smallest radius; further out so few tokens are not yet on their way to the limit.
  assert.ok(fitOf(result.curves[0]!, 'supremum').slope < -0.2);
  for (const [c, curve] of result.curves.entries()) {
    for (const [i, point] of curve.points.entries()) {
      const { mean, count } = estimateOf(point, 'supremum');
      assert.equal(count, 4);
      const agreement = estimateOf(point, 'agreement').mean;
      assert.ok(agreement > 0 && agreement <= 1);
      if (c > 0) assert.ok(mean >= estimateOf(result.curves[c - 1]!.points[i]!, 'supremum').mean);
    }
    const slope = curve.predictions.find(({ quantity }) => quantity === 'slope')!;
    assert.deepEqual([slope.id, slope.value, slope.status], ['uniform_convergence', -0.5, 'paper']);
    const constants = curve.predictions.filter(({ quantity }) => quantity === 'constant');
    assert.deepEqual(
      constants.map(({ id, title, status, exponent }) => [id, title, status, exponent]),
      [
        ['pointwise_constant', 'pointwise constant', 'derived', -0.5],
        ['gaussian_constant', 'Gaussian C(R)', 'derived', -0.5],
      ],
    );
    // E|N(0,S)| <= sqrt(tr S) <= C(R), and C(R) = e^{R^2/2} sqrt(2 + R^2) for standard normal tokens of the plane.
    const R = curve.parameters['radius'] as number;
    assert.ok(constants[0]!.value < constants[1]!.value);
    assert.ok(Math.abs(constants[1]!.value / (Math.exp(R ** 2 / 2) * Math.sqrt(2 + R ** 2)) - 1) < 1e-12);
  }
});

test('the built-in specs are complete and have their closed forms', () => {
  for (const name of ['uniform', 'uniform-sphere', 'balls']) {
    const spec = succeed(['spec', name]);
    assert.equal(succeed(['spec', '-'], { input: spec }), spec);
    const { ball } = parseSpec(spec) as { ball: { radii: number[]; starts: number } };
    assert.equal(ball.starts, 32);
    const limit = parseLimit<{ error_constant: number }>(succeed(['limit', name]));
    const constants = limit.curves.map((curve) => curve.limit.error_constant);
    assert.equal(constants.length, ball.radii.length);
    constants.slice(1).forEach((constant, k) => assert.ok(constant > constants[k]!));
  }
});

test('the figure shows measured and predicted constants against the radius', (t) => {
  const folder = temporaryFolder(t);
  succeed(['run', ...small, '--output', 'r.json', '--svg', 'r.svg'], { cwd: folder });
  const result = readResult(join(folder, 'r.json'));
  const svg = parseXml(readFileSync(join(folder, 'r.svg'), 'utf8'));
  const panel = trendPanelOf(svg, 'constants', 'supremum');
  const marks = ofClass(panel, 'trend-point');
  assert.equal(marks.length, 3);
  // A radius is drawn in proportion, a constant at its logarithm.
  const x = marks.map((mark) => number(mark, 'cx'));
  assert.ok(Math.abs((x[2]! - x[1]!) / (x[1]! - x[0]!) - 2) < 1e-2);
  const y = marks.map((mark) => number(mark, 'cy'));
  const logs = result.curves.map(({ points }) => Math.log(estimateOf(points.at(-1)!, 'supremum').mean));
  const drawn = (y[2]! - y[1]!) / (y[1]! - y[0]!);
  assert.ok(Math.abs(drawn / ((logs[2]! - logs[1]!) / (logs[1]! - logs[0]!)) - 1) < 1e-2);
  const texts = textsOf(panel);
  for (const text of ['pointwise constant (derived)', 'Gaussian C(R) (derived)'])
    assert.ok(texts.includes(text), text);
  // How far the search agrees with itself is in the table only.
  assert.equal(
    descendants(svg).filter(({ attributes }) => attributes['data-metric'] === 'agreement').length,
    0,
  );
  assert.match(
    succeed(['show', join(folder, 'r.json')]),
    /^agreement of the ascents \(share that ends at the supremum\)$/m,
  );
});

for (const [what, setting, words] of [
  ['a negative radius', 'ball.radii=-1', ['ball.radii', '-1', 'from 0']],
  ['radii that fall', 'ball.radii=[2,1]', ['ball.radii', '1', 'ascending']],
  ['no radius', 'ball={"starts":3}', ['ball.radii', 'missing']],
  ['no start', 'ball.starts=0', ['ball.starts', '0', 'from 1']],
  ['half a start', 'ball.starts=1.5', ['ball.starts', '1.5', 'integer']],
  ['a key of another experiment', 'queries=tokens', ['queries', 'tokens']],
  ['more tokens than fit in memory', 'tokens=10000000000', ['tokens', '10000000000', /\d GB/]],
] as const) {
  test(`run uniform refuses ${what}`, (t) => {
    const folder = temporaryFolder(t);
    refuse(['run', ...small, '--set', setting, '--output', 'r.json'], [...words], { cwd: folder });
    assertEmpty(folder);
  });
}
