import { readAddress, writeAddress, type PageState } from './address.ts';
import { ConvergenceFigure } from './convergence/element.ts';
import { say } from './dom.ts';
import { EmbedOffer } from './embed/offer.ts';
import { HeatmapFigure } from './heatmap/element.ts';
import { keepForOffline } from './offline.ts';
import type { Settings } from './settings.ts';
import './style/page.css';
import type { View } from './view.ts';

const notice = document.querySelector('#notice')!;
let state = read();

const convergence = document.querySelector('asymptoken-convergence') as ConvergenceFigure;
const heatmap = document.querySelector('asymptoken-heatmap') as HeatmapFigure;
customElements.define('asymptoken-heatmap', HeatmapFigure);
customElements.define('asymptoken-convergence', ConvergenceFigure);
customElements.define('asymptoken-embed', EmbedOffer);
show();
void keepForOffline();

convergence.addEventListener('settingschange', (event) => {
  const settings = (event as CustomEvent<Settings>).detail;
  heatmap.settings = settings;
  write({ ...state, settings });
});
heatmap.addEventListener('viewchange', (event) =>
  write({ ...state, view: (event as CustomEvent<View>).detail }),
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
  heatmap.settings = state.settings;
  heatmap.view = state.view;
  convergence.settings = state.settings;
  write(state);
}

/** The address always holds what is on the screen; no history, so that Back leaves the page. */
function write(next: PageState): void {
  state = next;
  for (const offer of document.querySelectorAll<EmbedOffer>('asymptoken-embed')) offer.state = state;
  history.replaceState(null, '', writeAddress(state));
}
