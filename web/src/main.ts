import { readAddress, writeAddress, type PageState } from './address.ts';
import { HardmaxFigure, MomentsFigure, SweepFigure, UniformFigure } from './convergence/figures.ts';
import { say } from './dom.ts';
import { experimentNames, type ExperimentName } from './experiments/all.ts';
import { HeatmapFigure } from './heatmap/element.ts';
import type { Settings } from './experiments/settings.ts';
import { PlaneFigure } from './plane/element.ts';
import type { PlaneView } from './plane/view.ts';
import './style/page.css';
import { explainTerms } from './terms.ts';
import type { View } from './view.ts';

const notice = document.querySelector('#notice')!;
let state = read();

const plane = document.querySelector('asymptoken-plane') as PlaneFigure;
customElements.define('asymptoken-plane', PlaneFigure);
plane.view = state.plane;
// The figures below can wait until the first is there.
await painted();
customElements.define('asymptoken-heatmap', HeatmapFigure);
customElements.define('asymptoken-convergence', MomentsFigure);
customElements.define('asymptoken-uniform', UniformFigure);
customElements.define('asymptoken-hardmax', HardmaxFigure);
customElements.define('asymptoken-sweep', SweepFigure);

const heatmap = document.querySelector('asymptoken-heatmap') as HeatmapFigure;
const figures = {
  moments: document.querySelector('asymptoken-convergence') as MomentsFigure,
  uniform: document.querySelector('asymptoken-uniform') as UniformFigure,
  hardmax: document.querySelector('asymptoken-hardmax') as HardmaxFigure,
  sweep: document.querySelector('asymptoken-sweep') as SweepFigure,
} satisfies Record<ExperimentName, HTMLElement>;
show();
explainTerms(document.querySelectorAll<HTMLElement>('button.term'));

for (const name of experimentNames) {
  figures[name].addEventListener('settingschange', (event) => {
    const settings = (event as CustomEvent<Settings>).detail;
    if (name === 'moments') heatmap.settings = settings;
    write({ ...state, experiments: { ...state.experiments, [name]: settings } });
  });
}
heatmap.addEventListener('viewchange', (event) =>
  write({ ...state, view: (event as CustomEvent<View>).detail }),
);
plane.addEventListener('viewchange', (event) =>
  write({ ...state, plane: (event as CustomEvent<PlaneView>).detail }),
);
addEventListener('hashchange', () => {
  if (location.hash === writeAddress(state)) return;
  state = read();
  show();
});

function read(): PageState {
  const { state: found, problems } = readAddress(location.hash);
  say(notice, problems.join(' '));
  return found;
}

function show(): void {
  plane.view = state.plane;
  heatmap.settings = state.experiments.moments;
  heatmap.view = state.view;
  for (const name of experimentNames) figures[name].settings = state.experiments[name];
  write(state);
}

/** The address always holds what is on the screen; no history, so that Back leaves the page. */
function write(next: PageState): void {
  state = next;
  history.replaceState(null, '', writeAddress(state));
}

/** Soon after the next frame, or soon at all where a hidden window has no frames. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });
}
