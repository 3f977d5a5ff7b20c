import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { reaches, readChart, showHeatmap } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveSite } from './site.ts';

// After one visit, the article needs no network.

inEachBrowser((stage) => {
  test('with the server gone, the article opens and its figures run', async () => {
    const site = await serveSite();
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address + hashOf(quick));
      await reaches(tab, 'convergence', 'done');
      const online = await readChart(tab);
      await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
      site.close();

      await tab.reload();
      await reaches(tab, 'convergence', 'done');
      assert.deepEqual(await readChart(tab), online);
      // Nothing of it had been on the screen.
      await showHeatmap(tab);

      await tab.goto(`${site.address}index.html?from=a-link${hashOf({ ...quick, s: 2 })}`);
      await reaches(tab, 'convergence', 'done');
      assert.notDeepEqual((await readChart(tab)).points, online.points);
    } finally {
      await tab.close();
      site.close();
    }
  });

  test('the network comes first where there is one, but for files named after their content', async () => {
    const site = await serveSite();
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address + hashOf(quick));
      await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
      await reaches(tab, 'convergence', 'done');
      site.requests.length = 0;
      await tab.reload();
      await reaches(tab, 'convergence', 'done');
      assert.ok(site.requests.includes(''), String(site.requests));
      assert.deepEqual(
        site.requests.filter((path) => /^(assets|core-)/.test(path)),
        [],
      );
    } finally {
      await tab.close();
      site.close();
    }
  });
});
