import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { reaches, readChart, showHeatmap, until } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveFolder, serveSite, type Site } from './site.ts';

// After one visit, the article needs no network.

/** The site, but for a line before those of its service worker. */
async function serveChanged(line: string): Promise<Site> {
  const original = await serveSite();
  original.close();
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-site-'));
  cpSync(original.folder, folder, { recursive: true });
  const worker = join(folder, 'service-worker.js');
  writeFileSync(worker, line + readFileSync(worker, 'utf8'));
  const site = await serveFolder(folder);
  return {
    ...site,
    close() {
      site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

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

  test('with a full storage, what the network delivers is shown', async () => {
    const full =
      "Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); };";
    const site = await serveChanged(full);
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address);
      await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
      await tab.goto(`${site.address}docs/embedding.html`);
      assert.match(await tab.evaluate(() => document.querySelector('h1')?.textContent ?? ''), /Embedding/);
      assert.equal(await tab.evaluate(async () => (await fetch('speed.html')).status), 200);
    } finally {
      await tab.close();
      site.close();
    }
  });

  test('of what is kept there is never more than so much', async () => {
    const site = await serveSite();
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address);
      await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
      const kept = () =>
        tab.evaluate(async () => {
          const names = await caches.keys();
          const name = names.find((one) => one.includes(location.href.split('#')[0]!))!;
          return (await (await caches.open(name)).keys()).length;
        });
      const before = await kept();
      await tab.evaluate(async () => {
        if (!navigator.serviceWorker.controller) {
          await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
        }
        for (let i = 0; i < 100; i++) await fetch(`docs/embedding.html?${i}`);
      });
      await until('the page to be kept, once', async () => (await kept()) === before + 1, { seconds: 10 });
    } finally {
      await tab.close();
      site.close();
    }
  });
});
