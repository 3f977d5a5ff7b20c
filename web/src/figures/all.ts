import { quote } from '../base/fields.ts';
import { inFrame } from '../base/frames.ts';
import type { Result } from '../base/core.ts';
import type { Companion } from '../experiment/companion.ts';
import type { ExperimentKind } from '../experiment/kind.ts';
import type { Settings } from '../experiment/settings.ts';
import type { View } from '../heatmap/view.ts';
import type { PlaneView } from '../plane/view.ts';
import type { PageState } from './address.ts';
import { kinds, type ExperimentName } from './kinds.ts';

/** What a figure is to the page around it; `settingschange` and `viewchange` say what the reader changed. */
export interface FigureElement extends HTMLElement {
  settings?: Settings;
  view?: View | PlaneView;
  drawForPrint?(): void;
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
    load: () => import('../plane/element.ts').then((module) => module.PlaneFigure),
  },
  uniform: {
    tag: 'asymptoken-uniform',
    title: 'Largest error over the queries of a ball, against the number of tokens',
    experiment: 'uniform',
    view: null,
    load: () =>
      experimentFigure(
        kinds.uniform,
        import('core:result/balls'),
        import('../companions/error-field.ts').then((module) => module.ErrorField),
      ),
  },
  moments: {
    tag: 'asymptoken-convergence',
    title: 'Errors of mean and covariance against the number of tokens',
    experiment: 'moments',
    view: null,
    load: () =>
      experimentFigure(
        kinds.moments,
        import('core:result/horizons'),
        import('../companions/clouds.ts').then((module) => module.Clouds),
      ),
  },
  hardmax: {
    tag: 'asymptoken-hardmax',
    title: 'Attention as its temperature falls to 0',
    experiment: 'hardmax',
    view: null,
    load: () => experimentFigure(kinds.hardmax, import('core:result/cooling')),
  },
  heatmap: {
    tag: 'asymptoken-heatmap',
    title: 'Softmax weights between tokens',
    experiment: 'moments',
    view: 'view',
    load: () => import('../heatmap/element.ts').then((module) => module.heatmapFigure(kinds.moments)),
  },
  sweep: {
    tag: 'asymptoken-sweep',
    title: 'Slope of the errors against the horizon',
    experiment: 'sweep',
    view: null,
    load: () => experimentFigure(kinds.sweep, import('core:result/horizon-sweep')),
  },
  window: {
    tag: 'asymptoken-window',
    title: 'A sequence in which each token sees a few others, against the number that it sees',
    experiment: 'window',
    view: null,
    load: () => experimentFigure(kinds.window, import('core:result/windows')),
  },
} satisfies Record<string, FigureKind>;

/** A figure of an experiment, which opens with a result and may have a picture of one sample beside. */
async function experimentFigure(
  kind: ExperimentKind,
  result: Promise<{ default: Result }>,
  companion?: Promise<new () => Companion>,
): Promise<CustomElementConstructor> {
  const { ExperimentFigure } = await import('../experiment/element.ts');
  const { default: first } = await result;
  const Beside = await companion;
  return class extends ExperimentFigure {
    constructor() {
      super(kind, first, Beside ? new Beside() : null);
    }
  };
}

export type FigureName = keyof typeof figures;

export const defaultFigure: FigureName = 'moments';

/** Throws one sentence when there is no such figure. */
export function figureKind(name: string): FigureKind {
  if (Object.hasOwn(figures, name)) return figures[name as FigureName];
  throw new Error(`figure is ${quote(name)}; expected one of ${Object.keys(figures).join(', ')}.`);
}

const fetched = new Map<FigureKind, CustomElementConstructor>();

/** Only its code, for when there is no time to wait for it. */
export async function fetchFigure(kind: FigureKind): Promise<void> {
  if (!fetched.has(kind)) fetched.set(kind, await kind.load());
}

/** Loads a figure's code, once, then sets one up. */
export async function loadFigure(kind: FigureKind, setUp: () => void): Promise<void> {
  await fetchFigure(kind);
  inFrame(() => {
    setUpNow(kind, setUp);
    return true;
  });
}

/** At once, if its code is there. */
export function setUpNow(kind: FigureKind, setUp: () => void): void {
  const figureClass = fetched.get(kind);
  if (!figureClass) return;
  if (!customElements.get(kind.tag)) customElements.define(kind.tag, figureClass);
  setUp();
}

/** Hands a figure its part of the state. */
export function configure(figure: FigureElement, { experiment, view }: FigureKind, state: PageState): void {
  if (experiment) figure.settings = state.experiments[experiment];
  if (view) figure.view = state[view];
}

/** Tells what becomes of the state when the reader changes something in a figure. */
export function follow(
  figure: FigureElement,
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
