import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken, MapLimit, Spec, Tokens } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { close } from './close.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { act, attribute, fill, focus, reaches, show, textOf, until } from './page.ts';
import { serveSite } from './site.ts';

// The plane against softmax written down here again, in double precision, on the core's tokens.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

interface Plane {
  law: string;
  n: number;
  query: [number, number];
  seed: number;
}

const laws: Record<string, Spec['law']> = {
  gaussian: { type: 'gaussian', dimension: 2, covariance: 1 },
  clusters: {
    type: 'gaussian_mixture',
    dimension: 2,
    components: [
      { weight: 2, mean: [-1.2, -0.6], covariance: 0.12 },
      { weight: 1, mean: [1.4, -0.2], covariance: 0.08 },
      { weight: 1, mean: [0.2, 1.4], covariance: 0.12 },
    ],
  },
  sphere: { type: 'sphere', dimension: 2, radius: 1 },
  box: { type: 'box', dimension: 2, half_widths: 1 },
  two_point: { type: 'two_point', dimension: 2 },
};

const usual: Plane = { law: 'clusters', n: 1000, query: [1.6, 0.8], seed: 42 };

function specOf({ law, n, query, seed }: Plane): Spec {
  return {
    schema: 1,
    experiment: 'map',
    seed,
    law: laws[law]!,
    attention: { matrix: 1 },
    queries: { points: [query] },
    tokens: n,
    replicates: 1,
  };
}

function attention({ values }: Tokens, [x, y]: [number, number], n: number) {
  const logits = Array.from({ length: n }, (_, j) => x * values[2 * j]! + y * values[2 * j + 1]!);
  const top = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  const weights = logits.map((logit) => Math.exp(logit - top) / total);
  const output = [0, 1].map((k) => weights.reduce((sum, w, j) => sum + w * values[2 * j + k]!, 0));
  return { weights, output };
}

/** All that the plane draws. */
function read(tab: Tab) {
  return tab.evaluate(() => {
    const figure = document.querySelector<HTMLElement>('asymptoken-plane')!;
    const all = (selector: string) => [...figure.shadowRoot!.querySelectorAll<SVGElement>(selector)];
    const point = ({ dataset }: SVGElement) => [Number(dataset['x']), Number(dataset['y'])] as const;
    return {
      steps: all('.plane .output').map((one) => ({ n: Number(one.dataset['n']), at: point(one) })),
      errors: all('.panel .output').map(({ dataset }) => ({
        n: Number(dataset['n']),
        error: Number(dataset['error']),
      })),
      limit: point(all('.plane .limit')[0]!),
      query: point(all('.plane .query')[0]!),
      radius: Number(all('.plane .radius')[0]!.dataset['radius']),
      counts: all('.dots path').map(({ dataset }) => Number(dataset['count'])),
      constant: Number(all('.panel .reference')[0]!.dataset['constant']),
      effective: Number(figure.dataset['effective']),
    };
  });
}

async function check(tab: Tab, plane: Plane): Promise<void> {
  const drawn = await read(tab);
  const tokens = await core.tokens(specOf(plane), plane.n);
  const { curves } = await core.limit(specOf(plane));
  const { gamma: place, error_constant } = curves[0]!.limit as MapLimit;
  const gamma = place as [number, number];
  assert.deepEqual(drawn.query, plane.query);
  gamma.forEach((value, k) => assert.ok(Math.abs(drawn.limit[k]! - value) < 1e-9));
  close(drawn.constant, error_constant!, 1e-9, 'the expected error');
  assert.equal(drawn.steps.at(-1)!.n, plane.n);
  for (const { n, at } of drawn.steps) {
    const { output } = attention(tokens, plane.query, n);
    output.forEach((value, k) =>
      assert.ok(Math.abs(at[k]! - value) < 1e-5, `n = ${n}: ${at[k]} is not ${value}`),
    );
    const error = drawn.errors.find((one) => one.n === n)!.error;
    assert.ok(Math.abs(error - Math.hypot(output[0]! - gamma[0], output[1]! - gamma[1])) < 2e-5);
  }
  const { weights } = attention(tokens, plane.query, plane.n);
  close(drawn.effective, 1 / weights.reduce((sum, w) => sum + w * w, 0), 1e-4, 'effective tokens');
  const counts = [0, 0, 0, 0, 0, 0];
  for (const weight of weights.slice(0, 3000)) {
    const place = [1 / 16, 1 / 4, 1, 4, 16].findIndex((share) => weight * plane.n < share);
    counts[place < 0 ? 5 : place]!++;
  }
  // A weight that is just a class's edge may fall on either side.
  drawn.counts.forEach((count, i) =>
    assert.ok(Math.abs(count - counts[i]!) <= 1, `${drawn.counts}: ${counts}`),
  );
}

inEachBrowser((stage) => {
  for (const law of Object.keys(laws)) {
    test(`draws weights, outputs and limit of the core's tokens: ${law}`, async () => {
      const plane: Plane = { law, n: 5000, query: [-0.9, 1.75], seed: 9 };
      await stage.visit(`#v=1&p.law=${law}&p.n=5000&p.x=-0.9,1.75&p.s=9`, async (tab) => {
        await reaches(tab, 'plane', 'done');
        await check(tab, plane);
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('the picture that comes with the page is right, and needs no core', async () => {
    const site = await serveSite(/\/core-\w+\//);
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address);
      await reaches(tab, 'plane', 'error');
      await check(tab, usual);
    } finally {
      await tab.close();
      site.close();
    }
  });

  test('no picture of other settings stands beside the settings', async () => {
    const site = await serveSite(/\/core-\w+\//);
    const tab = await stage.browser.open();
    const dots = () =>
      tab.evaluate(
        () => document.querySelector('asymptoken-plane')!.shadowRoot!.querySelectorAll('.dots path').length,
      );
    // As a reader sees it: how much of it is drawn.
    const opacity = () =>
      tab.evaluate(() => {
        const main = document.querySelector('asymptoken-plane')!.shadowRoot!.querySelector('.main')!;
        return Number(getComputedStyle(main).opacity);
      });
    try {
      // Without a core the settings of a link are never computed.
      await tab.goto(`${site.address}#v=1&p.law=circle`);
      await reaches(tab, 'plane', 'error');
      assert.equal(await dots(), 0);
      // With those of the picture that comes with the page there is one; it fades when they change.
      await tab.goto('about:blank');
      await tab.goto(site.address);
      await reaches(tab, 'plane', 'error');
      assert.ok((await dots()) > 0);
      assert.equal(await opacity(), 1);
      await fill(tab, 'plane', 'law', 'box');
      await until('the picture to fade', async () => (await opacity()) < 0.5, { seconds: 5 });
    } finally {
      await tab.close();
      site.close();
    }
  });

  test('every control changes the picture and the address', async () => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      const changes: [string, string, string, Partial<Plane>][] = [
        ['law', 'box', 'p.law=box', { law: 'box' }],
        ['query', '0.5,-1.25', 'p.x=0.5,-1.25', { query: [0.5, -1.25] }],
        ['seed', '7', 'p.s=7', { seed: 7 }],
      ];
      let plane = usual;
      for (const [name, value, entry, change] of changes) {
        plane = { ...plane, ...change };
        await fill(tab, 'plane', name, value);
        await reaches(tab, 'plane', 'done');
        await check(tab, plane);
        assert.ok((await tab.evaluate(() => location.hash)).split('&').includes(entry), entry);
      }
      await slide(tab, 'tokens', '1');
      await reaches(tab, 'plane', 'done');
      await check(tab, { ...plane, n: 20 });
      await slide(tab, 'radius', '1');
      await reaches(tab, 'plane', 'done');
      const { query, radius } = await read(tab);
      assert.equal(radius, 1);
      assert.ok(Math.hypot(...query) <= 1, 'the query stays in the ball');
      await act(tab, 'new-seed', 'plane');
      await until('a new seed', async () => !/p\.s=7(&|$)/.test(await tab.evaluate(() => location.hash)));
      await fill(tab, 'plane', 'query', 'far away');
      assert.match(await textOf(tab, 'plane', '.problem'), /two numbers.*far away/);
    });
  });

  test('the mouse drags the query and the ball, the keyboard moves them', async () => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      await show(tab, 'plane');
      const place = (x: number, y: number) =>
        tab.evaluate(
          ([px, py]) => {
            const root = document.querySelector('asymptoken-plane')!.shadowRoot!;
            const box = root.querySelector('.plane svg')!.getBoundingClientRect();
            const extent = 2.7;
            return [
              box.left + ((px + extent) / (2 * extent)) * box.width,
              box.top + ((extent - py) / (2 * extent)) * box.height,
            ] as [number, number];
          },
          [x, y] as [number, number],
        );
      await tab.drag(await place(...usual.query), await place(-1, -0.5));
      await until('the query', async () => Math.abs((await read(tab)).query[0]! + 1) < 0.03);
      await reaches(tab, 'plane', 'done');
      const { query } = await read(tab);
      await check(tab, { ...usual, query: [...query] as [number, number] });
      const corner = 2.5 * Math.SQRT1_2;
      await tab.drag(await place(-corner, corner), await place(-1, 1));
      await until('a smaller ball', async () => (await read(tab)).radius < 2);
      await focus(tab, 'plane', '.plane');
      const before = await read(tab);
      await tab.press('ArrowRight');
      await until('a step to the right', async () => (await read(tab)).query[0]! > before.query[0]!);
      await tab.press('+');
      await until('a larger ball', async () => (await read(tab)).radius > before.radius);
    });
  });

  test('plays, pauses, steps and resets through n, and says so in words', async () => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      const n = async () => Number(await attribute(tab, 'plane', 'data-n'));
      await act(tab, 'reset', 'plane');
      assert.equal(await n(), 10);
      assert.equal((await read(tab)).steps.length, 1);
      await act(tab, 'step', 'plane');
      assert.equal(await n(), 20);
      assert.match(await textOf(tab, 'plane', '.summary'), /^n = 20: the output is .* from its limit/);
      await act(tab, 'run', 'plane');
      await until('growth', async () => (await n()) >= 50);
      await act(tab, 'pause', 'plane');
      await act(tab, 'end', 'plane');
      assert.equal(await n(), 1000);
      const words = await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-plane')!.shadowRoot!;
        return root.querySelector('.plane')!.getAttribute('aria-label')!;
      });
      assert.match(words, /Query 1\.6, 0\.8 in a ball of radius 2\.5\. n = 1,000: the output is/);
    });
  });
});

function slide(tab: Tab, name: string, value: string): Promise<void> {
  return tab.evaluate(
    ([key, text]) => {
      const root = document.querySelector('asymptoken-plane')!.shadowRoot!;
      const input = root.querySelector<HTMLInputElement>(`input[name="${key}"]`)!;
      input.value = text;
      input.dispatchEvent(new Event('input'));
    },
    [name, value] as [string, string],
  );
}
