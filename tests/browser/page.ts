import { setTimeout as sleep } from 'node:timers/promises';
import type { Tab } from './browsers.ts';
import type { Link } from './settings.ts';

// What a test reads off the page and does to it. The functions handed to `evaluate` run in the page, so each stands alone.

export type Figure = 'convergence' | 'uniform' | 'hardmax' | 'sweep' | 'window' | 'heatmap' | 'plane';

export interface DrawnPoint {
  curve: number;
  metric: string;
  n: number;
  mean: number;
  se: number;
  count: number;
}

export interface DrawnSlope {
  curve: number;
  metric: string;
  slope: number;
  se: number;
  /** As a reader sees it. */
  text: string;
}

export interface DrawnReference {
  curve: number;
  metric: string;
  name: string;
  status: string;
  slope: number;
}

export interface Chart {
  state: string;
  points: DrawnPoint[];
  /** Labels at the ends of the lines. */
  labels: DrawnSlope[];
  /** Cells of the table. */
  cells: DrawnSlope[];
  references: DrawnReference[];
}

export function readChart(tab: Tab, figure: Figure = 'convergence'): Promise<Chart> {
  return tab.evaluate((tag) => {
    const figure = document.querySelector<HTMLElement>(`asymptoken-${tag}`)!;
    const all = (selector: string) => [
      ...(figure.shadowRoot?.querySelectorAll<HTMLElement | SVGElement>(selector) ?? []),
    ];
    const slopeOf = (element: HTMLElement | SVGElement) => ({
      curve: Number(element.dataset['curve']),
      metric: element.dataset['metric']!,
      slope: Number(element.dataset['slope']),
      se: Number(element.dataset['se']),
      text: element.textContent ?? '',
    });
    return {
      state: figure.dataset['state']!,
      points: all('.point').map(({ dataset }) => ({
        curve: Number(dataset['curve']),
        metric: dataset['metric']!,
        n: Number(dataset['n']),
        mean: Number(dataset['mean']),
        se: Number(dataset['se']),
        count: Number(dataset['count']),
      })),
      labels: all('.label [data-slope]').map(slopeOf),
      cells: all('td[data-slope]').map(slopeOf),
      references: all('line.reference[data-slope]').map(({ dataset }) => ({
        curve: Number(dataset['curve']),
        metric: dataset['metric']!,
        name: dataset['name']!,
        status: dataset['status']!,
        slope: Number(dataset['slope']),
      })),
    };
  }, figure);
}

/** An attribute of a figure, or ''. */
export function attribute(tab: Tab, figure: Figure, name: string): Promise<string> {
  return tab.evaluate(([tag, key]) => document.querySelector(`asymptoken-${tag}`)?.getAttribute(key) ?? '', [
    figure,
    name,
  ] as [string, string]);
}

export async function until(
  what: string,
  holds: () => Promise<boolean>,
  { seconds = 60, every = 30 } = {},
): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await sleep(every);
  }
}

/** Brings a figure on the screen: off it, none runs, and far off it, none is loaded. */
export function show(tab: Tab, figure: Figure): Promise<void> {
  return tab.evaluate(async (name) => {
    const tag = `asymptoken-${name}`;
    const show = () => document.querySelector(tag)!.scrollIntoView({ block: 'start' });
    show();
    await customElements.whenDefined(tag);
    // Its parts come one after the other, the controls last.
    while (!document.querySelector(tag)!.shadowRoot!.querySelector('.controls')) {
      await new Promise(requestAnimationFrame);
    }
    // Those above may have taken another height.
    show();
  }, figure);
}

export async function reaches(tab: Tab, figure: Figure, state: string): Promise<void> {
  await show(tab, figure);
  await until(`${figure} to be ${state}`, async () => (await attribute(tab, figure, 'data-state')) === state);
}

/** Presses a button of a figure. */
export function act(tab: Tab, action: string, figure: Figure = 'convergence'): Promise<void> {
  return tab.evaluate(
    ([tag, name]) => {
      const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
      root.querySelector<HTMLButtonElement>(`button[data-action="${name}"]`)!.click();
    },
    [figure, action] as [string, string],
  );
}

/** Fills in a control of a figure, as typing and leaving it would. */
export function fill(tab: Tab, figure: Figure, name: string, value: string): Promise<void> {
  return tab.evaluate(
    ([tag, key, text]) => {
      const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
      const choice = root.querySelector<HTMLInputElement>(
        `input[type="radio"][name="${key}"][value="${text}"]`,
      );
      if (choice) return choice.click();
      const control = root.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${key}"]`)!;
      control.value = text;
      control.dispatchEvent(new Event('change', { bubbles: true }));
    },
    [figure, name, value] as [string, string, string],
  );
}

/** Gives the keyboard to the first element of a figure that matches. */
export function focus(tab: Tab, figure: Figure, selector: string): Promise<void> {
  return tab.evaluate(
    ([tag, which]) => {
      const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
      root.querySelector<HTMLElement>(which)!.focus();
    },
    [figure, selector] as [string, string],
  );
}

export function textOf(tab: Tab, figure: Figure, selector: string): Promise<string> {
  return tab.evaluate(
    ([tag, which]) =>
      document.querySelector(`asymptoken-${tag}`)!.shadowRoot!.querySelector(which)?.textContent ?? '',
    [figure, selector] as [string, string],
  );
}

/** Brings the heatmap on the screen, and waits for it. */
export async function showHeatmap(tab: Tab): Promise<void> {
  await reaches(tab, 'heatmap', 'done');
}

/** The convergence figure has some of this link's run: for a frame it shows what it opened with. */
export function hasPoints(tab: Tab, { n }: Link): Promise<void> {
  return until('points', async () => (await readChart(tab)).points.some((point) => point.n === n[1]));
}
