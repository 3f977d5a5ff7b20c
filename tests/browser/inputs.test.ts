import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Asymptoken, MapSpec, Result } from '../../wasm/src/api.ts';
import { normalMatrix } from '../command/attention.ts';
import { writeNpy } from '../command/npy.ts';
import type { Tab } from './browsers.ts';
import { catchDownloads, dropFiles, saved } from './downloads.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkColours, readPicture } from './heatmap.ts';
import { act, reaches, readChart, showHeatmap, textOf, until, type Figure } from './page.ts';
import { quick } from './settings.ts';

// A reader's own arrays, dropped on a figure: the page finds what the command finds in the same files.

const command =
  process.env['ASYMPTOKEN_COMMAND'] ?? join(import.meta.dirname, '../../build/native/asymptoken');

const tokens = normalMatrix(20_000, 64, 1, Float32Array);
const queries = normalMatrix(40, 8, 2, Float32Array);
const keys = normalMatrix(60, 8, 3, Float32Array);
const ownMap: MapSpec = {
  experiment: 'map',
  law: { type: 'points', points: { input: 'tokens' } },
  attention: { weights: 'random', seed: 3, horizons: [0.5] },
  queries: { radii: [1] },
  tokens: [100, 1000],
  replicates: 10,
};

let folder: string;
before(() => {
  assert.ok(existsSync(command), `${command} is missing: build it with ./dev build native`);
  folder = mkdtempSync(join(tmpdir(), 'asymptoken-'));
  for (const [name, matrix] of Object.entries({ tokens, queries, keys }))
    writeNpy(join(folder, `${name}.npy`), matrix);
  writeFileSync(join(folder, 'map.json'), JSON.stringify(ownMap));
});
after(() => rmSync(folder, { recursive: true }));

const file = (name: string): [string, Uint8Array] => [name, readFileSync(join(folder, name))];

function runNatively(words: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The command that the figure gives, and its spec where the command reads one. */
async function commandOf(tab: Tab, figure: Figure): Promise<string[]> {
  await tab.evaluate((tag) => {
    const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
    root.querySelector<HTMLDetailsElement>('.native')!.open = true;
  }, figure);
  await until('the command', async () => (await textOf(tab, figure, '.native code')) !== '');
  const [program, ...words] = (await textOf(tab, figure, '.native code')).split(' ');
  assert.equal(program, 'asymptoken');
  const spec = words.find((word) => word.endsWith('.spec.json'));
  if (spec) writeFileSync(join(folder, spec), await textOf(tab, figure, '.native .spec'));
  return words;
}

function assertAgree(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(found[i]! / value - 1) < 1e-5, `${i}: ${found[i]} instead of ${value}`);
  });
}

const means = ({ curves }: Result): number[] =>
  curves.flatMap(({ points }) =>
    points.flatMap(({ metrics }) => Object.values(metrics).map((estimate) => estimate!.mean!)),
  );

inEachBrowser((stage) => {
  test("20,000 tokens of one's own, dropped on the moments, give the command's numbers", async () => {
    await stage.visit({ ...quick, d: 64, H: [0.5] }, async (tab) => {
      await reaches(tab, 'convergence', 'done');
      await dropFiles(tab, 'convergence', [file('tokens.npy')]);
      const isOwn = async () =>
        /tokens\.npy, 20,000 × 64/.test(await textOf(tab, 'convergence', '.controls'));
      await until('the array', isOwn, { seconds: 20 });
      await until('its numbers', async () => (await readChart(tab)).points.length > 0, { seconds: 60 });
      await reaches(tab, 'convergence', 'done');
      await catchDownloads(tab);
      const result = JSON.parse(
        await saved(tab, 'convergence', 'result', 'asymptoken-moments.json'),
      ) as Result;
      const words = await commandOf(tab, 'convergence');
      assert.ok(words.join(' ').includes('--input tokens=tokens.npy'), words.join(' '));
      runNatively(words);
      const native = JSON.parse(readFileSync(join(folder, 'asymptoken-moments.json'), 'utf8')) as Result;
      assert.ok(means(native).length > 0);
      assertAgree(means(result), means(native));
      // The same array by its content.
      assert.deepEqual(result.inputs, native.inputs);
      assert.deepEqual(tab.complaints, []);
    });
  });

  test("a map of 20,000 tokens of one's own agrees in the page's core", async () => {
    const native = JSON.parse(
      runNatively(['run', 'map.json', '--input', 'tokens=tokens.npy', '--output', '-']),
    ) as Result;
    await stage.visit(quick, async (tab) => {
      const found = await tab.evaluate(
        async ({ spec, base64 }) => {
          const core = document.querySelector<HTMLLinkElement>('link[rel="modulepreload"][href*="/core-"]')!;
          const { load } = (await import(core.href)) as { load(): Promise<Asymptoken> };
          const asymptoken = await load();
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          const inputs = { tokens: await asymptoken.readNpy('tokens.npy', bytes) };
          const result = await asymptoken.run(spec, { inputs });
          asymptoken.close();
          return result;
        },
        { spec: ownMap, base64: Buffer.from(file('tokens.npy')[1]).toString('base64') },
      );
      assert.ok(means(native).length > 0);
      assertAgree(means(found), means(native));
      assert.deepEqual(found.inputs, native.inputs);
    });
  });

  test("queries and keys of one's own are shown, and the command writes the same weights", async () => {
    const scale = 1 / Math.sqrt(8);
    const side = 60;
    // In a square; below the last query there is nothing.
    const expected = new Float64Array(side * side).fill(NaN);
    for (let i = 0; i < queries.rows; ++i) {
      const logits = Array.from({ length: keys.rows }, (_, j) => {
        let sum = 0;
        for (let k = 0; k < 8; ++k) sum += queries.values[8 * i + k]! * keys.values[8 * j + k]!;
        return scale * sum;
      });
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      logits.forEach((logit, j) => (expected[side * i + j] = Math.exp(logit) / total));
    }
    await stage.visit(quick, async (tab) => {
      await showHeatmap(tab);
      await dropFiles(tab, 'heatmap', [file('keys.npy'), file('queries.npy')]);
      const summary = () => textOf(tab, 'heatmap', '.summary');
      await until('the arrays', async () => /queries\.npy and keys\.npy/.test(await summary()), {
        seconds: 20,
      });
      await showHeatmap(tab);
      const { cells, ...picture } = await readPicture(tab);
      const shown = side * queries.rows;
      checkColours({ ...picture, cells: cells.slice(0, shown) }, expected.subarray(0, shown));
      assert.equal(new Set(cells.slice(shown)).size, 1, 'nothing below the last query');
      assert.ok(!picture.bar.includes(cells.at(-1)!), 'nothing has no colour of a weight');

      await catchDownloads(tab);
      const numbers = (csv: string) => csv.trim().split(/[\n,]/).map(Number);
      const csv = numbers(await saved(tab, 'heatmap', 'csv', 'asymptoken-weights.csv'));
      const words = await commandOf(tab, 'heatmap');
      assert.equal(words[0], 'weights');
      runNatively(words);
      assertAgree(csv, numbers(readFileSync(join(folder, 'asymptoken-weights.csv'), 'utf8')));
      await act(tab, 'close-spec', 'heatmap');
      await until('the settings', async () => !/npy/.test(await summary()));
      assert.deepEqual(tab.complaints, []);
    });
  });
});
