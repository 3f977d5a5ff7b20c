import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Document } from './browsers.ts';
import { inEachBrowser } from './each-browser.ts';
import { framePolicy, hostWith, visitHost } from './host.ts';
import { until } from './page.ts';

// Light or dark: as the author of a page says of a figure, else as its reader prefers.

const light = { background: 'rgb(255, 255, 255)', text: 'rgb(28, 28, 26)', query: 'rgb(28, 28, 26)' };
const dark = { background: 'rgb(20, 21, 23)', text: 'rgb(231, 230, 226)', query: 'rgb(231, 230, 226)' };
const hostile = '"><img src=x onerror=alert(1)>';

interface Look {
  background: string;
  text: string;
  /** The outline of the plane's query, a shadow root further in. */
  query: string;
  problem: string;
  page: string;
}

/** Of each figure on a page, once all are drawn. */
async function looks(document: () => Document | undefined): Promise<Look[]> {
  let found: Look[] = [];
  await until('the figures', async () => {
    found =
      (await document()?.evaluate(() =>
        [...globalThis.document.querySelectorAll('asymptoken-figure')].map((figure) => {
          const root = figure.shadowRoot;
          const query = root?.querySelector('asymptoken-plane')?.shadowRoot?.querySelector('.query');
          const own = getComputedStyle(figure);
          return {
            background: own.backgroundColor,
            text: own.color,
            query: query ? getComputedStyle(query).stroke : '',
            problem: root?.querySelector('.problem')?.innerHTML ?? '',
            page: getComputedStyle(globalThis.document.body).backgroundColor,
          };
        }),
      )) ?? [];
    return found.length > 0 && found.every(({ query }) => query !== '');
  });
  return found;
}

const colours = ({ background, text, query }: Look) => ({ background, text, query });

inEachBrowser((stage) => {
  for (const reader of stage.name === 'Chromium' ? (['light', 'dark'] as const) : (['light'] as const)) {
    const own = reader === 'dark' ? dark : light;
    const options = { dark: reader === 'dark' };

    test(`an element is as its author says, for a reader who prefers ${reader}`, async () => {
      const page = hostWith(
        stage.site,
        ['', 'theme="light"', 'theme="dark"', `theme='${hostile}'`]
          .map((theme) => `<asymptoken-figure figure="plane" ${theme}></asymptoken-figure>`)
          .join(''),
      );
      await visitHost(
        stage,
        page,
        async (tab) => {
          // Those far down load when they come near.
          await tab.evaluate(() => {
            for (const figure of document.querySelectorAll<HTMLElement>('asymptoken-figure')) {
              Object.assign(figure.style, { position: 'absolute', top: '0' });
            }
          });
          const all = await looks(() => tab);
          assert.deepEqual(all.map(colours), [own, light, dark, own]);
          const problems = all.map(({ problem }) => problem);
          assert.deepEqual(problems.slice(0, 3), ['', '', '']);
          assert.match(problems[3]!, /^theme is “"&gt;&lt;img .*”; expected light or dark; .*used\.$/);
          await tab.evaluate(() =>
            document.querySelector('asymptoken-figure')!.setAttribute('theme', 'dark'),
          );
          assert.deepEqual(colours((await looks(() => tab))[0]!), dark);
        },
        options,
      );
    });

    test(`so is a frame, for a reader who prefers ${reader}`, async () => {
      const cases = [
        ['', own],
        ['&theme=light', light],
        ['&theme=dark', dark],
        [`&theme=${encodeURIComponent(hostile)}`, own],
      ] as const;
      const { address } = stage.site;
      for (const [theme, expected] of cases) {
        const hash = `#figure=plane&v=1${theme}`.replaceAll('&', '&amp;');
        const body = `<iframe src="${address}embed.html${hash}" title="A figure" width="700" height="700"></iframe>`;
        await visitHost(
          stage,
          { body, policy: framePolicy(address) },
          async (tab) => {
            const [look] = await looks(() => tab.frames()[0]);
            assert.deepEqual(colours(look!), expected, theme);
            assert.equal(look!.page, expected.background);
            const problem = /^theme is .*; expected light or dark/;
            assert[theme.length > 20 ? 'match' : 'doesNotMatch'](look!.problem, problem);
            assert.deepEqual(tab.complaints, []);
          },
          options,
        );
      }
    });
  }
});
