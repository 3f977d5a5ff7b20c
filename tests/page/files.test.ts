import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { PowerLawFit, Result, Spec } from '../../wasm/src/api.ts';
import { curveNames, drawnMetrics, referenceKinds, seriesOf } from '../../web/src/chart/model.ts';
import { npyBytes, npyHeader } from '../command/npy.ts';
import './core-modules.ts';

// Files of the reader's as the figures open them, by the built core.

const { core, keepCore } = await import('../../web/src/base/core.ts');
const { readArray, readResult, readSpec } = await import('../../web/src/figure/files.ts');
const { kinds, experimentNames } = await import('../../web/src/figures/kinds.ts');
const { defaultSettings, specOf } = await import('../../web/src/experiment/kind.ts');
type ExperimentName = (typeof experimentNames)[number];

const keeper = keepCore();
after(() => keeper.release());

/** A short run of what a figure opens with. */
async function shortRun(name: ExperimentName): Promise<Result> {
  const { asymptoken } = await core();
  const settings = { ...defaultSettings(kinds[name]), from: 20, to: 80, points: 3, replicates: 4 };
  const spec = specOf(kinds[name], { ...settings, sweep: settings.sweep.slice(0, 2) });
  spec.fit = { resamples: 20 };
  return asymptoken.run(spec);
}

/** As version 0.1.0 would have written it: numbers alone, and no description. */
function inFirstSchema(result: Result): object {
  const { spec, complete, items, points_share_tokens, metrics, curves, provenance } = result;
  const fitOf = (fit: PowerLawFit | null) =>
    fit && {
      slope: fit.slope,
      slope_se: fit.slope_standard_error,
      intercept: fit.intercept,
      intercept_se: fit.intercept_standard_error,
      points: fit.points,
      ...(fit.interval && { bootstrap: fit.interval }),
    };
  return {
    ...{ schema: 1, spec, complete, items, points_share_tokens },
    metrics: metrics.map(({ id }) => id),
    curves: curves.map(({ parameters, points, fits, predictions }) => {
      const { horizon, ...others } = parameters;
      return {
        parameters: Object.fromEntries(
          Object.entries(others).filter(([, value]) => typeof value === 'number'),
        ),
        horizon,
        points: points.map(({ n, metrics: estimates }) => {
          const numbers = Object.entries(estimates).map(([id, estimate]) => {
            const { mean, standard_deviation, count } = estimate ?? {
              mean: null,
              standard_deviation: null,
              count: 4,
            };
            return [id, { mean, standard_deviation, count }];
          });
          return { n, ...Object.fromEntries(numbers) };
        }),
        fit: Object.fromEntries(Object.entries(fits).map(([id, fit]) => [id, fitOf(fit)])),
        predicted: predictions.map(({ metric, quantity, title, value, status, formula }) => ({
          ...{ metric, quantity, name: title, value, status, formula },
        })),
      };
    }),
    provenance,
  };
}

/** All that a figure shows of a result. */
function shown(result: Result, name: ExperimentName) {
  const metrics = drawnMetrics(result, { metrics: undefined, ...kinds[name] }.metrics);
  return {
    metrics,
    names: curveNames(result),
    series: metrics.map((metric) => seriesOf(result, metric)),
    kinds: referenceKinds(result, metrics),
    trends: result.trends.map(({ id, points }) => ({ id, points })),
    title: result.title,
  };
}

const fileOf = (name: string, content: unknown) =>
  new File([typeof content === 'string' ? content : JSON.stringify(content)], name);

for (const name of experimentNames) {
  test(`a result of ${name} is opened as it was written, now or by the first version`, async () => {
    const result = await shortRun(name);
    assert.equal(result.schema, 2);
    assert.ok(
      shown(result, name)
        .series.flat()
        .some(({ points }) => points.length > 0),
    );
    assert.deepEqual(await readResult(fileOf('new.json', result)), result);
    const old = await readResult(fileOf('old.json', inFirstSchema(result)));
    assert.equal(old.schema, 2);
    assert.deepEqual(shown(old, name), shown(result, name));
  });
}

test('what is no result is refused in one sentence with the name of the file', async () => {
  const good = await shortRun('moments');
  const wrong: [unknown, RegExp][] = [
    ['', /^x\.json: result is .*; expected JSON$/],
    ['{', /^x\.json: result is `\{`; expected JSON$/],
    [
      '[1]',
      /^x\.json: result is \[1\]; expected an object with schema, spec, metrics and curves, as `run` writes it$/,
    ],
    [{ schema: 1 }, /^x\.json: result is .*; expected an object with schema, spec, metrics and curves/],
    [{ ...good, schema: 3 }, /^x\.json: schema is 3; expected an integer from 2 to 2$/],
    [{ ...good, curves: 1 }, /^x\.json: curves is 1; expected /],
    [{ ...good, metrics: [{}] }, /^x\.json: metrics\[0\]\.\w+ is missing; expected /],
    [{ ...inFirstSchema(good), curves: [] }, /^x\.json: curves is 0; expected 2, as the spec has it$/],
    [{ ...inFirstSchema(good), items: {} }, /^x\.json: result is not a complete result \(.*\); expected /],
  ];
  for (const [content, message] of wrong)
    await assert.rejects(readResult(fileOf('x.json', content)), { message });
  // A string where a number belongs, far inside.
  const text = JSON.stringify(good).replace(/"mean":(0\.\d+)/, '"mean":"$1"');
  await assert.rejects(readResult(fileOf('x.json', text)), {
    message: /^x\.json: curves\[0\]\.points\[0\]\.metrics\.\w+\.mean is "0\.\d+"; expected a number/,
  });
});

test('words in a result are words to the page: nothing in it is run', async () => {
  const result = await shortRun('moments');
  result.metrics[0]!.title = '<img src=x onerror=alert(1)>';
  const read = await readResult(fileOf('x.json', result));
  assert.equal(drawnMetrics(read, undefined)[0]!.title, '<img src=x onerror=alert(1)>');
});

test('a spec is completed, and what is none is refused', async () => {
  const spec: Spec = {
    experiment: 'moments',
    law: { type: 'ball', dimension: 2 },
    attention: { horizons: [1] },
    tokens: 50,
  };
  const { asymptoken } = await core();
  assert.deepEqual(await readSpec(fileOf('s.json', spec)), await asymptoken.complete(spec));
  const none = { message: 's.json is no spec: it is not JSON with an experiment.' };
  for (const content of ['', '{', 'null', '7', '"experiment"', '{}', '[]'])
    await assert.rejects(readSpec(fileOf('s.json', content)), none);
  await assert.rejects(readSpec(fileOf('s.json', { ...spec, law: { type: 'cauchy', dimension: 2 } })), {
    message: /^s\.json: law\.type is "cauchy"; expected one of /,
  });
  await assert.rejects(readSpec(fileOf('s.json', { ...spec, evil: 1 })), {
    message: /^s\.json: evil is 1; expected /,
  });
});

test('an array of the reader’s has its shape and its numbers', async () => {
  const bytes = npyBytes(npyHeader('<f4', '(2, 3)'), Float32Array.of(1, 2, 3, 4, 5, 6));
  const { name, array } = await readArray(new File([new Uint8Array(bytes)], 'tokens.npy'));
  assert.equal(name, 'tokens.npy');
  assert.deepEqual(
    [[...array.shape], [...array.data]],
    [
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
  );
  await assert.rejects(readArray(fileOf('tokens.npy', 'no numbers')), {
    message: /^tokens\.npy is .*; expected /,
  });
});

test('a file that is too large is not even read', async () => {
  const large = (name: string, size: number) =>
    ({
      name,
      size,
      text: () => assert.fail('it is read'),
      arrayBuffer: () => assert.fail('it is read'),
    }) as unknown as File;
  await assert.rejects(readResult(large('x.json', 50e6 + 1)), {
    message: 'x.json has 50000001 bytes; expected at most 50000000.',
  });
  await assert.rejects(readSpec(large('x.json', 2e7)), {
    message: 'x.json has 20000000 bytes; expected at most 10000000.',
  });
  await assert.rejects(readArray(large('x.npy', 2e9)), {
    message: 'x.npy has 2000000000 bytes; expected at most 1000000000.',
  });
});
