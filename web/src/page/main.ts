import { readAddress, writeAddress, type PageState } from '../figures/address.ts';
import { sentence } from '../base/core.ts';
import { say } from '../base/dom.ts';
import { EmbedOffer } from '../embed/offer.ts';
import {
  configure,
  figures,
  follow,
  loadFigure,
  type FigureElement,
  type FigureKind,
} from '../figures/all.ts';
import { inFrame } from '../base/frames.ts';
import { whenNear } from '../base/near.ts';
import { keepForOffline } from './offline.ts';
import { PlaneFigure } from '../plane/element.ts';
import '../style/page.css';
import { explainTerms } from './terms.ts';

const notice = document.querySelector('#notice')!;
/** Those that have been near the screen. */
const shown = new Map<FigureElement, FigureKind>();
let state = read();

write(state);
for (const kind of Object.values(figures)) {
  const figure = document.querySelector<FigureElement>(kind.tag);
  if (!figure) continue;
  if (kind === figures.plane) {
    // It comes with the page.
    customElements.define(kind.tag, PlaneFigure);
    show(figure, kind);
    continue;
  }
  const start = () => {
    loadFigure(kind, () => show(figure, kind)).catch((error: unknown) => say(notice, sentence(error)));
  };
  // They can wait until the first is there.
  void painted().then(() => whenNear(figure, start));
}
void painted().then(() =>
  inFrame(() => {
    customElements.define('asymptoken-embed', EmbedOffer);
    write(state);
  }),
);
explainTerms(document.querySelectorAll<HTMLElement>('button.term'));
void keepForOffline();

addEventListener('hashchange', () => {
  if (location.hash === writeAddress(state)) return;
  state = read();
  for (const [figure, kind] of shown) configure(figure, kind, state);
  write(state);
});

function read(): PageState {
  const { state: found, problems } = readAddress(location.hash);
  say(notice, problems.join(' '));
  return found;
}

function show(figure: FigureElement, kind: FigureKind): void {
  configure(figure, kind, state);
  shown.set(figure, kind);
  follow(figure, kind, (change) => {
    const before = state;
    write(change(before));
    // Two figures may show the same experiment.
    for (const [other, { experiment }] of shown) {
      if (other === figure || !experiment) continue;
      const settings = state.experiments[experiment];
      if (settings !== before.experiments[experiment]) other.settings = settings;
    }
  });
}

/** The address always holds what is on the screen; no history, so that Back leaves the page. */
function write(next: PageState): void {
  state = next;
  for (const offer of document.querySelectorAll<EmbedOffer>('asymptoken-embed:defined')) offer.state = state;
  history.replaceState(null, '', writeAddress(state));
}

/** Soon after the next frame, or soon at all where a hidden window has no frames. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });
}
