import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, embeddedDone } from './embedded.ts';
import { framePolicy, hostWith, visitHost } from './host.ts';
import { reaches, show } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveSite, type Site } from './site.ts';

// What is transferred until the first figure has its own numbers, as a server with gzip would send it. The binary is counted
// apart too: it is the same for every figure.

interface Transferred {
  binary: number;
  rest: number;
}

function transferred({ folder, requests }: Site): Transferred {
  const sizes = { binary: 0, rest: 0 };
  for (const path of new Set(requests)) {
    const size = gzipSync(readFileSync(join(folder, path || 'index.html'))).length;
    sizes[path.endsWith('.wasm') ? 'binary' : 'rest'] += size;
  }
  return sizes;
}

function words({ binary, rest }: Transferred): string {
  const kilobytes = (size: number) => `${(size / 1000).toFixed(1)} kB`;
  return `${kilobytes(binary + rest)}, of which the binary ${kilobytes(binary)} and the rest ${kilobytes(rest)}`;
}

inEachBrowser((stage) => {
  // A site of its own for each, where no visit before has left anything in the browser, and without what fetches the whole
  // site for later.
  beforeEach(async () => {
    stage.site.close();
    stage.site = await serveSite(/service-worker/);
  });

  test('the article is light', async (context) => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      const sizes = transferred(stage.site);
      context.diagnostic(`${stage.name}, article: ${words(sizes)}`);
      assert.ok(sizes.binary > 0);
      assert.ok(sizes.rest < 85_000, words(sizes));
      assert.ok(sizes.binary + sizes.rest < 300_000, words(sizes));
    });
  });

  test('figures far down are loaded when they come near the screen', async () => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      const loaded = () => tab.requests.some((address) => address.includes('/sweep-figure'));
      assert.equal(loaded(), false);
      await show(tab, 'sweep');
      assert.equal(loaded(), true);
    });
  });

  const figure = `<asymptoken-figure ${attributesOf(quick)}></asymptoken-figure>`;
  const forms = {
    element: (site: Site) => hostWith(site, figure),
    frame: ({ address }: Site) => ({
      body: `<iframe src="${address}embed.html${hashOf(quick)}" title="A figure" width="700" height="700"></iframe>`,
      policy: framePolicy(address),
    }),
  };
  for (const [form, page] of Object.entries(forms)) {
    test(`one embedded figure is lighter: ${form}`, async (context) => {
      await visitHost(stage, page(stage.site), async (tab) => {
        await embeddedDone(() => (form === 'frame' ? tab.frames()[0] : tab));
        const sizes = transferred(stage.site);
        context.diagnostic(`${stage.name}, ${form}: ${words(sizes)}`);
        assert.ok(sizes.binary > 0);
        assert.ok(sizes.rest < 55_000, words(sizes));
        assert.ok(sizes.binary + sizes.rest < 272_000, words(sizes));
      });
    });
  }
});
