import { html, set } from '../base/dom.ts';

/**
 * A key term shows its sentence of the list of terms while it is pointed at or focused, or after a tap; Escape takes
 * it away.
 */
export function explainTerms(terms: Iterable<HTMLElement>): void {
  const tip = html('div', { id: 'term-tip', class: 'term-tip', role: 'tooltip', hidden: true });
  document.body.append(tip);
  const hide = () => set(tip, { hidden: true });
  for (const term of terms) {
    const show = () => {
      const sentence = sentenceOf(term);
      if (sentence === null) return;
      tip.textContent = sentence;
      set(tip, { hidden: false });
      place(tip, term);
    };
    set(term, { 'aria-describedby': tip.id });
    for (const event of ['pointerenter', 'focus', 'click']) term.addEventListener(event, show);
    for (const event of ['pointerleave', 'blur']) term.addEventListener(event, hide);
  }
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide());
}

function sentenceOf({ dataset }: HTMLElement): string | null {
  return (
    document.querySelector(`#term-${dataset['term']} + dd`)?.textContent?.replaceAll(/\s+/g, ' ').trim() ??
    null
  );
}

/** Under the term, or above it where there is no room, and within the window. */
function place(tip: HTMLElement, term: HTMLElement): void {
  const { left, top, bottom } = term.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const below = bottom + 6 + height < innerHeight;
  tip.style.left = `${scrollX + Math.max(8, Math.min(left, room - width - 8))}px`;
  tip.style.top = `${scrollY + (below ? bottom + 6 : top - height - 6)}px`;
}
