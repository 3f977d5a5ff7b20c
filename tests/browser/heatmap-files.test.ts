import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Asymptoken, Spec } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { catchDownloads, openFile, pngColours, saved } from './downloads.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkColours, readPicture } from './heatmap.ts';
import { act, fill, showHeatmap, textOf, until } from './page.ts';
import { hashOf, quick, specOf, type Link } from './settings.ts';
import { softmaxWeights } from './softmax.ts';

// What a reader takes away from the heatmap: numbers, pictures, the spec, and the command that finds the same.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

const command =
  process.env['ASYMPTOKEN_COMMAND'] ?? join(import.meta.dirname, '../../build/native/asymptoken');

const numbers = (csv: string) =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').map(Number));

function assertClose(actual: number[][], expected: number[][], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((row, i) => {
    assert.equal(row.length, expected[i]!.length);
    row.forEach((weight, j) =>
      assert.ok(Math.abs(weight / expected[i]![j]! - 1) < tolerance, `(${i}, ${j}): ${weight}`),
    );
  });
}

/** Runs the line that the page gives, on the spec that it gives. */
async function runNatively(tab: Tab): Promise<number[][]> {
  assert.ok(existsSync(command), `${command} is missing: build it with ./dev build native`);
  await tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    root.querySelector<HTMLDetailsElement>('.native')!.open = true;
  });
  const [program, ...words] = (await textOf(tab, 'heatmap', '.native code')).split(' ');
  assert.equal(program, 'asymptoken');
  const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  try {
    writeFileSync(join(folder, words[1]!), await textOf(tab, 'heatmap', '.native .spec'));
    const { status, stderr } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return numbers(readFileSync(join(folder, 'asymptoken-weights.csv'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

inEachBrowser((stage) => {
  test('saves numbers, spec and pictures of what is on the screen', async () => {
    const link: Link = { ...quick, m: 200, h: 1 };
    await stage.visit(`${hashOf(link)}&z=20,130,40`, async (tab) => {
      await showHeatmap(tab);
      await catchDownloads(tab);
      const csv = numbers(await saved(tab, 'heatmap', 'csv', 'asymptoken-weights.csv'));
      const { weights } = await core.heatmap(specOf(link), {
        n: 200,
        head: 1,
        rows: [20, 60],
        columns: [130, 170],
      });
      const expected = csv.map((_, row) => [...weights.subarray(40 * row, 40 * (row + 1))]);
      assertClose(csv, expected, 1e-5);
      const spec = JSON.parse(await saved(tab, 'heatmap', 'spec', 'asymptoken-weights.spec.json')) as Spec;
      const n = { from: 200, to: 200, count: 1 };
      assert.deepEqual(spec, await core.complete({ ...specOf(link), tokens: n, replicates: 1 }));
      const svg = await saved(tab, 'heatmap', 'svg', 'asymptoken-weights.svg');
      assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      assert.match(svg, /<image href="data:image\/png;base64,/);
      assert.ok(!/var\(--|class=/.test(svg), 'it needs no stylesheet');
      await saved(tab, 'heatmap', 'png', 'asymptoken-weights.png');
      const colours = await pngColours(tab, 'asymptoken-weights.png');
      assert.ok(colours > 200, `${colours} colours in the PNG`);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test("a spec of one's own is shown: any law, any query-key matrix", async () => {
    const A = [
      [0.8, -1.1],
      [0.3, 0.5],
    ];
    const own: Spec = {
      experiment: 'map',
      seed: 5,
      law: { type: 'box', dimension: 2, half_widths: [1, 2] },
      attention: { matrix: A, value: [[1, 2]] },
      queries: { points: [[1, 0]] },
      tokens: [10, 20],
      replicates: 3,
    };
    const n = 60;
    const link = hashOf({ ...quick, m: n });
    await stage.visit(link, async (tab) => {
      await showHeatmap(tab);
      const before = await readPicture(tab);
      const isOwn = (words: string) => /^Attention among 60 tokens of own\.json at H = /.test(words);
      const summary = () => textOf(tab, 'heatmap', '.summary');
      await openFile(tab, 'heatmap', 'own.json', JSON.stringify(own));
      await until('the spec', async () => isOwn(await summary()));
      await showHeatmap(tab);
      checkColours(await readPicture(tab), softmaxWeights(await core.tokens(own, n), A));
      // The address is that of the page's own settings.
      assert.equal(await tab.evaluate(() => location.hash), link);
      await fill(tab, 'heatmap', 'seed', '6');
      await showHeatmap(tab);
      checkColours(await readPicture(tab), softmaxWeights(await core.tokens({ ...own, seed: 6 }, n), A));
      assert.equal(await tab.evaluate(() => location.hash), link);
      await catchDownloads(tab);
      const csv = numbers(await saved(tab, 'heatmap', 'csv', 'asymptoken-weights.csv'));
      assertClose(await runNatively(tab), csv, 2e-5);

      const hostile: [string, RegExp][] = [
        ['{', /^x\.json is no spec/],
        ['[1]', /^x\.json is no spec/],
        [JSON.stringify({ ...own, experiment: '<b>' }), /^x\.json: experiment is .*<b>.*; expected/],
        [
          JSON.stringify({ ...own, attention: { matrix: [[1]] } }),
          /^x\.json: attention\.matrix is .*; expected/,
        ],
      ];
      for (const [content, message] of hostile) {
        await openFile(tab, 'heatmap', 'x.json', content);
        await until(
          `the refusal of ${content}`,
          async () => message.test(await textOf(tab, 'heatmap', '.said')),
          {
            seconds: 10,
          },
        );
        assert.ok(isOwn(await summary()));
      }
      await act(tab, 'close-spec', 'heatmap');
      await until('the settings', async () => !isOwn(await summary()));
      await showHeatmap(tab);
      assert.deepEqual(await readPicture(tab), before);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test('the command finds the numbers that are on the screen: weights, a part of them, and pooled ones', async () => {
    const links = [
      hashOf({ ...quick, m: 64, h: 2 }),
      `${hashOf({ ...quick, law: 'sphere', d: 3, m: 300, h: 0 })}&z=11,240,50`,
      `${hashOf({ ...quick, m: 3000, h: 1 })}&q=mean`,
    ];
    for (const link of links) {
      await stage.visit(link, async (tab) => {
        await showHeatmap(tab);
        await catchDownloads(tab);
        const csv = numbers(await saved(tab, 'heatmap', 'csv', 'asymptoken-weights.csv'));
        assertClose(await runNatively(tab), csv, 2e-5);
      });
    }
    await stage.visit(links[2]!, async (tab) => {
      await showHeatmap(tab);
      await fill(tab, 'heatmap', 'pooling', 'largest');
      await showHeatmap(tab);
      await catchDownloads(tab);
      const csv = numbers(await saved(tab, 'heatmap', 'csv', 'asymptoken-weights.csv'));
      assertClose(await runNatively(tab), csv, 2e-5);
    });
  });
});
