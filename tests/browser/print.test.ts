import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tab } from './browsers.ts';
import { inEachBrowser } from './each-browser.ts';
import { hostWith, visitHost } from './host.ts';
import { until } from './page.ts';

// A page is printed with the figures in it, those that nobody has scrolled to as well.

/** What each figure has drawn as soon as the browser has told the page that it prints: so many shapes. */
function printed(tab: Tab): Promise<number[]> {
  return tab.evaluate(() => {
    dispatchEvent(new Event('beforeprint'));
    return [...document.querySelectorAll('asymptoken-figure')].map((outer) => {
      const inner = outer.shadowRoot!.querySelector('.place > *');
      return inner?.shadowRoot?.querySelectorAll('.point, .output').length ?? 0;
    });
  });
}

const names = ['plane', 'uniform', 'moments', 'hardmax', 'sweep', 'window'];
const figures = names.map((name) => `<asymptoken-figure figure="${name}"></asymptoken-figure>`);
const places = {
  'far below the screen': `<div style="height: 20000px"></div>${figures.join('')}`,
  'in a closed details': `<details><summary>Figures</summary>${figures.join('')}</details>`,
};

inEachBrowser((stage) => {
  for (const [place, body] of Object.entries(places)) {
    test(`figures ${place} are printed with the pictures that they open with`, async () => {
      const page = hostWith(stage.site, body);
      const policy = [...page.policy, "style-src 'unsafe-inline'"];
      await visitHost(stage, { ...page, policy }, async (tab) => {
        // Their code comes once the page has nothing else to do.
        await until('the last figure’s code', async () =>
          tab.requests.some((address) => address.includes('/windows-')),
        );
        await until('all pictures', async () => (await printed(tab)).every((count) => count > 0), {
          seconds: 5,
        });
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('until it is printed or looked at, a figure is not set up and the core is not loaded', async () => {
    await visitHost(stage, { ...hostWith(stage.site, places['in a closed details']) }, async (tab) => {
      await until('code', async () => tab.requests.some((address) => address.includes('/windows-')));
      assert.ok(!tab.requests.some((address) => address.endsWith('.wasm')));
      assert.equal(await tab.evaluate(() => customElements.get('asymptoken-window') === undefined), true);
    });
  });
});
