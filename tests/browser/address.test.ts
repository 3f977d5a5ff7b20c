import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser } from './each-browser.ts';
import { attribute, show, until } from './page.ts';
import { defaults, hashOf, quick } from './settings.ts';

// Links come from strangers: what cannot be used is named and left at its default, and nothing in them is ever markup.

const hostile: [string, string, RegExp, string][] = [
  ['an unknown setting', `${hashOf(quick)}&evil=1`, /“evil”/, hashOf(quick)],
  ['a dimension that is no number', '#v=1&d=NaN', /d to “NaN”.*5 is used/, hashOf(defaults)],
  ['a dimension too large', '#v=1&d=1e99', /“1e99”/, hashOf(defaults)],
  [
    'markup',
    '#v=1&law=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E',
    /“<img src=x onerror=alert\(1\)>”/,
    hashOf(defaults),
  ],
  ['horizons that are not positive', '#v=1&H=1,-2', /H to “1,-2”/, hashOf(defaults)],
  ['too many horizons', `#v=1&H=${'1,'.repeat(16)}1`, /horizons/, hashOf(defaults)],
  ['a broken range', '#v=1&n=100-x3', /range of n/, hashOf(defaults)],
  ['a setting given twice', '#v=1&s=1&s=2', /s more than once/, hashOf(defaults)],
  ['a prototype for a key', '#v=1&__proto__=1&constructor=2', /“__proto__”.*“constructor”/, hashOf(defaults)],
  ['an unknown law of one figure', '#v=1&u.law=evil', /u.law to “evil”/, hashOf(defaults)],
  ['a negative temperature', '#v=1&t.T=-1', /t.T to “-1”/, hashOf(defaults)],
  ['a query out of the plane', '#v=1&p.x=99,99', /p.x to “99,99”/, hashOf(defaults)],
  ['a part of a heatmap that is none', '#v=1&z=1,2,0', /z to “1,2,0”/, hashOf(defaults)],
  ['another version', '#v=2&d=7', /version “2”/, hashOf(defaults)],
  ['no version', '#d=7', /no version/, hashOf(defaults)],
  ['a novel', `#v=1&d=${'7'.repeat(5000)}`, /longer/, hashOf(defaults)],
  ['bytes that are no text', '#v=1&d=%FF%00%E0%A4%A', /dimension/, hashOf(defaults)],
];

inEachBrowser((stage) => {
  for (const [name, hash, message, kept] of hostile) {
    test(`a link with ${name}`, async () => {
      await stage.visit(hash, async (tab) => {
        const notice = () => tab.evaluate(() => document.querySelector('#notice')!.textContent ?? '');
        await until('the message', async () => (await notice()) !== '');
        assert.match(await notice(), message);
        assert.equal(await tab.evaluate(() => location.hash), kept);
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
