import { quote } from '../address.ts';
import type { Settings } from '../settings.ts';
import type { View } from '../view.ts';
import { settingNames, viewNames, type AttributeName } from './attributes.ts';

/** What an embedded figure is to the element around it; `settingschange` and `viewchange` say what the reader changed. */
export interface Figure extends HTMLElement {
  settings: Settings;
  view?: View;
}

interface Entry {
  tag: string;
  /** For who cannot see the frame that it is in. */
  title: string;
  /** Of all that can be set, what makes a difference to this figure. */
  attributes: readonly AttributeName[];
  /** Late, so that a page loads the figures that it shows. */
  load(): Promise<new () => Figure>;
}

const tokenNames = ['law', 'dimension', 'horizons', 'seed'] as const;

/** The figures that can stand alone. A new one is one entry here. */
export const figures: Readonly<Record<string, Entry>> = {
  moments: {
    tag: 'asymptoken-convergence',
    title: 'Error of attention against the number of tokens',
    attributes: settingNames,
    load: () => import('../convergence/element.ts').then((module) => module.ConvergenceFigure),
  },
  heatmap: {
    tag: 'asymptoken-heatmap',
    title: 'Softmax weights between tokens',
    attributes: [...tokenNames, ...viewNames],
    load: () => import('../heatmap/element.ts').then((module) => module.HeatmapFigure),
  },
};

export const defaultFigure = 'moments';

/** Rejects with one sentence when there is no such figure, or its code did not load. */
export async function makeFigure(name: string): Promise<Figure> {
  const entry = Object.hasOwn(figures, name) ? figures[name] : undefined;
  if (!entry) {
    throw new Error(`figure is ${quote(name)}; expected one of ${Object.keys(figures).join(', ')}.`);
  }
  const { tag, load } = entry;
  const figureClass = await load();
  if (!customElements.get(tag)) customElements.define(tag, figureClass);
  return document.createElement(tag) as Figure;
}
