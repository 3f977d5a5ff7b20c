import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, embeddedDone, readEmbedded } from './embedded.ts';
import { hostWith, visitHost } from './host.ts';
import { until } from './page.ts';
import { quick } from './settings.ts';

// Pages that take no text for a script, and name who may make one.

const element = `<asymptoken-figure ${attributesOf(quick)}></asymptoken-figure>`;
const required = "require-trusted-types-for 'script'";
const policies = {
  'any policy may be made': [required],
  'ours is named': [required, 'trusted-types asymptoken'],
  'ours is named, in a page without an origin': [
    required,
    'trusted-types asymptoken',
    'sandbox allow-scripts',
  ],
};

inEachBrowser((stage) => {
  for (const [name, added] of Object.entries(policies)) {
    test(`a figure runs under Trusted Types where ${name}`, async () => {
      const page = hostWith(
        stage.site,
        element + element.replace('<asymptoken-figure', '$& figure="heatmap"'),
      );
      await visitHost(stage, { ...page, policy: [...page.policy, ...added] }, async (tab) => {
        const [curves] = await embeddedDone(() => tab, 2);
        assert.ok(curves!.points.length > 0);
        assert.deepEqual(
          tab.complaints.filter((text) => /trusted/i.test(text)),
          [],
        );
      });
    });
  }

  test('where only others are named, the figure says which one it needs', async () => {
    const page = hostWith(stage.site, element);
    const policy = [...page.policy, required, 'trusted-types others'];
    await visitHost(stage, { ...page, policy }, async (tab) => {
      await until('an error', async () => (await readEmbedded(tab))[0]?.state === 'error', { seconds: 20 });
      const problem = await tab.evaluate(
        () =>
          document
            .querySelector('asymptoken-figure')!
            .shadowRoot!.querySelector('.place > *')!
            .shadowRoot!.querySelector('.run-bar .why')!.textContent,
      );
      assert.match(problem ?? '', /expected asymptoken in trusted-types/);
    });
  });
});
