import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { embeddedDone } from './embedded.ts';
import { hostWith, visitHost } from './host.ts';
import { act, attribute, reaches, show, textOf, until } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveSite } from './site.ts';

// The core leaves what few figures need to files of their own, which come when something in them is called.

/** Of the binaries that were asked for: `core`, or the piece's name; in the order of the alphabet. */
function piecesOf(requests: readonly string[]): string[] {
  const found = requests.flatMap((path) => /\/(?:simd128|relaxed)-?(\w*)\.wasm$/.exec(path)?.slice(1) ?? []);
  return [...new Set(found)].map((piece) => piece || 'core').sort();
}

const needed = {
  'figure="plane"': ['core', 'map', 'sample', 'shared'],
  'figure="uniform" replicates="12"': ['core', 'run', 'sample', 'shared', 'uniform'],
  'figure="moments" replicates="12"': ['core', 'run', 'sample'],
  'figure="moments" law="sphere" replicates="12"': ['core', 'moments', 'run', 'sample', 'shared'],
  'figure="hardmax" replicates="12"': ['core', 'hardmax', 'run', 'sample', 'shared'],
  'figure="window" replicates="12" context="1000"': ['core', 'run', 'sample', 'shared', 'window'],
  'figure="heatmap"': ['core', 'heatmap', 'run', 'sample', 'shared'],
  'figure="sweep" replicates="12"': ['core', 'run'],
};

inEachBrowser((stage) => {
  // One that no visit before has left anything of in the browser.
  beforeEach(async () => {
    stage.site.close();
    stage.site = await serveSite(/service-worker/);
  });

  for (const [attributes, pieces] of Object.entries(needed)) {
    test(`a figure loads what it needs, and no more: ${attributes}`, async () => {
      const page = hostWith(stage.site, `<asymptoken-figure ${attributes}></asymptoken-figure>`);
      await visitHost(stage, page, async (tab) => {
        const [drawn] = await embeddedDone(() => tab);
        assert.equal(drawn!.problem, '');
        assert.deepEqual(piecesOf(stage.site.requests), pieces);
      });
    });
  }

  test('a piece that does not come is named, and asked for again by the next run', async () => {
    const withheld = { test: (path: string) => !found && /-shared\.wasm$/.test(path) };
    let found = false;
    const site = await serveSite(withheld);
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address + hashOf({ ...quick, law: 'sphere' }));
      await show(tab, 'convergence');
      await reaches(tab, 'convergence', 'error');
      assert.match(
        await textOf(tab, 'convergence', '.problem'),
        /-shared\.wasm is missing: the server answered 404/,
      );
      found = true;
      // Another worker may be about to say that it missed it too.
      await until('a run that is done', async () => {
        const state = await attribute(tab, 'convergence', 'data-state');
        if (state === 'error') await act(tab, 'run');
        return state === 'done';
      });
      assert.equal(await textOf(tab, 'convergence', '.problem'), '');
    } finally {
      await tab.close();
      site.close();
    }
  });
});
