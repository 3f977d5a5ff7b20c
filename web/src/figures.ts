import { quote, type PageState } from './address.ts';
import type { ExperimentName } from './experiments/all.ts';
import type { Settings } from './experiments/settings.ts';
import { inFrame } from './frames.ts';
import type { PlaneView } from './plane/view.ts';
import type { View } from './view.ts';

/** What a figure is to the page around it; `settingschange` and `viewchange` say what the reader changed. */
export interface Figure extends HTMLElement {
  settings?: Settings;
  view?: View | PlaneView;
}

export interface FigureKind {
  tag: string;
  /** For who cannot see it. */
  title: string;
  /** Whose settings it has. */
  experiment: ExperimentName | null;
  view: 'view' | 'plane' | null;
  /** Late, so that a page loads the figures that are looked at. */
  load(): Promise<CustomElementConstructor>;
}

/** All figures, in the article's order. Each stands there and in other people's pages. */
export const figures = {
  plane: {
    tag: 'asymptoken-plane',
    title: 'One query among tokens of the plane',
    experiment: null,
    view: 'plane',
    load: () => import('./plane/element.ts').then((module) => module.PlaneFigure),
  },
  uniform: {
    tag: 'asymptoken-uniform',
    title: 'Largest error over the queries of a ball, against the number of tokens',
    experiment: 'uniform',
    view: null,
    load: () => import('./convergence/uniform-figure.ts').then((module) => module.UniformFigure),
  },
  moments: {
    tag: 'asymptoken-convergence',
    title: 'Errors of mean and covariance against the number of tokens',
    experiment: 'moments',
    view: null,
    load: () => import('./convergence/moments-figure.ts').then((module) => module.MomentsFigure),
  },
  hardmax: {
    tag: 'asymptoken-hardmax',
    title: 'Attention as its temperature falls to 0',
    experiment: 'hardmax',
    view: null,
    load: () => import('./convergence/hardmax-figure.ts').then((module) => module.HardmaxFigure),
  },
  heatmap: {
    tag: 'asymptoken-heatmap',
    title: 'Softmax weights between tokens',
    experiment: 'moments',
    view: 'view',
    load: () => import('./heatmap/element.ts').then((module) => module.HeatmapFigure),
  },
  sweep: {
    tag: 'asymptoken-sweep',
    title: 'Slope of the errors against the horizon',
    experiment: 'sweep',
    view: null,
    load: () => import('./convergence/sweep-figure.ts').then((module) => module.SweepFigure),
  },
} satisfies Record<string, FigureKind>;

export type FigureName = keyof typeof figures;

export const defaultFigure: FigureName = 'moments';

/** Throws one sentence when there is no such figure. */
export function figureKind(name: string): FigureKind {
  if (Object.hasOwn(figures, name)) return figures[name as FigureName];
  throw new Error(`figure is ${quote(name)}; expected one of ${Object.keys(figures).join(', ')}.`);
}

/** Loads a figure's code, once, then sets one up. */
export async function loadFigure({ tag, load }: FigureKind, setUp: () => void): Promise<void> {
  const figureClass = await load();
  inFrame(() => {
    if (!customElements.get(tag)) customElements.define(tag, figureClass);
    setUp();
    return true;
  });
}

/** Hands a figure its part of the state. */
export function configure(figure: Figure, { experiment, view }: FigureKind, state: PageState): void {
  if (experiment) figure.settings = state.experiments[experiment];
  if (view) figure.view = state[view];
}

/** Tells what becomes of the state when the reader changes something in a figure. */
export function follow(
  figure: Figure,
  { experiment, view }: FigureKind,
  changed: (change: (state: PageState) => PageState) => void,
): void {
  figure.addEventListener('settingschange', (event) => {
    const { detail } = event as CustomEvent<Settings>;
    if (experiment) {
      changed((state) => ({ ...state, experiments: { ...state.experiments, [experiment]: detail } }));
    }
  });
  figure.addEventListener('viewchange', (event) => {
    const { detail } = event as CustomEvent<View | PlaneView>;
    if (view) changed((state) => ({ ...state, [view]: detail }));
  });
}
