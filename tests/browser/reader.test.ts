import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { act, attribute, fill, focus, reaches, readChart, show, textOf, until } from './page.ts';

// What somebody does who comes from a link and stays a few minutes, and what the page owes them meanwhile.

inEachBrowser((stage) => {
  test("a first-time reader's path", async () => {
    let link = '';
    let seen: unknown;
    await stage.visit('', async (tab) => {
      // There is a picture, and the title says what it is about.
      assert.match(await tab.evaluate(() => document.title), /How many tokens/);
      await until('a picture', async () => (await attribute(tab, 'plane', 'data-n')) === '1000');

      // A word is new: pointing at it explains it, leaving it takes the explanation away.
      await tab.evaluate(() => document.querySelector<HTMLElement>('.term[data-term="softmax"]')!.focus());
      const tip = () =>
        tab.evaluate(() => {
          const shown = document.querySelector<HTMLElement>('.term-tip')!;
          return shown.hidden ? '' : (shown.textContent ?? '');
        });
      assert.match(await tip(), /weights that sum to one/);
      await tab.press('Escape');
      assert.equal(await tip(), '');

      // The query is moved outwards by hand: fewer tokens count.
      await reaches(tab, 'plane', 'done');
      const effective = async () => Number(await attribute(tab, 'plane', 'data-effective'));
      const before = await effective();
      await focus(tab, 'plane', '.plane');
      for (let i = 0; i < 3; i++) await tab.press('ArrowRight');
      await until('fewer tokens', async () => (await effective()) < before);

      // Scrolling on, each figure runs by itself; its picture is there before.
      for (const figure of ['uniform', 'convergence', 'hardmax', 'sweep'] as const) {
        await show(tab, figure);
        await until(`a picture of ${figure}`, async () => (await readChart(tab, figure)).points.length > 0, {
          seconds: 5,
        });
        await until(`${figure} to run`, async () =>
          /running|done/.test(await attribute(tab, figure, 'data-state')),
        );
      }
      await show(tab, 'heatmap');
      await reaches(tab, 'heatmap', 'done');
      assert.match(await textOf(tab, 'heatmap', '.summary'), /weights run/);

      // A question of their own, and the link to show it to somebody else.
      await show(tab, 'convergence');
      await fill(tab, 'convergence', 'replicates', '8');
      await fill(tab, 'convergence', 'horizons', '0.7');
      await act(tab, 'new-seed');
      await reaches(tab, 'convergence', 'done');
      link = await tab.evaluate(() => location.hash);
      seen = (await readChart(tab)).points;
      assert.ok(link.length < 300, link);
      assert.deepEqual(tab.complaints, []);
    });
    await stage.visit(link, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      assert.deepEqual((await readChart(tab)).points, seen);
    });
  });

  test('every key term has a sentence, by mouse and by keyboard', async () => {
    await stage.visit('', async (tab) => {
      const terms = await tab.evaluate(() => {
        const tip = document.querySelector<HTMLElement>('.term-tip')!;
        return [...document.querySelectorAll<HTMLElement>('.term')].map((term) => {
          term.dispatchEvent(new PointerEvent('pointerenter'));
          const words = tip.hidden ? '' : tip.textContent;
          const box = tip.getBoundingClientRect();
          term.dispatchEvent(new PointerEvent('pointerleave'));
          const gone = tip.hidden;
          term.focus();
          const again = tip.hidden ? '' : tip.textContent;
          term.blur();
          const inside = box.left >= 0 && box.right <= document.documentElement.clientWidth;
          return { name: term.textContent, words, gone, again, inside };
        });
      });
      assert.ok(terms.length >= 10);
      for (const { name, words, gone, again, inside } of terms) {
        assert.match(words ?? '', /^[A-Z].*\.$/, `${name} has no sentence`);
        assert.equal(again, words);
        assert.ok(gone && inside, `${name}: ${gone} ${inside}`);
      }
    });
  });

  test('figures that come together are put together part by part, one in a frame', async () => {
    await stage.visit('', async (tab) => {
      const inOneFrame = await tab.evaluate(async () => {
        const tags = ['uniform', 'convergence', 'hardmax', 'sweep'];
        const figures = tags.map((tag) => document.querySelector(`asymptoken-${tag}`)!);
        const parts = () =>
          figures.map(
            (figure) => figure.shadowRoot?.querySelectorAll('.run-bar, .results, .controls').length ?? 0,
          );
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        const before = sum(parts());
        for (const figure of figures)
          Object.assign((figure as HTMLElement).style, { position: 'fixed', top: 0 });
        const most = { atOnce: 0, of: 3 * figures.length - before };
        for (let have = before; have < 3 * figures.length;) {
          await new Promise(requestAnimationFrame);
          const now = sum(parts());
          most.atOnce = Math.max(most.atOnce, now - have);
          have = now;
        }
        return most;
      });
      assert.ok(inOneFrame.of >= 6, 'the figures were there too early to tell');
      assert.equal(inOneFrame.atOnce, 1);
    });
  });
});
