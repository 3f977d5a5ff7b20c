import { writeAddress, type PageState } from '../figures/address.ts';
import { ownState, writeAttributes } from './attributes.ts';
import { figures, type FigureName } from '../figures/all.ts';

/** What an author pastes to have a figure as it stands here. No setting's text needs escaping in HTML, but `&` does. */

export function elementLines(name: FigureName, state: PageState, site: URL): string {
  const attributes = writeAttributes(state, figures[name])
    .map(([attribute, text]) => ` ${attribute}="${text}"`)
    .join('');
  return (
    `<script type="module" src="${new URL('embed.js', site)}"></script>\n` +
    `<asymptoken-figure figure="${name}"${attributes}></asymptoken-figure>`
  );
}

export function frameLines(name: FigureName, state: PageState, site: URL): string {
  const hash = `#figure=${name}&${writeAddress(ownState(state, figures[name])).slice(1)}`;
  const source = new URL(`embed.html${hash}`, site).href.replaceAll('&', '&amp;');
  return (
    `<iframe src="${source}" title="${figures[name].title}" width="100%" height="900" loading="lazy"></iframe>\n` +
    `<script type="module" src="${new URL('frame.js', site)}"></script>`
  );
}
