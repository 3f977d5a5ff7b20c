import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Asymptoken } from '../../wasm/src/api.ts';
import type { Tab } from './browsers.ts';
import { loadCore } from './core.ts';
import { inEachBrowser } from './each-browser.ts';
import { checkColours, readPicture } from './heatmap.ts';
import { reaches, showHeatmap, textOf, until } from './page.ts';
import { hashOf, quick, specOf, type Link } from './settings.ts';

// Fingers, wheel and double clicks on the heatmap. The events are made here: neither browser's driver has fingers.

let core: Asymptoken;
before(async () => {
  core = await loadCore();
});
after(() => core?.close());

const link: Link = { ...quick, m: 512, h: 0 };
const part = `${hashOf(link)}&z=100,200,64`;

/** Fractions of the picture's sides. */
type Place = readonly [x: number, y: number];

interface Press {
  type: 'pointerdown' | 'pointermove' | 'pointerup' | 'dblclick' | 'wheel';
  finger?: number;
  at: Place;
  deltaY?: number;
}

/** All in one task, as the browser would send them. */
function send(tab: Tab, presses: Press[]): Promise<void> {
  return tab.evaluate((all) => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    const canvas = root.querySelector('.grid canvas')!;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    for (const { type, finger = 1, at, deltaY = 0 } of all) {
      const where = { clientX: left + at[0] * width, clientY: top + at[1] * height, cancelable: true };
      const pointer = { pointerId: 100 + finger, pointerType: 'touch', isPrimary: finger === 1 };
      canvas.dispatchEvent(
        type === 'wheel'
          ? new WheelEvent(type, { ...where, deltaY, ctrlKey: true })
          : type === 'dblclick'
            ? new MouseEvent(type, where)
            : new PointerEvent(type, { ...where, ...pointer }),
      );
    }
  }, presses);
}

/** Fingers that go from where they are to elsewhere, in turns and in many small moves. */
function gesture(fingers: [from: Place, to: Place][]): Press[] {
  const steps = 40;
  const at = ([from, to]: [Place, Place], step: number): Place => [
    from[0] + ((to[0] - from[0]) * step) / steps,
    from[1] + ((to[1] - from[1]) * step) / steps,
  ];
  const each = (type: Press['type'], step: number) =>
    fingers.map((path, finger): Press => ({ type, finger: finger + 1, at: at(path, step) }));
  const moves = Array.from({ length: steps }, (_, step) => each('pointermove', step + 1)).flat();
  return [...each('pointerdown', 0), ...moves, ...each('pointerup', steps)];
}

const tap = (at: Place): Press[] => [
  { type: 'pointerdown', at },
  { type: 'pointerup', at },
];

/** The part in the address and the picture of it. */
async function check(tab: Tab, row: number, column: number, size: number): Promise<void> {
  const there = new RegExp(`&z=${row},${column},${size}(&|$)`);
  const hash = () => tab.evaluate(() => location.hash);
  await until(`the part ${row},${column},${size}`, async () => there.test(await hash()), { seconds: 5 });
  await reaches(tab, 'heatmap', 'done');
  const { weights } = await core.heatmap(specOf(link), {
    n: link.m,
    head: link.h,
    rows: [row, row + size],
    columns: [column, column + size],
  });
  const picture = await readPicture(tab);
  assert.equal(picture.n, size);
  checkColours(picture, weights);
}

inEachBrowser((stage) => {
  const visit = (hash: string, use: (tab: Tab) => Promise<void>) =>
    stage.visit(hash, async (tab) => {
      await showHeatmap(tab);
      await use(tab);
      assert.deepEqual(tab.complaints, []);
    });

  test('two fingers that part zoom in about the middle between them, and back', async () => {
    await visit(part, async (tab) => {
      const near: [Place, Place] = [
        [0.25, 0.5],
        [0.75, 0.5],
      ];
      const far: [Place, Place] = [
        [0, 0.5],
        [1, 0.5],
      ];
      await send(tab, gesture([0, 1].map((finger) => [near[finger]!, far[finger]!])));
      await check(tab, 116, 216, 32);
      await send(tab, gesture([0, 1].map((finger) => [far[finger]!, near[finger]!])));
      await check(tab, 100, 200, 64);
      // Not about the middle: what is under the fingers stays there.
      await send(
        tab,
        gesture([
          [
            [0, 0],
            [0, 0],
          ],
          [
            [0.5, 0.5],
            [1, 1],
          ],
        ]),
      );
      await check(tab, 100, 200, 32);
    });
  });

  test('two fingers that move alike move the picture', async () => {
    await visit(part, async (tab) => {
      const shift = ([x, y]: Place): [Place, Place] => [
        [x, y],
        [x - 0.125, y + 0.25],
      ];
      await send(tab, gesture([shift([0.3, 0.2]), shift([0.8, 0.6])]));
      await check(tab, 84, 208, 64);
    });
  });

  test('two fingers zoom into the whole; of the whole there is no more', async () => {
    await visit(hashOf(link), async (tab) => {
      const closer: [Place, Place][] = [
        [
          [0.1, 0.1],
          [0.4, 0.4],
        ],
        [
          [0.9, 0.9],
          [0.6, 0.6],
        ],
      ];
      await send(tab, gesture(closer));
      assert.equal(await tab.evaluate(() => location.hash), hashOf(link));
      await send(tab, gesture(closer.map(([from, to]) => [to, from])));
      await check(tab, 192, 192, 128);
    });
  });

  test('one finger moves a part, and points in the whole', async () => {
    const path: [Place, Place][] = [
      [
        [0.5, 0.5],
        [0.75, 0.25],
      ],
    ];
    await visit(part, async (tab) => {
      await send(tab, gesture(path));
      await check(tab, 116, 184, 64);
    });
    await visit(hashOf(link), async (tab) => {
      await send(tab, gesture(path));
      assert.equal(await tab.evaluate(() => location.hash), hashOf(link));
      assert.match(await textOf(tab, 'heatmap', '.readout'), /^Query 129, key 385: weight/);
    });
  });

  test('a double tap zooms in, once', async () => {
    await visit(part, async (tab) => {
      // A browser may report it as a double click besides.
      await send(tab, [...tap([0.25, 0.25]), ...tap([0.25, 0.25]), { type: 'dblclick', at: [0.25, 0.25] }]);
      await check(tab, 108, 208, 32);
      await send(tab, [...tap([0.1, 0.1]), ...tap([0.9, 0.9])]);
      await check(tab, 108, 208, 32);
    });
  });

  test('a double click zooms in', async () => {
    await visit(part, async (tab) => {
      await send(tab, [{ type: 'dblclick', at: [0.75, 0.25] }]);
      await check(tab, 108, 224, 32);
    });
  });

  test('small turns of the wheel, as touchpads make them, add up', async () => {
    await visit(part, async (tab) => {
      const turns = (deltaY: number) =>
        Array.from({ length: 100 }, (): Press => ({ type: 'wheel', at: [0.5, 0.5], deltaY }));
      await send(tab, turns(-2 * Math.LN2));
      await check(tab, 116, 216, 32);
      await send(tab, turns(2 * Math.LN2));
      await check(tab, 100, 200, 64);
    });
  });
});
