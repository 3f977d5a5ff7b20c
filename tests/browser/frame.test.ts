import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asymptoken } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkPoints, embeddedDone } from './embedded.ts';
import { framePolicy, sizedFramePolicy, visitHost } from './host.ts';
import { until } from './page.ts';
import { hashOf, quick, specOf } from './settings.ts';

// A frame of embed.html in a page of another origin, alone and with the script that gives it its height.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

const link = { ...quick, s: 3 };

function frameAt(site: string, hash: string): string {
  return `<iframe src="${site}embed.html${hash.replaceAll('&', '&amp;')}" title="A figure" width="600" height="300"></iframe>`;
}

/** Of the frames as the host page has them, and of what is in them. */
async function heights(tab: Tab): Promise<{ frame: number; content: number }[]> {
  const frames = await tab.evaluate(() =>
    [...document.querySelectorAll('iframe')].map(({ clientHeight }) => clientHeight),
  );
  const contents = await Promise.all(
    tab.frames().map((frame) => frame.evaluate(() => document.body.getBoundingClientRect().height)),
  );
  return frames.map((frame, index) => ({ frame, content: contents[index] ?? 0 }));
}

inEachBrowser((stage) => {
  test('needs nothing of the page around it but to be allowed', async () => {
    const { address } = stage.site;
    const page = { body: frameAt(address, hashOf(link)), policy: framePolicy(address) };
    await visitHost(stage, page, async (tab) => {
      const [figure] = await embeddedDone(() => tab.frames()[0]);
      checkPoints(figure!, await core.run(specOf(link)), link);
      assert.equal(figure!.article, address + hashOf(link));
      assert.deepEqual(tab.complaints, []);
    });
  });

  test('with frame.js, each has the height of what is in it', async () => {
    const { address } = stage.site;
    const frames = [hashOf(link), `${hashOf(link)}&figure=heatmap`].map((hash) => frameAt(address, hash));
    const script = `<script type="module" src="${address}frame.js"></script>`;
    const page = { body: frames.join('') + script, policy: sizedFramePolicy(address) };
    await visitHost(
      stage,
      page,
      async (tab) => {
        const fit = async () => {
          const all = await heights(tab);
          return all.every(({ frame, content }) => content > 300 && Math.abs(frame - content) <= 1);
        };
        await until('the heights to fit', fit);
        const wide = await heights(tab);
        await tab.evaluate(() =>
          document.querySelectorAll('iframe').forEach((frame) => (frame.width = '340')),
        );
        await until('other heights', async () => (await heights(tab))[0]!.content !== wide[0]!.content);
        await until('the heights to fit', fit);
        assert.deepEqual(tab.complaints, []);
      },
      // Browsers do not lay out again what is in a frame off the screen.
      { height: 5000 },
    );
  });

  test('a frame speaks for itself only, and within reason', async () => {
    const { address } = stage.site;
    const other = `<iframe src="${address}docs/index.html" title="Not a figure" width="600" height="200"></iframe>`;
    const script = `<script type="module" src="${address}frame.js"></script>`;
    const body = frameAt(address, hashOf(link)) + other + script;
    await visitHost(stage, { body, policy: sizedFramePolicy(address) }, async (tab) => {
      await embeddedDone(() => tab.frames()[0]);
      const fit = async () => {
        const [figure] = await heights(tab);
        return Math.abs(figure!.frame - figure!.content) <= 1;
      };
      await until('the height to fit', fit);
      const [figure, page] = tab.frames();
      await tab.evaluate(() => postMessage({ type: 'asymptoken-height', height: 777 }, '*'));
      await page!.evaluate(() => parent.postMessage({ type: 'asymptoken-height', height: 777 }, '*'));
      await figure!.evaluate(() => {
        for (const height of [-1, 0, 1e9, NaN, '777', {}]) {
          parent.postMessage({ type: 'asymptoken-height', height }, '*');
        }
        for (const data of [null, 777, 'asymptoken-height', { height: 777 }]) parent.postMessage(data, '*');
      });
      await sleep(200);
      assert.ok(await fit());
      assert.equal((await heights(tab))[1]!.frame, 200);
    });
  });

  test('a hostile address is answered with sentences, and the default figure', async () => {
    const { address } = stage.site;
    const hash = `${hashOf(link)}&evil=%3Cimg%20src%3Dx%3E`;
    await visitHost(stage, { body: frameAt(address, hash), policy: framePolicy(address) }, async (tab) => {
      await embeddedDone(() => tab.frames()[0]);
      const notice = await tab.frames()[0]!.evaluate(() => document.querySelector('#notice')!.innerHTML);
      assert.match(notice, /sets “evil”/);
    });
  });
});
