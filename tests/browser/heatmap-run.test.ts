import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tab } from './browsers.ts';
import { inEachBrowser } from './each-browser.ts';
import { act, attribute, fill, reaches, show, showHeatmap, textOf, until } from './page.ts';
import { hashOf, quick, type Link } from './settings.ts';

// While a heatmap of many tokens is computed: how far it is, pause, step, cancel, reset.

/** Seconds of work. */
const long: Link = { ...quick, d: 48, m: 12000, h: 1 };

const status = (tab: Tab) => textOf(tab, 'heatmap', '.run-bar .status');

/** How much is computed, from 0 to 1. */
const fraction = (tab: Tab) =>
  tab.evaluate(
    () => document.querySelector('asymptoken-heatmap')!.shadowRoot!.querySelector('progress')!.value,
  );

/** Of the pixels of the picture: how many are drawn, and of all of them a sum that changes with each. */
function readPixels(tab: Tab): Promise<{ drawn: number; all: number; sum: number }> {
  return tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    const canvas = root.querySelector<HTMLCanvasElement>('.grid canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    return {
      drawn: pixels.reduce((count, colour) => count + (colour === 0 ? 0 : 1), 0),
      all: pixels.length,
      sum: pixels.reduce((sum, colour, i) => (sum + (colour % 8191) * ((i % 97) + 1)) % 1e9, 0),
    };
  });
}

async function startLong(tab: Tab): Promise<void> {
  await show(tab, 'heatmap');
  await until('the first tiles', async () => {
    const { drawn, all } = await readPixels(tab);
    return all > 1e5 && drawn > 0;
  });
}

/** What the whole picture looks like when nobody interrupts it. */
async function uninterrupted(tab: Tab): Promise<number> {
  await reaches(tab, 'heatmap', 'done');
  return (await readPixels(tab)).sum;
}

inEachBrowser((stage) => {
  test('says how far it is and how long it takes, and in the end how long it took', async () => {
    await stage.visit(long, async (tab) => {
      await show(tab, 'heatmap');
      await until('a time', async () => /^\d+\s%, [\d.]+\s(s|min).* left$/.test(await status(tab)));
      const early = await fraction(tab);
      await until('progress', async () => (await fraction(tab)) > early);
      await showHeatmap(tab);
      assert.equal(await fraction(tab), 1);
      assert.match(await status(tab), /^144,000,000 weights in [\d.]+\s(s|min)/);
      assert.match(await textOf(tab, 'heatmap', '[aria-live]'), /^Run finished: 144,000,000 weights/);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test('cancel answers at once and keeps what has arrived; run goes on from there', async (context) => {
    let whole = 0;
    await stage.visit(long, async (tab) => {
      whole = await uninterrupted(tab);
    });
    await stage.visit(long, async (tab) => {
      await startLong(tab);
      await act(tab, 'cancel', 'heatmap');
      await reaches(tab, 'heatmap', 'cancelled');
      await until('the answer', async () => (await attribute(tab, 'heatmap', 'data-cancel-ms')) !== '');
      const took = Number(await attribute(tab, 'heatmap', 'data-cancel-ms'));
      context.diagnostic(`${stage.name}: cancel answered in ${took.toFixed(1)} ms`);
      assert.ok(took < 250, `cancel took ${took} ms`);
      const kept = await readPixels(tab);
      assert.ok(kept.drawn > 0 && kept.drawn < kept.all, `${kept.drawn} of ${kept.all}`);
      const cancelled = await fraction(tab);
      assert.match(await status(tab), /^cancelled at \d+\s%$/);
      assert.match(await textOf(tab, 'heatmap', '.summary'), /So far \d+\s% is computed\.$/);
      await sleep(400);
      assert.deepEqual(await readPixels(tab), kept);
      await act(tab, 'run', 'heatmap');
      assert.ok((await fraction(tab)) >= cancelled);
      await showHeatmap(tab);
      const done = await readPixels(tab);
      assert.equal(done.drawn, done.all);
      assert.equal(done.sum, whole);
    });
  });

  test('pause stops, step computes a little more, resume goes on, and the end is the same', async () => {
    let whole = 0;
    await stage.visit(long, async (tab) => {
      whole = await uninterrupted(tab);
    });
    await stage.visit(long, async (tab) => {
      await startLong(tab);
      await act(tab, 'pause', 'heatmap');
      await reaches(tab, 'heatmap', 'paused');
      assert.match(await status(tab), /^paused at \d+\s%$/);
      const held = await fraction(tab);
      await sleep(500);
      assert.equal(await fraction(tab), held);
      await act(tab, 'step', 'heatmap');
      await until('a little more', async () => (await fraction(tab)) > held);
      await reaches(tab, 'heatmap', 'paused');
      assert.ok((await fraction(tab)) < 1);
      // Another part is shown as far as it is known, and nothing is computed for it.
      await act(tab, 'zoom-in', 'heatmap');
      assert.equal(await attribute(tab, 'heatmap', 'data-state'), 'paused');
      await act(tab, 'zoom-whole', 'heatmap');
      await act(tab, 'resume', 'heatmap');
      await showHeatmap(tab);
      assert.equal((await readPixels(tab)).sum, whole);
    });
  });

  test('off the screen it waits, and goes on when it is back', async () => {
    await stage.visit(long, async (tab) => {
      await startLong(tab);
      await show(tab, 'plane');
      await until('waiting', async () => (await attribute(tab, 'heatmap', 'data-held')) === '');
      await until('the word', async () => /^waits at \d+\s% while off the screen$/.test(await status(tab)));
      const held = await fraction(tab);
      await sleep(500);
      assert.equal(await fraction(tab), held);
      assert.ok(held < 1);
      await showHeatmap(tab);
      assert.equal(await fraction(tab), 1);
    });
  });

  test('reset keeps the seed; a new seed is in the address, here and in the experiment of the same tokens', async () => {
    const link: Link = { ...quick, m: 48 };
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      const before = await readPixels(tab);
      await act(tab, 'reset', 'heatmap');
      await reaches(tab, 'heatmap', 'idle');
      assert.equal((await readPixels(tab)).drawn, 0);
      await act(tab, 'run', 'heatmap');
      await showHeatmap(tab);
      assert.deepEqual(await readPixels(tab), before);
      assert.equal(await tab.evaluate(() => location.hash), hashOf(link));
      await fill(tab, 'heatmap', 'seed', '7');
      await showHeatmap(tab);
      assert.notEqual((await readPixels(tab)).sum, before.sum);
      assert.equal(await tab.evaluate(() => location.hash), hashOf({ ...link, s: 7 }));
      const seeds = () =>
        tab.evaluate(() =>
          ['convergence', 'heatmap'].map((name) => {
            const root = document.querySelector(`asymptoken-${name}`)!.shadowRoot!;
            return root.querySelector<HTMLInputElement>('input[name="seed"]')!.value;
          }),
        );
      assert.deepEqual(await seeds(), ['7', '7']);
      await act(tab, 'new-seed', 'heatmap');
      const [one, other] = await seeds();
      assert.notEqual(one, '7');
      assert.equal(one, other);
      await fill(tab, 'heatmap', 'seed', 'seven');
      await reaches(tab, 'heatmap', 'error');
      assert.match(
        await textOf(tab, 'heatmap', '.problem'),
        /^The seed is a whole number .*, not “seven”\.$/,
      );
    });
  });
});
