import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asymptoken, Result } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { catchDownloads, openFile, pngColours, saved } from './downloads.ts';
import { inEachBrowser } from './each-browser.ts';
import { act, attribute, fill, reaches, readChart, show, textOf, until } from './page.ts';
import { endless, hashOf, quick, specOf } from './settings.ts';

// What every figure has: step, reset, a rule to stop by, waiting off the screen, and taking it away.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

const points = async (tab: Tab) => (await readChart(tab)).points;
const samples = async (tab: Tab) => (await points(tab)).reduce((sum, { count }) => sum + count, 0);

/** What has been measured once nothing more comes. */
async function settled(tab: Tab): Promise<number> {
  let before = NaN;
  let now = await samples(tab);
  while (now !== before) {
    await sleep(500);
    [before, now] = [now, await samples(tab)];
  }
  return now;
}

inEachBrowser((stage) => {
  test('a step measures a little more, and pauses', async () => {
    await stage.visit(endless, async (tab) => {
      await reaches(tab, 'convergence', 'running');
      await act(tab, 'reset');
      await until('an empty figure', async () => (await points(tab)).length === 0);
      await reaches(tab, 'convergence', 'idle');
      let before = 0;
      for (let step = 0; step < 3; step++) {
        await act(tab, 'step');
        await until('more', async () => (await samples(tab)) > before);
        await reaches(tab, 'convergence', 'paused');
        before = await settled(tab);
        await sleep(500);
        assert.equal(await samples(tab), before);
      }
      await act(tab, 'resume');
      await until('the rest', async () => (await samples(tab)) > before);
      await reaches(tab, 'convergence', 'running');
    });
  });

  test('a reset keeps the seed: the same numbers come again', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      const first = await readChart(tab);
      await act(tab, 'reset');
      await until('an empty figure', async () => (await points(tab)).length === 0);
      assert.equal(await tab.evaluate(() => location.hash), hashOf(quick));
      await act(tab, 'run');
      await reaches(tab, 'convergence', 'done');
      assert.deepEqual(await readChart(tab), first);
    });
  });

  test('a run stops once every bar is as small as asked for', async () => {
    await stage.visit({ ...endless, n: [50, 400, 4] }, async (tab) => {
      await fill(tab, 'convergence', 'precision', '8');
      await reaches(tab, 'convergence', 'done');
      const chart = await readChart(tab);
      for (const { mean, se } of chart.points) assert.ok(se <= 0.08 * mean, `${se} of ${mean}`);
      assert.ok(chart.points.every(({ count }) => count < 5000));
      assert.match(
        await textOf(tab, 'convergence', '.run-bar .status'),
        /precise enough after [\d,]+ samples/,
      );
      assert.match(await tab.evaluate(() => location.hash), /&e=8(&|$)/);
    });
  });

  test('says how far it is and how long it takes', async () => {
    await stage.visit({ ...endless, r: 2000 }, async (tab) => {
      const status = () => textOf(tab, 'convergence', '.run-bar .status');
      await until('a time', async () => /^\d+\s%, [\d.]+\s(s|min|h).* left$/.test(await status()));
      const fraction = () =>
        tab.evaluate(() => {
          const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
          return root.querySelector('progress')!.value;
        });
      const before = await fraction();
      await until('progress', async () => (await fraction()) > before);
      assert.ok((await fraction()) < 1);
    });
  });

  test('off the screen a figure waits, and goes on when it is back', async () => {
    await stage.visit(endless, async (tab) => {
      await until('points', async () => (await samples(tab)) > 0);
      await show(tab, 'heatmap');
      await until('waiting', async () => (await attribute(tab, 'convergence', 'data-held')) === '');
      await until('the word', async () =>
        /while off the screen/.test(await textOf(tab, 'convergence', '.run-bar .status')),
      );
      const held = await settled(tab);
      await sleep(500);
      assert.equal(await samples(tab), held);
      await show(tab, 'convergence');
      await until('more', async () => (await samples(tab)) > held);
    });
  });

  test('saves picture, numbers, spec and result', async () => {
    await stage.visit(quick, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      await catchDownloads(tab);
      const result = JSON.parse(
        await saved(tab, 'convergence', 'result', 'asymptoken-moments.json'),
      ) as Result;
      const expected = await core.run(specOf(quick));
      assert.equal(result.curves.length, expected.curves.length);
      assert.equal(result.complete, true);
      const spec = JSON.parse(
        await saved(tab, 'convergence', 'spec', 'asymptoken-moments.spec.json'),
      ) as unknown;
      assert.deepEqual(spec, await core.complete(specOf(quick)));

      const drawn = await points(tab);
      const [head, ...lines] = (await saved(tab, 'convergence', 'csv', 'asymptoken-moments.csv'))
        .trim()
        .split('\n');
      const columns = head!.split(',');
      assert.equal(lines.length, drawn.length);
      for (const line of lines) {
        const row = Object.fromEntries(line.split(',').map((cell, i) => [columns[i]!, cell]));
        const point = drawn.find(
          ({ curve, metric, n }) =>
            curve === Number(row['curve']) && metric === row['metric'] && n === Number(row['n']),
        );
        assert.equal(Number(row['mean']), point?.mean);
        assert.equal(Number(row['standard_error']), point?.se);
      }

      const svg = await saved(tab, 'convergence', 'svg', 'asymptoken-moments.svg');
      assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      for (const { mean } of drawn) assert.ok(svg.includes(`data-mean="${mean}"`));
      assert.ok(!/var\(--|class=/.test(svg), 'it needs no stylesheet');
      await act(tab, 'png');
      const colours = await pngColours(tab, 'asymptoken-moments.png');
      assert.ok(colours > 20, `${colours} colours in the PNG`);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test("the command runs the spec, and the figure opens the command's result", async () => {
    const command =
      process.env['ASYMPTOKEN_COMMAND'] ?? join(import.meta.dirname, '../../build/native/asymptoken');
    assert.ok(existsSync(command), `${command} is missing: build it with ./dev build native`);
    const folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
    try {
      await stage.visit(quick, async (tab) => {
        await reaches(tab, 'convergence', 'done');
        await tab.evaluate(() => {
          const root = document.querySelector('asymptoken-convergence')!.shadowRoot!;
          root.querySelector<HTMLDetailsElement>('.native')!.open = true;
        });
        const line = await textOf(tab, 'convergence', '.native code');
        const [program, ...words] = line.split(' ');
        assert.equal(program, 'asymptoken');
        // Another seed, so that what is opened differs from what was run.
        const spec = JSON.parse(await textOf(tab, 'convergence', '.native .spec')) as { seed: number };
        writeFileSync(join(folder, words[1]!), JSON.stringify({ ...spec, seed: 5 }));
        const options = { cwd: folder, encoding: 'utf8' } as const;
        const run = spawnSync(command, [...words, '--csv', 'native.csv'], options);
        assert.equal(run.status, 0, run.stderr);
        const written = readFileSync(join(folder, 'asymptoken-moments.json'), 'utf8');
        await openFile(tab, 'convergence', 'native.json', written);
        const { curves } = JSON.parse(written) as Result;
        await until('the opened numbers', async () => {
          const [first] = await points(tab);
          return first?.mean === curves[0]!.points[0]!.metrics['mean']!.mean;
        });
        assert.match(await textOf(tab, 'convergence', '.said'), /native\.json/);
        await catchDownloads(tab);
        const cells = (csv: string) =>
          csv
            .trim()
            .split('\n')
            .map((row) => row.split(','));
        const [head, ...rows] = cells(await saved(tab, 'convergence', 'csv', 'asymptoken-moments.csv'));
        const [nativeHead, ...nativeRows] = cells(readFileSync(join(folder, 'native.csv'), 'utf8'));
        assert.deepEqual(head, nativeHead);
        const metric = head!.indexOf('metric');
        const numbers = (all: string[][]) => all.map((row) => row.toSpliced(metric, 1).map(Number));
        assert.deepEqual(numbers(rows), numbers(nativeRows));

        // What the core refuses is tested by ../page.
        const before = await points(tab);
        const hostile: [string, RegExp][] = [
          ['{', /x\.json: result is `\{`; expected JSON/],
          [written.replace('"experiment": "moments"', '"experiment": "<b>map</b>"'), /of “<b>map<\/b>”/],
        ];
        for (const [content, message] of hostile) {
          await openFile(tab, 'convergence', 'x.json', content);
          await until('the refusal', async () => message.test(await textOf(tab, 'convergence', '.said')));
          assert.deepEqual(await points(tab), before);
        }
        assert.deepEqual(tab.complaints, []);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
