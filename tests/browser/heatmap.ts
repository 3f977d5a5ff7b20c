import assert from 'node:assert/strict';
import type { Tab } from './browsers.ts';
import { close } from './close.ts';
import type { Link } from './settings.ts';

// The heatmap's pixels, read back through the page's own colour bar.

export interface Picture {
  n: number;
  /** Packed colours, row-major. */
  cells: number[];
  bar: number[];
  low: number;
  high: number;
  scale: string;
}

export function readPicture(tab: Tab): Promise<Picture> {
  return tab.evaluate(() => {
    const root = document.querySelector('asymptoken-heatmap')!.shadowRoot!;
    const packed = (canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return [...new Uint32Array(data.buffer)];
    };
    const canvas = root.querySelector<HTMLCanvasElement>('.grid canvas')!;
    const bar = root.querySelector<HTMLElement>('.colour-bar')!;
    return {
      n: canvas.width,
      cells: packed(canvas),
      bar: packed(bar.querySelector('canvas')!),
      low: Number(bar.dataset['low']),
      high: Number(bar.dataset['high']),
      scale: bar.dataset['scale']!,
    };
  });
}

/** Every cell has the colour that the bar gives to its weight, up to one of the 256 steps. */
export function checkPicture(picture: Picture, link: Link, weights: Float64Array): void {
  assert.equal(picture.n, link.m);
  assert.equal(picture.scale, link.c);
  checkColours(picture, weights);
}

export function checkColours({ cells, bar, low, high, scale }: Picture, weights: ArrayLike<number>): void {
  assert.equal(cells.length, weights.length);
  close(
    high,
    Array.from(weights).reduce((a, b) => Math.max(a, b), 0),
    1e-4,
    'the top of the colour bar',
  );
  assert.ok(new Set(bar).size > 250, 'the colours of the bar are told apart');
  const places = new Map<number, number[]>();
  bar.forEach((colour, index) => places.set(colour, [...(places.get(colour) ?? []), index]));
  cells.forEach((colour, cell) => {
    const weight = weights[cell]!;
    const t = scale === 'log' ? Math.log(weight / low) / Math.log(high / low) : (weight - low) / (high - low);
    const expected = (bar.length - 1) * Math.min(Math.max(t, 0), 1);
    const off = Math.min(...(places.get(colour) ?? []).map((index) => Math.abs(index - expected)));
    assert.ok(off <= 0.6, `cell ${cell} of weight ${weight} is ${off} steps of colour away`);
  });
}
