import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkPoints, embeddedDone, type Embedded } from './embedded.ts';
import { elementPolicy, sizedFramePolicy, visitHost } from './host.ts';
import { fill, reaches } from './page.ts';
import { hashOf, quick, specOf } from './settings.ts';

// The lines that the article offers for each figure, pasted into another page as they are.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

/** Of each offer, the lines for the element and for the frame. */
function offers(tab: Tab): Promise<{ figure: string; element: string; frame: string }[]> {
  return tab.evaluate(() =>
    Promise.all(
      [...document.querySelectorAll('asymptoken-embed')].map(async (offer) => {
        const details = offer.shadowRoot!.querySelector('details')!;
        const opened = new Promise((resolve) => details.addEventListener('toggle', resolve, { once: true }));
        details.open = true;
        await opened;
        const [element, frame] = [...details.querySelectorAll('code')];
        return {
          figure: offer.getAttribute('figure')!,
          element: element!.textContent,
          frame: frame!.textContent,
        };
      }),
    ),
  );
}

inEachBrowser((stage) => {
  test('the offered lines show the figures as they stand', async () => {
    // Changed by hand, so that the lines follow the page and not its address.
    const link = { ...quick, law: 'sphere' as const, d: 4, s: 8, m: 32 };
    const short = '&u.n=50-200x3&u.r=4&t.n=50-200x3&t.r=4&w.n=50-200x3&w.r=4&l.r=4';
    await stage.visit(hashOf({ ...link, d: 3 }) + short, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      await fill(tab, 'convergence', 'dimension', '4');
      const all = await offers(tab);
      assert.deepEqual(
        all.map(({ figure }) => figure),
        ['plane', 'uniform', 'moments', 'hardmax', 'window', 'heatmap', 'sweep'],
      );
      const { address } = stage.site;
      for (const { figure, element, frame } of all) {
        const check = async (drawn: Embedded, complaints: string[]) => {
          if (figure === 'moments') {
            checkPoints(drawn, await core.run(specOf(link)), link);
            assert.equal(drawn.article, address + hashOf({ ...link, m: 128 }));
          }
          assert.deepEqual([drawn.problem, complaints], ['', []], figure);
        };
        await visitHost(stage, { body: element, policy: elementPolicy(address) }, async (host) => {
          await check((await embeddedDone(() => host))[0]!, host.complaints);
        });
        await visitHost(stage, { body: frame, policy: sizedFramePolicy(address) }, async (host) => {
          await check((await embeddedDone(() => host.frames()[0]))[0]!, host.complaints);
        });
      }
    });
  });

  test('the copy button copies, or selects what is to be copied', async () => {
    await stage.visit(quick, async (tab) => {
      const element = (await offers(tab))[0]!.element;
      const answer = await tab.evaluate(async () => {
        const root = document.querySelector('asymptoken-embed')!.shadowRoot!;
        root.querySelector('details')!.open = true;
        root.querySelector<HTMLButtonElement>('[data-action="copy-element"]')!.click();
        const status = root.querySelector('[role="status"]')!;
        while (status.textContent === '') await new Promise((resolve) => setTimeout(resolve, 20));
        return { text: status.textContent, selected: String(getSelection()) };
      });
      if (!answer.text.startsWith('Copied')) assert.equal(answer.selected.trim(), element.trim());
    });
  });
});
