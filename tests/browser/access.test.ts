import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Tab } from './browsers.ts';
import { inEachBrowser } from './each-browser.ts';
import { focus, reaches, readChart, showHeatmap, textOf, until } from './page.ts';
import { hashOf, quick } from './settings.ts';

// For everybody, on every screen, and in private.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(tab: Tab): Promise<string[]> {
  await tab.inject(`${axe}; 0`);
  return tab.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    const { violations: found } = await checker.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

inEachBrowser((stage) => {
  test('axe finds nothing', async () => {
    for (const dark of [false, true]) {
      if (dark && !stage.browser.canBeDark) continue;
      for (const width of [360, 1280]) {
        await stage.visit(
          quick,
          async (tab) => {
            await showHeatmap(tab);
            await reaches(tab, 'convergence', 'done');
            await tab.evaluate(() => {
              const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
              root.querySelector('details')!.open = true;
            });
            assert.deepEqual(await violations(tab), [], `${width} px wide, ${dark ? 'dark' : 'light'}`);
          },
          { width, dark },
        );
      }
    }
  });

  test('axe finds nothing while a problem is shown', async () => {
    await stage.visit(`${hashOf({ ...quick, n: [400, 50, 3] })}&x=1`, async (tab) => {
      await reaches(tab, 'convergence', 'error');
      assert.deepEqual(await violations(tab), []);
    });
  });

  test('asks nobody else for anything', async () => {
    await stage.visit(quick, async (tab) => {
      await showHeatmap(tab);
      await reaches(tab, 'convergence', 'done');
      // Firefox counts a font that it carries itself as a request for a data: address.
      const asked = tab.requests.filter((address) => !address.startsWith('data:'));
      const elsewhere = asked.filter((address) => !address.startsWith(stage.site.address));
      assert.deepEqual(elsewhere, []);
      assert.ok(asked.length > 2);
    });
  });

  test('fits every width without scrolling sideways', async () => {
    for (const width of [320, 360, 768, 1024, 1440, 3840]) {
      await stage.visit(
        quick,
        async (tab) => {
          await showHeatmap(tab);
          const [content, window] = await tab.evaluate(
            () => [document.documentElement.scrollWidth, document.documentElement.clientWidth] as const,
          );
          assert.ok(content <= window, `${content} px of content in ${window}`);
        },
        { width },
      );
    }
  });

  test('the keyboard reads off the points of a chart', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const { points } = await readChart(tab);
      await focus(tab, 'convergence', '.panel > svg');
      await tab.press('ArrowRight');
      await tab.press('ArrowRight');
      await tab.press('ArrowUp');
      const point = points.find(({ curve, metric, n }) => curve === 1 && metric === 'mean' && n > 50);
      assert.ok(point);
      const words = `H = 1, n = ${point.n}: error of the mean ${Number(point.mean.toPrecision(3))}`;
      await until(words, async () => (await textOf(tab, 'convergence', '.readout')).startsWith(words), {
        seconds: 5,
      });
      // The same point is marked in the other panel too.
      const marked = await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
        return [...root.querySelectorAll('.halo')].map((halo) => halo.getAttribute('visibility'));
      });
      assert.deepEqual(marked, [null, null]);
    });
  });

  test('Tab reaches every control', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const reached = new Set<string>();
      for (let i = 0; i < 400; i++) {
        await tab.press('Tab');
        reached.add(
          await tab.evaluate(() => {
            let active = document.activeElement;
            while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
            return (
              active?.getAttribute('name') ?? active?.getAttribute('data-action') ?? active?.localName ?? ''
            );
          }),
        );
      }
      const controls =
        'run step cancel reset svg summary png csv spec result law dimension replicates horizons from to points seed new-seed precision';
      const more = 'tokens head colour radii temperatures radius query';
      for (const name of `${controls} ${more}`.split(' '))
        assert.ok(reached.has(name), `Tab does not reach ${name}`);
    });
  });

  test('Enter works a button', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const before = await readChart(tab);
      await focus(tab, 'convergence', '[data-action="new-seed"]');
      await tab.press('Enter');
      await until('a new seed', async () => (await tab.evaluate(() => location.hash)) !== hashOf(quick));
      await reaches(tab, 'convergence', 'done');
      assert.notDeepEqual((await readChart(tab)).points, before.points);
    });
  });

  test('the charts and the heatmap say in words what they show', async () => {
    await stage.visit(quick, async (tab) => {
      await showHeatmap(tab);
      await reaches(tab, 'convergence', 'done');
      const [slopes] = (await readChart(tab)).labels;
      const words = await tab.evaluate(() => {
        const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
        return root.querySelector('.panel > svg')!.getAttribute('aria-label') ?? '';
      });
      assert.ok(slopes && words.replaceAll('−', '-').includes(slopes.slope.toFixed(3)), words);
      assert.match(await textOf(tab, 'heatmap', '.summary'), /128 tokens at H = 2.*weights run from/);
      assert.match(await textOf(tab, 'convergence', '[aria-live]'), /^Run finished\. .*slope/);
    });
  });

  // Firefox does not measure this.
  if (stage.name === 'Chromium') {
    test('nothing moves while it loads and runs', async () => {
      for (const width of [360, 768, 1440]) {
        await stage.visit(
          quick,
          async (tab) => {
            await reaches(tab, 'convergence', 'done');
            const shifts = await tab.evaluate(layoutShifts);
            const moved = shifts.reduce((sum, { value }) => sum + value, 0);
            assert.ok(moved < 0.01, `at ${width} px: ${JSON.stringify(shifts)}`);
          },
          { width },
        );
      }
    });
  }
});

/** Runs in the page. */
function layoutShifts(): Promise<{ value: number; what: string[] }[]> {
  interface Shift extends PerformanceEntry {
    value: number;
    sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
  }
  return new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const shifts = list.getEntries() as Shift[];
      const place = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ');
      resolve(
        shifts.map(({ value, sources }) => ({
          value,
          what: sources.map(
            ({ node, previousRect, currentRect }) =>
              `${node?.nodeName} ${node?.textContent?.slice(0, 20)}: ${place(previousRect)} to ${place(currentRect)}`,
          ),
        })),
      );
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve([]), 500);
  });
}
