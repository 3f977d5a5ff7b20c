import assert from 'node:assert/strict';
import type { Result } from '../../wasm/src/api.ts';
import type { Document } from './browsers.ts';
import { close } from './close.ts';
import { until, type DrawnPoint } from './page.ts';
import type { Link } from './settings.ts';

// What a test reads off embedded figures. The functions handed to `evaluate` run in the page, so each stands alone.

export interface Embedded {
  /** Of the figure inside; '' until it is there. */
  state: string;
  problem: string;
  article: string;
  points: Pick<DrawnPoint, 'curve' | 'metric' | 'n' | 'mean'>[];
}

/** Every `<asymptoken-figure>` of a document. */
export function readEmbedded(document: Document): Promise<Embedded[]> {
  return document.evaluate(() =>
    [...globalThis.document.querySelectorAll('asymptoken-figure')].map((outer) => {
      const root = outer.shadowRoot;
      const inner = root?.querySelector<HTMLElement>('.place > *');
      const marks = inner?.shadowRoot?.querySelectorAll<SVGElement>('.point') ?? [];
      return {
        state: inner?.dataset['state'] ?? '',
        problem: root?.querySelector('.problem')?.textContent ?? '',
        article: root?.querySelector('a')?.href ?? '',
        points: [...marks].map(({ dataset }) => ({
          curve: Number(dataset['curve']),
          metric: dataset['metric']!,
          n: Number(dataset['n']),
          mean: Number(dataset['mean']),
        })),
      };
    }),
  );
}

/** Brings each on the screen in turn, waits for it, and reads all of them, `count` at least. */
export async function embeddedDone(document: () => Document | undefined, count = 1): Promise<Embedded[]> {
  let read: Embedded[] = [];
  await until(
    `${count} embedded figures to be done`,
    async () => {
      const there = document();
      if (!there) return false;
      try {
        read = await readEmbedded(there);
        await there.evaluate(
          showEmbedded,
          read.findIndex(({ state }) => state !== 'done'),
        );
      } catch {
        // A frame changes its document while it opens.
        return false;
      }
      return read.length >= count && read.every(({ state }) => state === 'done');
    },
    { seconds: 30 },
  );
  return read;
}

/** The drawn points are those of the core's result. */
export function checkPoints({ points }: Embedded, result: Result, link: Link): void {
  assert.equal(points.length, 2 * link.H.length * link.n[2]);
  for (const { curve, metric, n, mean } of points) {
    const point = result.curves[curve]?.points.find((one) => one.n === n);
    close(mean, point!.metrics[metric]!.mean!, 1e-5, `${metric} of curve ${curve} at n = ${n}`);
  }
}

/** The attributes that say what a link says. */
export function attributesOf({ law, d, H, n: [from, to, points], r, s }: Link): string {
  return (
    `law="${law}" dimension="${d}" horizons="${H.join(',')}" from="${from}" to="${to}" points="${points}" ` +
    `replicates="${r}" seed="${s}"`
  );
}

/** Runs in the page. */
function showEmbedded(index: number): void {
  document.querySelectorAll('asymptoken-figure')[index]?.scrollIntoView();
}
