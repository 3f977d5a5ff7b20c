import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, MapLimit, MomentsLimit, Spec } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { attribute, reaches, show, textOf, until, type Figure } from './page.ts';

// The pictures of one sample beside the averages, against softmax written down here again in double precision.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

type Point = [number, number];

function attention(values: Float32Array, [x, y]: Point, scale: number): Point {
  const n = values.length / 2;
  const logits = Array.from({ length: n }, (_, j) => scale * (x * values[2 * j]! + y * values[2 * j + 1]!));
  const top = logits.reduce((a, b) => Math.max(a, b));
  let [total, u, v] = [0, 0, 0];
  logits.forEach((logit, j) => {
    const weight = Math.exp(logit - top);
    total += weight;
    u += weight * values[2 * j]!;
    v += weight * values[2 * j + 1]!;
  });
  return [u / total, v / total];
}

function lawOf(law: string): Spec['law'] {
  return { type: law as 'gaussian', dimension: 2 };
}

function slideTo(tab: Tab, figure: Figure, name: string, index: number): Promise<void> {
  return tab.evaluate(
    ([tag, key, place]) => {
      const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
      const input = root.querySelector<HTMLInputElement>(`input[name="${key}"]`)!;
      input.value = place;
      input.dispatchEvent(new Event('input'));
    },
    [figure, name, String(index)] as [string, string, string],
  );
}

inEachBrowser((stage) => {
  for (const law of ['gaussian', 'sphere']) {
    test(`the field of errors has the largest error of each ball at its place: ${law}`, async () => {
      await stage.visit(`#v=1&u.law=${law}&u.n=50-800x3&u.r=8&u.R=0.75,1.5&u.s=5`, async (tab) => {
        await reaches(tab, 'uniform', 'done');
        const n = () =>
          tab.evaluate(() => {
            const root = document.querySelector('asymptoken-uniform')!.shadowRoot!;
            return Number(root.querySelector<HTMLElement>('.companion')!.dataset['n']);
          });
        await until('the field', async () => (await n()) === 800);
        await slideTo(tab, 'uniform', 'field', 0);
        await until('the field of fewer tokens', async () => (await n()) === 50);
        const marks = await tab.evaluate(() => {
          const root = document.querySelector('asymptoken-uniform')!.shadowRoot!;
          return [...root.querySelectorAll<SVGElement>('.worst')].map(({ dataset }) => ({
            radius: Number(dataset['radius']),
            error: Number(dataset['error']),
          }));
        });
        const expected = await worstOf(law, 50, [0.75, 1.5]);
        assert.deepEqual(
          marks.map(({ radius }) => radius),
          [0.75, 1.5],
        );
        marks.forEach(({ error }, i) =>
          assert.ok(Math.abs(error - expected[i]!) < 1e-4, `${error} is not ${expected[i]}`),
        );
        const words = await textOf(tab, 'uniform', '.companion-words');
        assert.ok(words.includes(`${Number(expected[1]!.toPrecision(3))} for R = 1.5`), words);
        assert.deepEqual(tab.complaints, []);
      });
    });

    test(`clouds have the moments of the tokens and of their outputs: ${law}`, async () => {
      await stage.visit(`#v=1&law=${law}&d=4&H=0.5,1.5&n=40-300x3&r=8&s=6`, async (tab) => {
        await reaches(tab, 'convergence', 'done');
        await until('the clouds', async () => (await drawn(tab)).length === 3);
        const scales = [0.5, 1.5].map((horizon) => (law === 'gaussian' ? horizon : 2 * horizon));
        const spec: Spec = {
          schema: 1,
          experiment: 'moments',
          seed: 6,
          law: lawOf(law),
          attention: { matrix: 1 },
          tokens: 300,
          replicates: 1,
        };
        const { values } = await core.tokens(spec, 300);
        const points = Array.from({ length: 300 }, (_, i): Point => [values[2 * i]!, values[2 * i + 1]!]);
        const clouds = [points, ...scales.map((scale) => points.map((x) => attention(values, x, scale)))];
        const ellipses = await drawn(tab);
        clouds.forEach((cloud, i) => {
          const expected = momentsOf(cloud);
          ellipses[i]!.forEach((value, k) =>
            assert.ok(Math.abs(value - expected[k]!) < 1e-5, `cloud ${i}: ${ellipses[i]} is not ${expected}`),
          );
        });
        for (const [i, scale] of scales.entries()) {
          const { curves } = await core.limit({ ...spec, attention: { matrix: scale } });
          assert.ok(Math.abs((curves[0]!.parameters['horizon'] as number) - [0.5, 1.5][i]!) < 1e-9);
          const [[a, b], [, d]] = (curves[0]!.limit as MomentsLimit).covariance as [Point, Point];
          const [, , xx, xy, yy] = momentsOf(clouds[i + 1]!) as [number, number, number, number, number];
          const error = Math.hypot(xx - a, xy - b, xy - b, yy - d);
          const words = await textOf(tab, 'convergence', '.companion-words');
          assert.ok(words.includes(`and ${Number(error.toPrecision(3))}`), `${error}: ${words}`);
        }
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('temperatures are counted as the reader says', async () => {
    await stage.visit('#v=1&t.n=50-400x3&t.r=8&t.T=0.5,1&t.u=logarithmic', async (tab) => {
      await reaches(tab, 'hardmax', 'done');
      const spec: Spec = {
        schema: 1,
        experiment: 'hardmax',
        seed: 42,
        law: { type: 'sphere', dimension: 3, radius: 1 },
        attention: { matrix: 1, value: 1 },
        query: { radius: 1 },
        temperatures: [0.5, 1],
        temperature_unit: 'logarithmic',
        tokens: { from: 50, to: 400, count: 3 },
        replicates: 8,
      };
      const { curves } = await core.run(spec);
      const mean = curves[1]!.points[2]!.metrics['gap']!.mean!;
      const found = await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-hardmax')!.shadowRoot!;
        const one = root.querySelector<SVGElement>(
          '.point[data-metric="gap"][data-curve="1"][data-n="400"]',
        )!;
        return Number(one.dataset['mean']);
      });
      assert.ok(Math.abs(found - mean) < 1e-5 * mean, `${found} is not ${mean}`);
      await show(tab, 'hardmax');
      await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-hardmax')!.shadowRoot!;
        root.querySelector<HTMLInputElement>('[name="unit"][value="fixed"]')!.click();
      });
      await until('the address', async () => !/t\.u=/.test(await tab.evaluate(() => location.hash)));
      assert.match(await attribute(tab, 'hardmax', 'data-state'), /running|done/);
    });
  });
});

/** The largest error over a lattice of 49 by 49 queries in the square about the largest ball. */
async function worstOf(law: string, n: number, radii: number[]): Promise<number[]> {
  const largest = Math.max(...radii);
  const line = Array.from({ length: 49 }, (_, i) => ((i - 24) / 24) * largest);
  const queries = line
    .flatMap((y) => line.map((x): Point => [x, y]))
    .filter((x) => Math.hypot(...x) <= largest);
  const spec: Spec = {
    schema: 1,
    experiment: 'map',
    seed: 5,
    law: lawOf(law),
    attention: { matrix: 1 },
    queries: { points: queries },
    tokens: n,
    replicates: 1,
  };
  const { values } = await core.tokens(spec, n);
  const { curves } = await core.limit(spec);
  const errors = queries.map((query, i) => {
    const [u, v] = attention(values, query, 1);
    const [a, b] = (curves[i]!.limit as MapLimit).gamma as Point;
    return Math.hypot(u - a, v - b);
  });
  return radii.map((radius) =>
    Math.max(...errors.filter((_, i) => Math.hypot(...queries[i]!) <= radius * (1 + 1e-9))),
  );
}

/** Mean and covariance of each cloud: x, y, xx, xy, yy. */
function drawn(tab: Tab): Promise<number[][]> {
  return tab.evaluate(() => {
    const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
    return [...root.querySelectorAll<SVGElement>('.spread')].map(({ dataset }) =>
      `${dataset['mean']},${dataset['covariance']}`.split(',').map(Number),
    );
  });
}

function momentsOf(points: Point[]): number[] {
  const n = points.length;
  const mean = [0, 1].map((k) => points.reduce((sum, p) => sum + p[k]! / n, 0)) as Point;
  const product = (k: number, l: number) =>
    points.reduce((sum, p) => sum + ((p[k]! - mean[k]!) * (p[l]! - mean[l]!)) / n, 0);
  return [...mean, product(0, 0), product(0, 1), product(1, 1)];
}
