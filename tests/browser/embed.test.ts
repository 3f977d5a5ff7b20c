import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, checkPoints, embeddedDone, readEmbedded } from './embedded.ts';
import { hostWith, visitHost } from './host.ts';
import { until } from './page.ts';
import { hashOf, quick, specOf, type Link } from './settings.ts';

// `<asymptoken-figure>` in a page of another origin, whose policy allows what the documentation names and nothing else.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

inEachBrowser((stage) => {
  test("draws the core's numbers for its attributes", async () => {
    const links: Link[] = [quick, { ...quick, law: 'sphere', d: 3, H: [0.7, 4], s: 9 }];
    const body = links
      .map((link) => `<asymptoken-figure ${attributesOf(link)}></asymptoken-figure>`)
      .join('');
    await visitHost(stage, hostWith(stage.site, body), async (tab, address) => {
      const drawn = await embeddedDone(() => tab, links.length);
      for (const [index, link] of links.entries()) {
        checkPoints(drawn[index]!, await core.run(specOf(link)), link);
        assert.equal(drawn[index]!.article, stage.site.address + hashOf(link));
        assert.equal(drawn[index]!.problem, '');
      }
      assert.deepEqual(tab.complaints, []);
      const elsewhere = tab.requests.filter(
        (asked) =>
          !/^(data|blob):/.test(asked) &&
          ![address, stage.site.address].some((start) => asked.startsWith(start)),
      );
      assert.deepEqual(elsewhere, []);
    });
  });

  test('the heatmap stands alone', async () => {
    const body = '<asymptoken-figure figure="heatmap" tokens="32" head="0" seed="5"></asymptoken-figure>';
    await visitHost(stage, hostWith(stage.site, body), async (tab) => {
      await embeddedDone(() => tab);
      const summary = await tab.evaluate(
        () =>
          document
            .querySelector('asymptoken-figure')!
            .shadowRoot!.querySelector('asymptoken-heatmap')!
            .shadowRoot!.querySelector('.summary')!.textContent,
      );
      assert.match(summary ?? '', /32 tokens at H = 0.5/);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test('an attribute that cannot be used is named, and left at its default', async () => {
    const body =
      '<asymptoken-figure from="50" to="200" points="3" replicates="5" dimension="-1" law="<img>"></asymptoken-figure>';
    await visitHost(stage, hostWith(stage.site, body), async (tab) => {
      const [figure] = await embeddedDone(() => tab);
      assert.match(figure!.problem, /law is “<img>”.*gaussian is used.*dimension is “-1”.*5 is used/);
      await tab.evaluate(() => document.querySelector('asymptoken-figure')!.setAttribute('law', 'sphere'));
      await tab.evaluate(() => document.querySelector('asymptoken-figure')!.setAttribute('dimension', '2'));
      await until('no problem', async () => (await readEmbedded(tab))[0]!.problem === '');
      const [changed] = await embeddedDone(() => tab);
      assert.match(changed!.article, /law=sphere&d=2/);
      await tab.evaluate(() =>
        document.querySelector('asymptoken-figure')!.setAttribute('figure', 'nonsense'),
      );
      await until('the sentence', async () =>
        /figure is “nonsense”; expected one of plane, uniform, moments/.test(
          (await readEmbedded(tab))[0]!.problem,
        ),
      );
    });
  });
});
