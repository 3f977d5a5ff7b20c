import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, checkPoints, embeddedDone } from './embedded.ts';
import { elementPolicy, framePolicy, hostWith, visitHost, type HostPage } from './host.ts';
import { hashOf, quick, specOf } from './settings.ts';
import { serveSite, type Site } from './site.ts';

// Frames whose origin is nobody's, as notebooks and sites of questions and answers have them: nothing in them is of the
// same origin as anything, not even the files beside the page.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

const size = 'title="A figure" width="700" height="700"';
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** embed.html in such a frame, and the one line and the element in one without an address. */
const forms: Record<string, (site: Site, hash: string, element: string) => HostPage> = {
  'sandboxed frame of embed.html': ({ address }, hash) => ({
    body: `<iframe sandbox="allow-scripts" src="${escaped(`${address}embed.html${hash}`)}" ${size}></iframe>`,
    policy: framePolicy(address),
  }),
  'sandboxed srcdoc': (site, _, element) => ({
    body: `<iframe sandbox="allow-scripts" srcdoc="${escaped(hostWith(site, element).body)}" ${size}></iframe>`,
    policy: elementPolicy(site.address),
  }),
};

inEachBrowser((stage) => {
  for (const [form, page] of Object.entries(forms)) {
    test(`every figure runs in a ${form}`, async () => {
      const site = await serveSite(undefined, 'worker-src blob:');
      try {
        const figures = ['moments', 'plane', 'uniform', 'hardmax', 'heatmap', 'sweep', 'window'];
        for (const figure of figures) {
          const short = `from="50" to="200" points="3" replicates="4"`;
          const own = figure === 'moments' ? attributesOf(quick) : /plane|heatmap/.test(figure) ? '' : short;
          const few = {
            u: '&u.n=50-200x3&u.r=4',
            t: '&t.n=50-200x3&t.r=4',
            w: '&w.n=50-200x3&w.r=4',
            l: '&l.r=4',
          };
          const hash = `${hashOf(quick)}${Object.values(few).join('')}&figure=${figure}`;
          const element = `<asymptoken-figure figure="${figure}" ${own}></asymptoken-figure>`;
          await visitHost(stage, page(site, hash, element), async (tab) => {
            const [drawn] = await embeddedDone(() => tab.frames()[0]);
            assert.equal(drawn!.problem, '', figure);
            if (figure === 'moments') checkPoints(drawn!, await core.run(specOf(quick)), quick);
            assert.deepEqual(tab.complaints, [], figure);
          });
        }
      } finally {
        site.close();
      }
    });
  }

  test('a figure runs in a page that its own policy sandboxes', async () => {
    const page = hostWith(stage.site, `<asymptoken-figure ${attributesOf(quick)}></asymptoken-figure>`);
    const policy = [...page.policy, 'sandbox allow-scripts'];
    await visitHost(stage, { ...page, policy }, async (tab) => {
      const [drawn] = await embeddedDone(() => tab);
      checkPoints(drawn!, await core.run(specOf(quick)), quick);
    });
  });
});
