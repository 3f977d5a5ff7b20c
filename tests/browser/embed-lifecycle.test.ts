import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { inEachBrowser } from './each-browser.ts';
import { attributesOf, embeddedDone, readEmbedded, type Embedded } from './embedded.ts';
import { hostWith, visitHost } from './host.ts';
import { until } from './page.ts';
import { endless, quick } from './settings.ts';

// Embedded figures come, share the workers, go, and leave nothing behind.

/** Room for all figures of a test at once. */
const tall = { height: 5000 };

const figure = `<asymptoken-figure ${attributesOf(quick)}></asymptoken-figure>`;

inEachBrowser((stage) => {
  test('figures share their workers, which end with the last of them and come back with the next', async () => {
    const body = `<asymptoken-figure ${attributesOf(endless)}></asymptoken-figure>${figure}`;
    await visitHost(
      stage,
      hostWith(stage.site, body),
      async (tab) => {
        const pointsOfBoth = async () => (await readEmbedded(tab)).every(({ points }) => points.length > 0);
        await until('points in both', pointsOfBoth, { seconds: 20 });
        const cores = await tab.evaluate(() => navigator.hardwareConcurrency);
        const workers = tab.countWorkers();
        assert.ok(workers >= 1 && workers <= cores, `${workers} workers on ${cores} cores`);

        // One that moves takes its workers with it.
        await tab.evaluate(() => {
          const all = document.querySelectorAll('asymptoken-figure');
          all[1]!.remove();
          document.body.prepend(all[0]!);
        });
        await until('points again', pointsOfBoth, { seconds: 20 });
        assert.equal(tab.countWorkers(), workers);

        await tab.evaluate(() => document.querySelector('asymptoken-figure')!.remove());
        await until('no worker', async () => tab.countWorkers() === 0, { seconds: 5 });

        await tab.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), figure);
        await embeddedDone(() => tab);
        assert.equal(tab.countWorkers(), workers);
        assert.deepEqual(tab.complaints, []);
      },
      tall,
    );
  });

  test('put back, a figure that was done shows what it had, and one that ran starts again', async () => {
    const body = `<asymptoken-figure ${attributesOf(endless)}></asymptoken-figure>${figure}`;
    await visitHost(
      stage,
      hostWith(stage.site, body),
      async (tab) => {
        const both = async (holds: (running: Embedded, done: Embedded) => boolean) => {
          const [running, done] = await readEmbedded(tab);
          return running !== undefined && done !== undefined && holds(running, done);
        };
        await until('one to run and one to be done', () =>
          both((running, done) => running.points.length > 0 && done.state === 'done'),
        );
        const [, before] = await readEmbedded(tab);
        await tab.evaluate(() => {
          const page = globalThis as { taken?: Element[] };
          page.taken = [...document.querySelectorAll('asymptoken-figure')];
          for (const one of page.taken) one.remove();
        });
        await until('no worker', async () => tab.countWorkers() === 0, { seconds: 5 });
        await tab.evaluate(() => document.body.append(...(globalThis as { taken?: Element[] }).taken!));
        await until('the run, and what there was', () =>
          both(
            ({ state, points }, done) =>
              state === 'running' && points.length > 0 && isDeepStrictEqual(done, before),
          ),
        );
        await until('workers', async () => tab.countWorkers() > 0, { seconds: 5 });
      },
      tall,
    );
  });

  test('nothing is defined but elements', async () => {
    await visitHost(stage, hostWith(stage.site, ''), async (tab) => {
      const names = () => tab.evaluate(() => [Object.keys(globalThis).sort(), document.head.children.length]);
      const before = await names();
      await tab.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), figure);
      await embeddedDone(() => tab);
      assert.deepEqual(await names(), before);
    });
  });

  if (stage.name === 'Chromium') {
    test('figures that were removed are forgotten', async () => {
      await visitHost(
        stage,
        hostWith(stage.site, ''),
        async (tab) => {
          for (const kind of ['moments', 'heatmap']) {
            const html = figure.replace('<asymptoken-figure', `$& figure="${kind}" tokens="16"`);
            await tab.evaluate((text) => document.body.insertAdjacentHTML('beforeend', text.repeat(3)), html);
            await embeddedDone(() => tab, 3);
            await tab.evaluate(() => {
              const figures = [...document.querySelectorAll('asymptoken-figure')];
              const inner = figures.map((one) => one.shadowRoot!.querySelector('.place > *')!);
              (globalThis as { gone?: WeakRef<Element>[] }).gone = [...figures, ...inner].map(
                (one) => new WeakRef(one),
              );
              for (const one of figures) one.remove();
            });
            const alive = () =>
              tab.evaluate(
                () => (globalThis as { gone?: WeakRef<Element>[] }).gone!.filter((one) => one.deref()).length,
              );
            await until(
              `${kind}: nothing to be left`,
              async () => {
                await tab.collectGarbage!();
                return (await alive()) === 0;
              },
              { seconds: 10, every: 200 },
            );
          }
        },
        tall,
      );
    });
  }
});
