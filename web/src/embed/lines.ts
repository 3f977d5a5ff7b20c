import { writeAddress, type PageState } from '../figures/address.ts';
import { ownState, writeAttributes } from './attributes.ts';
import { figures, type FigureName } from '../figures/all.ts';

/** What an author pastes to have a figure as it stands here. No setting's text needs escaping in HTML, but `&` does. */

export function elementLines(name: FigureName, state: PageState, site: URL): string {
  const attributes = writeAttributes(state, figures[name])
    .map(([attribute, text]) => ` ${attribute}="${text}"`)
    .join('');
  const live = inHtml(new URL(writeAddress(ownState(state, figures[name])), site));
  return (
    `${script('embed.js', site)}\n` +
    `<asymptoken-figure figure="${name}"${attributes}>\n` +
    // For readers whose page runs no script.
    `  <a href="${live}">${figures[name].title}: the live figure</a>\n` +
    `</asymptoken-figure>`
  );
}

export function frameLines(name: FigureName, state: PageState, site: URL): string {
  const hash = `#figure=${name}&${writeAddress(ownState(state, figures[name])).slice(1)}`;
  const source = inHtml(new URL(`embed.html${hash}`, site));
  return (
    `<iframe src="${source}" title="${figures[name].title}" width="100%" height="900" loading="lazy"></iframe>\n` +
    script('frame.js', site)
  );
}

/** A service that puts off the scripts of the pages that it delivers is told not to. */
function script(file: string, site: URL): string {
  return `<script type="module" data-cfasync="false" src="${new URL(file, site)}"></script>`;
}

function inHtml({ href }: URL): string {
  return href.replaceAll('&', '&amp;');
}
