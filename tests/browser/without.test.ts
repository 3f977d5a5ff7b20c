import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, embeddedDone, readEmbedded } from './embedded.ts';
import { hostWith, visitHost } from './host.ts';
import { until } from './page.ts';
import { quick } from './settings.ts';

// Where something is missing that figures need: each reader is told what to do, and keeps what there is.

inEachBrowser((stage) => {
  test('without WebAssembly there is a sentence to act on, and the picture stays', async () => {
    const without = '<script>delete globalThis.WebAssembly</script>';
    const page = hostWith(stage.site, '<asymptoken-figure></asymptoken-figure>');
    const policy = page.policy.map((line) =>
      line.startsWith('script-src') ? `${line} 'unsafe-inline'` : line,
    );
    await visitHost(stage, { body: without + page.body, policy }, async (tab) => {
      await until('an error', async () => (await readEmbedded(tab))[0]?.state === 'error', { seconds: 20 });
      const [figure] = await readEmbedded(tab);
      assert.ok(figure!.points.length > 0);
      const words = await tab.evaluate(
        () =>
          document
            .querySelector('asymptoken-figure')!
            .shadowRoot!.querySelector('.place > *')!
            .shadowRoot!.querySelector('.run-bar .why')!.textContent,
      );
      assert.match(words ?? '', /WebAssembly switched off.*Lockdown Mode.*allow it.*another browser/);
    });
  });

  test('without the script, the offered lines show a link to the live figure', async () => {
    await stage.visit('', async (tab) => {
      await until('the offer', () =>
        tab.evaluate(() => customElements.get('asymptoken-embed') !== undefined),
      );
      const lines = await tab.evaluate(async () => {
        const offer = document.querySelector('asymptoken-embed[figure="moments"]')!;
        const details = offer.shadowRoot!.querySelector('details')!;
        details.open = true;
        const code = details.querySelector('code')!;
        while (code.textContent === '') await new Promise((resolve) => setTimeout(resolve, 20));
        return code.textContent;
      });
      assert.match(lines, /<script [^>]*data-cfasync="false"/);
      const body = lines.replace(/<script.*<\/script>/, '');
      await visitHost(stage, { body, policy: ["default-src 'none'"] }, async (host) => {
        const link = await host.evaluate(() => {
          const found = document.querySelector<HTMLAnchorElement>('asymptoken-figure a')!;
          return { href: found.href, shown: found.getClientRects().length > 0 };
        });
        assert.ok(link.shown);
        assert.ok(link.href.startsWith(`${stage.site.address}#v=1&`), link.href);
      });
    });
  });

  test('the article opened from a disk says that it needs a server', async () => {
    const tab = await stage.browser.open();
    try {
      await tab.goto(pathToFileURL(join(stage.site.folder, 'index.html')).href);
      const notice = () => tab.evaluate(() => document.querySelector('#notice')!.textContent ?? '');
      await until('the sentence', async () => /need a server/.test(await notice()), { seconds: 5 });
    } finally {
      await tab.close();
    }
  });

  test('served, each script of a page says that it is not to be put off', async () => {
    await stage.visit('', async (tab) => {
      const all = await tab.evaluate(() =>
        [...document.querySelectorAll('head script')].map((one) => one.getAttribute('data-cfasync')),
      );
      assert.ok(all.length > 0);
      assert.deepEqual([...new Set(all)], ['false']);
    });
  });

  test('a page that is isolated from other origins takes the element as it is', async () => {
    const page = hostWith(stage.site, `<asymptoken-figure ${attributesOf(quick)}></asymptoken-figure>`);
    const headers = {
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
    };
    await visitHost(stage, { ...page, headers }, async (tab) => {
      await embeddedDone(() => tab);
      assert.deepEqual(tab.complaints, []);
    });
  });

  if (stage.name === 'Chromium') {
    test('on a server, embed.js defines nothing and throws nothing', () => {
      const file = JSON.stringify(pathToFileURL(join(stage.site.folder, 'embed.js')).href);
      const script =
        `const names = () => Object.getOwnPropertyNames(globalThis).sort().join(); const before = names();` +
        `await import(${file}); if (names() !== before) throw new Error(names());`;
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'pipe' });
    });
  }
});
