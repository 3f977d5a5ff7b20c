import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from '../each-browser.ts';
import { attributesOf, embeddedDone } from '../embedded.ts';
import { hostWith, visitHost } from '../host.ts';
import { quick } from '../settings.ts';

inEachBrowser((stage) => {
  test('ten figures on one page stay responsive', async (context) => {
    const ten = Array.from(
      { length: 10 },
      (_, seed) =>
        `<asymptoken-figure ${attributesOf({ ...quick, n: [100, 1500, 6], r: 40, s: seed })}></asymptoken-figure>`,
    );
    await visitHost(stage, hostWith(stage.site, ten.join('')), async (tab) => {
      await tab.evaluate(watchDelays);
      // As a reader scrolls through.
      const drawn = await embeddedDone(() => tab, 10);
      assert.equal(new Set(drawn.map(({ points }) => points[0]!.mean)).size, 10);
      const delays = await tab.evaluate(() =>
        (globalThis as { delays?: number[] }).delays!.toSorted((a, b) => a - b),
      );
      const [median, most] = [0.5, 0.95].map((share) =>
        Math.round(delays[Math.floor(share * delays.length)]!),
      ) as [number, number];
      context.diagnostic(
        `${stage.name}: of ${delays.length} timers half were up to ${median} ms late, 95 % up to ${most} ms`,
      );
      assert.ok(median <= 50 && most <= 250, `timers were ${median} ms late, or ${most}`);
      const workers = tab.countWorkers();
      assert.ok(workers <= (await tab.evaluate(() => navigator.hardwareConcurrency)), `${workers} workers`);
    });
  });
});

/** Runs in the page: how many milliseconds late a timer is, again and again. */
function watchDelays(): void {
  const delays: number[] = ((globalThis as { delays?: number[] }).delays = []);
  const wait = 25;
  const watch = () => {
    const start = performance.now();
    setTimeout(() => {
      delays.push(performance.now() - start - wait);
      watch();
    }, wait);
  };
  watch();
}
