import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  asymptoken,
  assertEmpty,
  command as commandPath,
  refuse,
  succeed,
  temporaryFolder,
} from './command.ts';
import { parseResult, quick } from './result.ts';

// Each bad input of a run: its settings, and what the sentence has to name.
const badSpecs: [string, string[], (string | RegExp)[]][] = [
  ['an unknown key', ['law.dimensionn=5'], ['law.dimensionn', '5', 'dimension']],
  ['an unknown path', ['hatch.count=5'], ['hatch', 'count']],
  ['a negative n', ['tokens=-5'], ['tokens', '-5', 'from 1']],
  ['a negative n in a grid', ['tokens={"from":-3,"to":10,"count":2}'], ['tokens.from', '-3', 'from 1']],
  ['n larger than memory', ['tokens=100000000000'], ['tokens', '100000000000', /\d GB/]],
  ['a dimension that is no number', ['law.dimension=many'], ['law.dimension', 'many', 'integer']],
  ['a covariance that is NaN', ['law.covariance=NaN'], ['law.covariance', 'NaN', 'finite']],
  [
    'a covariance that is not positive definite',
    ['law.dimension=2', 'law.covariance=[[1,2],[2,1]]'],
    ['law.covariance', 'positive definite'],
  ],
  [
    'a covariance that is not symmetric',
    ['law.dimension=2', 'law.covariance=[[1,0.5],[0,1]]'],
    ['law.covariance', 'symmetric'],
  ],
  [
    'a covariance of the wrong shape',
    ['law.dimension=2', 'law.covariance=[[1,0,0],[0,1]]'],
    ['law.covariance', '3'],
  ],
  ['a mean of the wrong length', ['law.dimension=2', 'law.mean=[1,2,3]'], ['law.mean', '3', '2']],
  ['no replicates', ['replicates=0'], ['replicates', '0']],
  ['a setting without a value', ['seed'], ['--set', 'seed', 'path=value']],
];

for (const [what, settings, words] of badSpecs) {
  test(`run refuses ${what}`, (t) => {
    const folder = temporaryFolder(t);
    const args = ['run', ...quick, ...settings.flatMap((setting) => ['--set', setting])];
    refuse(
      [...args, '--output', 'r.json', '--csv', 'r.csv', '--svg', 'r.svg', '--checkpoint', 'r.ckpt'],
      words,
      {
        cwd: folder,
      },
    );
    assertEmpty(folder);
  });
}

test('run refuses options that make no sense', () => {
  refuse(['run', ...quick, '--threads', '0'], ['--threads', '0', 'from 1']);
  refuse(['run', ...quick, '--threads', '2x'], ['--threads', '2x']);
  refuse(['run', ...quick, '--progress', 'loud'], ['--progress', 'loud', 'auto, json or none']);
  refuse(['run', ...quick, '--simd', 'mmx'], ['mmx', /sse2|neon64/]);
});

test('run refuses a spec that is missing, or that is not JSON', (t) => {
  const folder = temporaryFolder(t);
  refuse(['run', 'missing.json', '--output', 'r.json'], ['SPEC', 'missing.json', 'moments'], { cwd: folder });
  refuse(['run', '.'], ['SPEC', 'directory'], { cwd: folder });
  refuse(['run', '-', '--output', 'r.json'], ['JSON'], { cwd: folder, input: 'experiment: moments\n' });
  refuse(['run', '-', '--output', 'r.json'], ['JSON'], {
    cwd: folder,
    input: '{"law": {"covariance": NaN}}',
  });
  refuse(['run', '-', '--output', 'r.json'], ['object'], { cwd: folder, input: '[1, 2]' });
  assertEmpty(folder);
});

test('a key that an object has twice is refused wherever JSON is read', (t) => {
  const folder = temporaryFolder(t);
  const spec = succeed(['spec', ...quick]);
  const twice = (text: string, key: string, value: string) => {
    assert.ok(text.includes(`"${key}":`));
    return text.replace(`"${key}":`, `"${key}": ${value}, "${key}":`);
  };
  const expected = (document: string, key: string) =>
    `asymptoken: ${document} is twice the key ${key}; expected each key once in an object\n`;
  // Of the document and of objects in it, whether the values differ or not.
  for (const [key, value] of [
    ['experiment', '"moments"'],
    ['replicates', '3'],
    ['dimension', '4'],
    ['resamples', '1000'],
  ] as const)
    for (const command of ['spec', 'limit', 'run', 'weights']) {
      const { code, stdout, stderr } = asymptoken([command, '-'], { input: twice(spec, key, value) });
      assert.deepEqual([code, stdout, stderr], [2, '', expected('spec', key)]);
    }
  const result = succeed(['run', ...quick, '--output', '-']);
  for (const key of ['schema', 'fits', 'count', 'provenance']) {
    const { code, stdout, stderr } = asymptoken(['show', '-', '--svg', 'r.svg'], {
      cwd: folder,
      input: twice(result, key, '1'),
    });
    assert.deepEqual([code, stdout, stderr], [2, '', expected('result', key)]);
  }
  assertEmpty(folder);
  // The same key in different objects is no such thing.
  assert.equal(succeed(['spec', '-'], { input: spec }), spec);
});

test('a key that comes twice in the value of --set is refused too', () => {
  const law = '{"type":"gaussian","dimension":3,"dimension":4}';
  refuse(['spec', 'map', '--set', `law=${law}`], ['twice the key dimension']);
});

test('a document that is nested too deep is refused in one sentence', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const objects = '{"law":'.repeat(100_000) + '1' + '}'.repeat(100_000);
  const sentence = (document: string) =>
    `asymptoken: ${document} is nested too deep; expected at most 100 objects and lists inside each other\n`;
  for (const [args, input, document] of [
    [['spec', '-'], deep, 'spec'],
    [['run', '-'], objects, 'spec'],
    [['limit', '-', '--set', 'seed=1'], objects, 'spec'],
    [['show', '-', '--svg', 'r.svg'], deep, 'result'],
    [['spec', 'map', '--set', `law=${'['.repeat(101)}${']'.repeat(101)}`], '', 'law'],
  ] as const) {
    const { code, stdout, stderr } = asymptoken([...args], { input });
    assert.deepEqual([code, stdout, stderr], [2, '', sentence(document)]);
  }
  // What is not too deep is refused for what it is.
  refuse(['spec', 'map', '--set', `law=${'['.repeat(99)}${']'.repeat(99)}`], ['law', 'an object']);
});

test('a key, a value or an argument of any length makes a short sentence', () => {
  const long = 'é'.repeat(50_000);
  const law = '"law":{"type":"gaussian","dimension":2';
  for (const [args, input] of [
    [['spec', '-'], `{"${long}":1,"${long}":2}`],
    [['spec', '-'], `{"experiment":"moments",${law},"${long}":1}}`],
    [['spec', '-'], `{"experiment":"moments",${law},"mean":{"input":"${long}"}}}`],
    [['spec', '-'], `{"experiment":"${long}"}`],
    [['spec', '-'], long],
    [['spec', 'map', '--set', `law.${long}=1`], ''],
    [['spec', 'map', '--set', `seed.${long}=1`], ''],
    [['spec', long], ''],
    [['run', 'map', '--threads', long], ''],
    [['run', 'map', `--${long}`], ''],
    [[long], ''],
  ] as const) {
    const { code, stdout, stderr } = asymptoken([...args], { input });
    assert.deepEqual([code, stdout], [2, '']);
    assert.ok(stderr.length < 1000, `${stderr.length} characters`);
    assert.match(stderr, /^asymptoken: [^\n]+ is [^\n]+; expected [^\n]+\n$/);
  }
});

test('a dimension whose matrices no memory holds is named', () => {
  for (const command of ['spec', 'limit', 'run'])
    // Address space as on a small machine, so that memory is refused and not promised.
    for (const experiment of ['moments', 'map', 'hardmax']) {
      const line = `ulimit -v 4000000; exec "$0" ${command} ${experiment} --set law.dimension=65536`;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', line, commandPath], { encoding: 'utf8' });
      assert.deepEqual([status, stdout], [2, '']);
      assert.equal(
        stderr,
        'asymptoken: law.dimension is 65536; expected one whose square matrices fit in memory\n',
      );
    }
});

test('run refuses outputs that it could not write, before it works', (t) => {
  const folder = temporaryFolder(t);
  // Long enough that working first would not go unnoticed.
  const long = [...quick, '--set', 'replicates=100000'];
  for (const option of ['--output', '--csv', '--replicates-csv', '--svg', '--checkpoint']) {
    refuse(['run', ...long, option, 'nowhere/r'], [option, 'nowhere/r', 'No such file'], { cwd: folder });
    refuse(['run', ...long, option, '.'], [option], { cwd: folder });
  }
  refuse(['run', ...long, '--csv', 'r', '--svg', './r'], ['--svg', './r'], { cwd: folder });
  refuse(['run', ...long, '--csv', 'r', '--replicates-csv', './r'], ['--replicates-csv', './r'], {
    cwd: folder,
  });
  assertEmpty(folder);
});

test('show refuses what is not a result', (t) => {
  const folder = temporaryFolder(t);
  refuse(['show', 'missing.json'], ['RESULT', 'missing.json'], { cwd: folder });
  refuse(['show', '-', '--svg', 'r.svg'], ['JSON'], { cwd: folder, input: '{"schema": 1,' });
  refuse(['show', '-', '--svg', 'r.svg'], ['result'], { cwd: folder, input: '{"schema": 1}' });
  refuse(['show', '-'], ['result', 'curves'], { cwd: folder, input: succeed(['spec', 'map']) });
  const result = succeed(['run', ...quick, '--output', '-']);
  for (const [change, words] of [
    [(document: any) => (document.schema = 3), ['schema', '3']],
    [(document: any) => (document.title = 7), ['title', '7']],
    [(document: any) => delete document.inputs, ['inputs', 'missing']],
    [(document: any) => delete document.metrics[0].remark, ['metrics[0].remark', 'missing']],
    [(document: any) => (document.curves[1].surplus = 1), ['curves[1].surplus', 'no such field']],
    [
      (document: any) => (document.curves[0].fits.mean.slope = 'steep'),
      ['curves[0].fits.mean.slope', 'steep'],
    ],
    [
      (document: any) => (document.curves[0].predictions[0].metric = 'variance'),
      ['curves[0].predictions[0].metric', 'variance'],
    ],
    [(document: any) => (document.trends[0].kind = 'sideways'), ['trends[0].kind', 'sideways']],
    [(document: any) => (document.trends[0].points[0].curve = 3), ['trends[0].points[0].curve', '3']],
  ] as const) {
    const document: any = parseResult(result);
    change(document);
    refuse(['show', '-', '--svg', 'r.svg'], [...words], { cwd: folder, input: JSON.stringify(document) });
  }
  assertEmpty(folder);
});

test('a refusal leaves an earlier output as it was', (t) => {
  const folder = temporaryFolder(t);
  const output = join(folder, 'r.json');
  writeFileSync(output, 'earlier');
  refuse(['run', ...quick, '--set', 'tokens=-1', '--output', output], ['tokens']);
  mkdirSync(join(folder, 'figure.svg'));
  refuse(['run', ...quick, '--output', output, '--svg', join(folder, 'figure.svg')], ['--svg', 'folder']);
  assert.equal(readFileSync(output, 'utf8'), 'earlier');
});
