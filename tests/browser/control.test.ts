import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inEachBrowser } from './each-browser.ts';
import { act, fill, hasPoints, reaches, readChart, textOf, type Chart } from './page.ts';
import { hashOf, quick } from './settings.ts';
import { serveSite } from './site.ts';

// Run, pause, resume, cancel and every setting, by hand.

inEachBrowser((stage) => {
  test('pause stops, resume goes on, and the end is the same as without', async () => {
    const link = { ...quick, n: [100, 1500, 5] as [number, number, number], r: 40 };
    let straight: Chart | undefined;
    await stage.visit(link, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      straight = await readChart(tab);
    });
    await stage.visit(link, async (tab) => {
      await hasPoints(tab, link);
      await act(tab, 'pause');
      await reaches(tab, 'convergence', 'paused');
      await sleep(300);
      const held = await readChart(tab);
      await sleep(500);
      assert.deepEqual(await readChart(tab), held);
      await act(tab, 'resume');
      await reaches(tab, 'convergence', 'done');
      assert.deepEqual(await readChart(tab), straight);
    });
  });

  test('every setting changes the address and the run', async () => {
    await stage.visit(quick, async (tab) => {
      const settings: [string, string, Partial<typeof quick>][] = [
        ['dimension', '3', { d: 3 }],
        ['horizons', '0.25, 1.5', { H: [0.25, 1.5] }],
        ['from', '40', { n: [40, 400, 5] }],
        ['to', '300', { n: [40, 300, 5] }],
        ['points', '4', { n: [40, 300, 4] }],
        ['replicates', '8', { r: 8 }],
        ['seed', '123', { s: 123 }],
        ['law', 'sphere', { law: 'sphere' }],
      ];
      let expected = quick;
      for (const [name, value, change] of settings) {
        await reaches(tab, 'convergence', 'done');
        const before = await readChart(tab);
        await fill(tab, 'convergence', name, value);
        await reaches(tab, 'convergence', 'done');
        expected = { ...expected, ...change };
        assert.equal(await tab.evaluate(() => location.hash), hashOf(expected), name);
        assert.notDeepEqual((await readChart(tab)).points, before.points, name);
      }
      const chart = await readChart(tab);
      assert.equal(chart.points.length, 2 * 2 * 4);
      assert.ok(chart.points.every(({ count }) => count === 8));
    });
  });

  test('a new seed gives new numbers, and is in the address', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const before = await readChart(tab);
      await act(tab, 'new-seed');
      await reaches(tab, 'convergence', 'done');
      assert.notDeepEqual((await readChart(tab)).points, before.points);
      assert.notEqual(await tab.evaluate(() => location.hash), hashOf(quick));
    });
  });

  test('what cannot be run is refused in one sentence beside the controls', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      await fill(tab, 'convergence', 'replicates', '-3');
      await reaches(tab, 'convergence', 'error');
      assert.match(await textOf(tab, 'convergence', '.problem'), /number of replicates.*whole number.*-3/);
      assert.equal(await tab.evaluate(() => location.hash), hashOf(quick));
      await fill(tab, 'convergence', 'replicates', '6');
      await reaches(tab, 'convergence', 'done');
      assert.equal(await textOf(tab, 'convergence', '.problem'), '');
      // The core knows better than a form can: here the smallest n is above the largest.
      await fill(tab, 'convergence', 'from', '5000');
      await reaches(tab, 'convergence', 'error');
      assert.match(await textOf(tab, 'convergence', '.problem'), /5000/);
    });
  });

  test('a site whose core is missing says so, and its article stands', async () => {
    const site = await serveSite(/\/core-\w+\//);
    const tab = await stage.browser.open();
    try {
      await tab.goto(site.address);
      await reaches(tab, 'convergence', 'error');
      assert.match(await textOf(tab, 'convergence', '.problem'), /computing core did not load/);
      assert.match(await tab.evaluate(() => document.querySelector('h1')!.textContent ?? ''), /tokens/);
    } finally {
      await tab.close();
      site.close();
    }
  });
});
