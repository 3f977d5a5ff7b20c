import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { attribute, show, until } from './page.ts';
import { defaults, hashOf, quick } from './settings.ts';

// Links come from strangers. What is said of which is tested by ../page; here it stands on the page, is never markup, and the
// figures run.

const hostile: [string, string, RegExp][] = [
  [
    'markup, and more that cannot be used',
    '#v=1&law=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&d=1e99&__proto__=1&t.T=-1',
    /“<img src=x onerror=alert\(1\)>”.*“1e99”.*“__proto__”.*“-1”/,
  ],
  // Browsers write some of these in their own way.
  ['bytes that are no text', '#v=1&d=%FF%00%E0%A4%A\u0001"<', /^The link sets d to .* 5 is used\.$/],
  ['another version', '#v=2&d=7', /version “2”/],
];

inEachBrowser((stage) => {
  for (const [name, hash, message] of hostile) {
    test(`a link with ${name}`, async () => {
      await stage.visit(hash, async (tab) => {
        const notice = () => tab.evaluate(() => document.querySelector('#notice')!.textContent ?? '');
        await until('the message', async () => (await notice()) !== '');
        assert.match(await notice(), message);
        assert.equal(await tab.evaluate(() => location.hash), hashOf(defaults));
        assert.equal(await tab.evaluate(() => document.querySelectorAll('#notice *').length), 0);
        await show(tab, 'convergence');
        assert.match(await attribute(tab, 'convergence', 'data-state'), /idle|running|done/);
        assert.deepEqual(tab.complaints, []);
      });
    });
  }

  test('a good link has no message and is kept as it is', async () => {
    const link = {
      ...quick,
      law: 'sphere' as const,
      d: 4,
      H: [0.125, 3],
      s: 7,
      m: 64,
      h: 0,
      c: 'linear' as const,
    };
    await stage.visit(link, async (tab) => {
      await until('a run', async () => (await attribute(tab, 'convergence', 'data-state')) !== '');
      assert.equal(await tab.evaluate(() => location.hash), hashOf(link));
      assert.equal(await tab.evaluate(() => document.querySelector('#notice')!.textContent), '');
    });
  });

  test('an address edited on the open page is followed', async () => {
    await stage.visit(quick, async (tab) => {
      const other = { ...quick, s: 5, d: 2 };
      await tab.evaluate((hash) => {
        location.hash = hash;
      }, hashOf(other));
      const seed = () =>
        tab.evaluate(
          () =>
            document
              .querySelector('asymptoken-convergence')!
              .shadowRoot!.querySelector<HTMLInputElement>('[name="seed"]')!.value,
        );
      await until('the seed of the address', async () => (await seed()) === '5', { seconds: 10 });
    });
  });
});
