import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { close } from './close.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { attribute, fill, focus, reaches, showHeatmap, textOf, until } from './page.ts';
import { hashOf, quick, specOf, type Link } from './settings.ts';
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

interface Picture {
  n: number;
  /** Packed colours, row-major. */
  cells: number[];
  bar: number[];
  low: number;
  high: number;
  scale: string;
}

function readPicture(tab: Tab): Promise<Picture> {
  return tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    const packed = (canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return [...new Uint32Array(data.buffer)];
    };
    const canvas = root.querySelector<HTMLCanvasElement>('.grid canvas')!;
    const bar = root.querySelector<HTMLElement>('.colour-bar')!;
    return {
      n: canvas.width,
      cells: packed(canvas),
      bar: packed(bar.querySelector('canvas')!),
      low: Number(bar.dataset['low']),
      high: Number(bar.dataset['high']),
      scale: bar.dataset['scale']!,
    };
  });
}

/** Every cell has the colour that the bar gives to its weight, up to one of the 256 steps. */
function checkPicture({ n, cells, bar, low, high, scale }: Picture, link: Link, weights: Float64Array): void {
  assert.equal(n, link.m);
  assert.equal(scale, link.c);
  close(high, Math.max(...weights), 1e-4, 'the top of the colour bar');
  assert.ok(new Set(bar).size > 250, 'the colours of the bar are told apart');
  const places = new Map<number, number[]>();
  bar.forEach((colour, index) => places.set(colour, [...(places.get(colour) ?? []), index]));
  cells.forEach((colour, cell) => {
    const weight = weights[cell]!;
    const t = scale === 'log' ? Math.log(weight / low) / Math.log(high / low) : (weight - low) / (high - low);
    const expected = (bar.length - 1) * Math.min(Math.max(t, 0), 1);
    const off = Math.min(...(places.get(colour) ?? []).map((index) => Math.abs(index - expected)));
    assert.ok(off <= 0.6, `cell ${cell} of weight ${weight} is ${off} steps of colour away`);
  });
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

  test('2048 tokens are drawn', async () => {
    const link: Link = { ...quick, m: 2048, h: 0 };
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      assert.equal(await attribute(tab, 'heatmap', 'data-n'), '2048');
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
  const start = `Query ${cell.row + 1}, key ${cell.column + 1}: weight `;
  assert.ok(words.startsWith(start), words);
  const exact = await tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    return Number(root.querySelector<HTMLElement>('.readout')!.dataset['weight']);
  });
  close(exact, weight, 1e-4, start);
}
