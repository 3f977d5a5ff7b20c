import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, embeddedDone } from './embedded.ts';
import { framePolicy, hostWith, visitHost } from './host.ts';
import { reaches, show } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveSite, type Site } from './site.ts';

// What is transferred until the first figure has its own numbers, as servers compress it. The binary is counted apart too,
// with those of its pieces that were asked for.

const compressions = { gzip: gzipSync, brotli: brotliCompressSync };

type Compression = keyof typeof compressions;

interface Transferred {
  binary: number;
  rest: number;
}

function transferred({ folder, requests }: Site, compression: Compression): Transferred {
  const sizes = { binary: 0, rest: 0 };
  for (const path of new Set(requests)) {
    const size = compressions[compression](readFileSync(join(folder, path || 'index.html'))).length;
    sizes[path.endsWith('.wasm') ? 'binary' : 'rest'] += size;
  }
  return sizes;
}

/** Less than so many bytes each way; says what it is. */
function checkSizes(what: string, context: TestContext, site: Site, most: Record<Compression, number>): void {
  for (const compression of ['gzip', 'brotli'] as const) {
    const { binary, rest } = transferred(site, compression);
    const kilobytes = (size: number) => `${(size / 1000).toFixed(1)} kB`;
    const words = `${what}, ${compression}: ${kilobytes(binary + rest)}, of which the binary ${kilobytes(binary)}`;
    context.diagnostic(words);
    assert.ok(binary > 0, words);
    assert.ok(binary + rest < most[compression], words);
  }
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
      checkSizes(`${stage.name}, article`, context, stage.site, { gzip: 210_000, brotli: 179_000 });
    });
  });

  test('figures far down are loaded when they come near the screen', async () => {
    await stage.visit('', async (tab) => {
      await reaches(tab, 'plane', 'done');
      const loaded = () => tab.requests.some((address) => address.includes('/horizon-sweep'));
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
        checkSizes(`${stage.name}, ${form}`, context, stage.site, { gzip: 205_000, brotli: 172_000 });
      });
    });
  }
});
