import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { close } from './close.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkColours, checkPicture, readPicture } from './heatmap.ts';
import { act, attribute, fill, focus, reaches, show, showHeatmap, textOf, until } from './page.ts';
import { defaults, hashOf, quick, specOf, type Link } from './settings.ts';
import { serveSite } from './site.ts';
import { recoverForm, softmaxWeights, spectralNorm } from './softmax.ts';

// The heatmap's pixels, read back through the page's own colour bar, against weights computed here from the tokens.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

async function weightsOf(link: Link): Promise<Float64Array> {
  const spec = specOf(link);
  // The form comes from other queries and keys than those that are checked with it.
  const few = await core.tokens(spec, 30);
  const A = recoverForm(few, await core.heatmap(spec, { n: 30, head: link.h }));
  // Gaussian tokens have covariance I here, so the horizon is the norm of A alone.
  if (link.law === 'gaussian')
    close(spectralNorm(A), link.H[link.h]!, 1e-4, 'the horizon of the recovered form');
  return softmaxWeights(await core.tokens(spec, link.m), A);
}

inEachBrowser((stage) => {
  const links: Record<string, Link> = {
    'log colours': quick,
    'linear colours': { ...quick, c: 'linear', m: 64, h: 0 },
    'a sharp head on the sphere': { ...quick, law: 'sphere', d: 3, m: 100, h: 2 },
  };
  for (const [name, link] of Object.entries(links)) {
    test(`pixels are the weights: ${name}`, async () => {
      const weights = await weightsOf(link);
      await stage.visit(link, async (tab) => {
        await showHeatmap(tab);
        checkPicture(await readPicture(tab), link, weights);
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('opens with the weights of its settings, and reads out the one pointed at', async () => {
    const weights = await weightsOf(defaults);
    await stage.visit('', async (tab) => {
      await showHeatmap(tab);
      checkPicture(await readPicture(tab), defaults, weights);
      await focus(tab, 'heatmap', '.grid');
      for (const key of ['End', 'PageDown', 'ArrowLeft']) await tab.press(key);
      await checkReadout(tab, { row: 127, column: 126 }, weights[127 * 128 + 126]!);
      assert.match(await textOf(tab, 'heatmap', '.summary'), /128 tokens at H = 2.*weights run from/);
    });
  });

  test('without its core it says what is missing, and is drawn once that comes', async () => {
    let withheld = true;
    const site = await serveSite({ test: (path: string) => withheld && /\.wasm$/.test(path) });
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address + hashOf(quick));
      await show(tab, 'heatmap');
      await reaches(tab, 'heatmap', 'error');
      assert.match(await textOf(tab, 'heatmap', '.problem'), /\.wasm is missing: the server answered 404/);
      withheld = false;
      await act(tab, 'run', 'heatmap');
      await showHeatmap(tab);
      checkPicture(await readPicture(tab), quick, await weightsOf(quick));
    } finally {
      await tab.close();
      site.close();
    }
  });

  test('run again computes the same', async () => {
    await stage.visit(quick, async (tab) => {
      await showHeatmap(tab);
      const first = await readPicture(tab);
      await act(tab, 'run', 'heatmap');
      await showHeatmap(tab);
      assert.deepEqual(await readPicture(tab), first);
      await act(tab, 'reset', 'heatmap');
      await reaches(tab, 'heatmap', 'idle');
      await act(tab, 'run', 'heatmap');
      await showHeatmap(tab);
      assert.deepEqual(await readPicture(tab), first);
    });
  });

  test('every control of the view changes the picture and the address', async () => {
    await stage.visit(quick, async (tab) => {
      await showHeatmap(tab);
      let link = quick;
      const views: [string, string, Partial<Link>][] = [
        ['tokens', '32', { m: 32 }],
        ['head', '1', { h: 1 }],
        ['colour', 'linear', { c: 'linear' }],
      ];
      for (const [control, value, change] of views) {
        link = { ...link, ...change };
        await fill(tab, 'heatmap', control, value);
        await until(`${control} to be drawn`, async () => {
          const drawn = await readPicture(tab);
          const head = await attribute(tab, 'heatmap', 'data-head');
          return drawn.n === link.m && drawn.scale === link.c && head === String(link.h);
        });
        await reaches(tab, 'heatmap', 'done');
        checkPicture(await readPicture(tab), link, await weightsOf(link));
        assert.equal(await tab.evaluate(() => location.hash), hashOf(link));
      }
    });
  });

  for (const pooling of ['largest', 'mean'] as const) {
    test(`a pixel of many weights is their ${pooling}`, async () => {
      const link: Link = { ...quick, m: 2000, h: 1 };
      const n = link.m;
      const { weights } = await core.heatmap(specOf(link), { n, head: link.h });
      await stage.visit(`${hashOf(link)}&q=${pooling}`, async (tab) => {
        await showHeatmap(tab);
        const level = Number(await attribute(tab, 'heatmap', 'data-level'));
        assert.ok(level >= 1);
        const block = 2 ** level;
        const side = Math.ceil(n / block);
        const pooled = new Float64Array(side * side);
        const counts = new Float64Array(side * side);
        weights.forEach((weight, i) => {
          const pixel = (Math.floor(i / n) >> level) * side + ((i % n) >> level);
          counts[pixel]!++;
          pooled[pixel] = pooling === 'mean' ? pooled[pixel]! + weight : Math.max(pooled[pixel]!, weight);
        });
        if (pooling === 'mean') pooled.forEach((sum, i) => (pooled[i] = sum / counts[i]!));
        const picture = await readPicture(tab);
        assert.equal(picture.n, side);
        checkColours(picture, pooled);
        assert.match(
          await textOf(tab, 'heatmap', '.summary'),
          new RegExp(`each pixel is the ${pooling} of ${block} × ${block} weights`),
        );
      });
    });
  }

  test('a part is drawn by its own weights: by link, button, key, mouse and wheel', async () => {
    const link: Link = { ...quick, m: 512, h: 0 };
    const n = link.m;
    const check = async (tab: Tab, row: number, column: number, size: number) => {
      const there = new RegExp(`&z=${row},${column},${size}(&|$)`);
      await until(`the part ${row},${column},${size}`, async () =>
        there.test(await tab.evaluate(() => location.hash)),
      );
      await reaches(tab, 'heatmap', 'done');
      const rows: [number, number] = [row, row + size];
      const columns: [number, number] = [column, column + size];
      const { weights } = await core.heatmap(specOf(link), { n, head: 0, rows, columns });
      const picture = await readPicture(tab);
      assert.equal(picture.n, size);
      checkColours(picture, weights);
    };
    await stage.visit(`${hashOf(link)}&z=100,200,64`, async (tab) => {
      await showHeatmap(tab);
      await check(tab, 100, 200, 64);
      await act(tab, 'zoom-in', 'heatmap');
      await check(tab, 116, 216, 32);
      await act(tab, 'zoom-out', 'heatmap');
      await check(tab, 100, 200, 64);
      await focus(tab, 'heatmap', '.grid');
      await tab.press('-');
      await check(tab, 68, 168, 128);
      await tab.press('+');
      await check(tab, 100, 200, 64);
      const box = await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
        const { left, top, width } = root.querySelector('.grid canvas')!.getBoundingClientRect();
        return { left, top, width };
      });
      const at = (x: number, y: number) =>
        [box.left + (box.width * (x + 0.5)) / 64, box.top + (box.width * (y + 0.5)) / 64] as const;
      // Eight tokens to the left, four up: what lies to the right and below comes in.
      await tab.drag(at(40, 30), at(32, 26));
      await check(tab, 104, 208, 64);
      await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
        const canvas = root.querySelector('.grid canvas')!;
        const { left, top } = canvas.getBoundingClientRect();
        const where = { clientX: left + 1, clientY: top + 1, deltaY: -200 * Math.LN2, ctrlKey: true };
        canvas.dispatchEvent(new WheelEvent('wheel', { ...where, cancelable: true }));
      });
      await check(tab, 104, 208, 32);
      // The keyboard takes the part along: past its edge it moves.
      await focus(tab, 'heatmap', '.grid');
      await tab.press('Escape');
      await tab.press('ArrowUp');
      await tab.press('ArrowUp');
      await check(tab, 103, 208, 32);
      await act(tab, 'zoom-whole', 'heatmap');
      await until('the whole', async () => !/&z=/.test(await tab.evaluate(() => location.hash)));
    });
  });

  test('10,000 tokens are drawn tile by tile, and a weight under a pixel of many is exact', async (context) => {
    const link: Link = { ...quick, m: 10000, h: 1 };
    const spec = specOf({ ...link, n: [10000, 10000, 1], r: 1 });
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      await focus(tab, 'heatmap', '.grid');
      await tab.press('ArrowRight');
      await tab.press('PageDown');
      await until('the weight', async () =>
        /^Query 10,000, key 1: weight \d/.test(await textOf(tab, 'heatmap', '.readout')),
      );
      const rows: [number, number] = [9999, 10000];
      const { weights } = await core.heatmap(spec, { n: 10000, head: 1, rows, columns: [0, 1] });
      await checkReadout(tab, { row: 9999, column: 0 }, weights[0]!);
      // What is there already is drawn at once.
      const started = performance.now();
      for (let i = 0; i < 5; i++) await act(tab, 'zoom-in', 'heatmap');
      await reaches(tab, 'heatmap', 'done');
      context.diagnostic(`${stage.name}: five steps in, ${Math.round(performance.now() - started)} ms`);
    });
  });

  test('pointing reads off a weight', async () => {
    const link: Link = { ...quick, m: 16 };
    const weights = await weightsOf(link);
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      const cell = { row: 3, column: 11 };
      const [x, y] = await tab.evaluate(({ row, column }) => {
        const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
        const box = root.querySelector('.grid canvas')!.getBoundingClientRect();
        return [
          box.left + (box.width * (column + 0.5)) / 16,
          box.top + (box.height * (row + 0.5)) / 16,
        ] as const;
      }, cell);
      await tab.point(x, y);
      await checkReadout(tab, cell, weights[3 * 16 + 11]!);
    });
  });

  test('the keyboard walks over the cells', async () => {
    const link: Link = { ...quick, m: 32 };
    const weights = await weightsOf(link);
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      await focus(tab, 'heatmap', '.grid');
      const walk: [string, number, number][] = [
        ['ArrowRight', 0, 0],
        ['ArrowRight', 0, 1],
        ['ArrowDown', 1, 1],
        ['End', 1, 31],
        ['ArrowRight', 1, 31],
        ['PageDown', 31, 31],
        ['Home', 31, 0],
        ['ArrowUp', 30, 0],
        ['ArrowLeft', 30, 0],
      ];
      for (const [key, row, column] of walk) {
        await tab.press(key);
        await checkReadout(tab, { row, column }, weights[row * 32 + column]!);
      }
    });
  });
});

async function checkReadout(tab: Tab, cell: { row: number; column: number }, weight: number): Promise<void> {
  const words = await textOf(tab, 'heatmap', '.readout');
  const index = (token: number) => (token + 1).toLocaleString('en-US');
  const start = `Query ${index(cell.row)}, key ${index(cell.column)}: weight `;
  assert.ok(words.startsWith(start), words);
  const exact = await tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    return Number(root.querySelector<HTMLElement>('.readout')!.dataset['weight']);
  });
  close(exact, weight, 1e-4, start);
}
