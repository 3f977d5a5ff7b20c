import { html, keep, say, set, svg } from '../base/dom.ts';
import { marker } from './marks.ts';
import type { ReferenceKind } from './model.ts';

/** What the kinds of line mean; curves are told apart by the labels at their ends. */
export class Legend {
  readonly element = html('ul', { class: 'legend' });

  draw(kinds: readonly ReferenceKind[]): void {
    const references = kinds.map(({ title, statuses }, index) => ({
      words: title,
      status: ` — ${statuses.join(' or ')}`,
      style: `reference style-${index}`,
    }));
    const entries: Entry[] = [
      { words: 'average', status: ' ± standard error', style: 'point' },
      { words: 'fitted slope', status: '', style: 'fit' },
      ...references,
    ];
    keep(
      this.element,
      entries,
      ({ words }) => words,
      make,
      (item, { words, status }) => {
        const [, name, where] = item.children as unknown as [SVGSVGElement, HTMLElement, HTMLElement];
        say(name, words);
        say(where, status);
      },
    );
  }
}

interface Entry {
  words: string;
  status: string;
  style: string;
}

function make({ style }: Entry): HTMLLIElement {
  const width = style === 'point' ? 10 : 28;
  const swatch = svg('svg', { viewBox: `0 0 ${width} 10`, 'aria-hidden': 'true' });
  if (style === 'point') {
    swatch.append(
      svg('path', { class: 'bar', d: 'M5,-3V13' }),
      svg('path', { class: 'mark', d: marker(0, 4) }),
    );
    set(swatch.lastElementChild!, { transform: 'translate(5,5)' });
  } else {
    swatch.append(svg('line', { class: style, x1: 0, x2: 28, y1: 5, y2: 5 }));
  }
  return html('li', {}, swatch, html('span'), html('span', { class: 'status' }));
}
