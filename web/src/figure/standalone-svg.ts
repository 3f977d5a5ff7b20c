import { set, svg } from '../dom.ts';

/** What the figures' stylesheets say of what is drawn. */
const properties = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'visibility',
  'font-family',
  'font-size',
  'font-style',
  'font-weight',
];

/** Pictures side by side as one SVG that needs no stylesheet: what a reader sees now, with its titles. */
export function standaloneSvg(pictures: readonly { title: string; picture: SVGSVGElement }[]): string {
  const gap = 16;
  const head = 24;
  const boxes = pictures.map(({ picture }) => picture.getBoundingClientRect());
  const width = boxes.reduce((sum, box) => sum + box.width + gap, gap);
  const height = Math.max(...boxes.map((box) => box.height)) + head + 2 * gap;
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height });
  set(root, { viewBox: `0 0 ${width} ${height}` });
  const style = getComputedStyle(pictures[0]!.picture);
  const background = getComputedStyle(document.documentElement).backgroundColor;
  root.append(svg('rect', { width, height, fill: background }));
  let left = gap;
  pictures.forEach(({ title, picture }, index) => {
    const { width: across, height: down } = boxes[index]!;
    const words = svg('text', { x: left, y: gap + 8, fill: style.color, 'font-weight': 600 }, title);
    set(words, { 'font-family': style.fontFamily, 'font-size': 14 });
    const copy = styledCopy(picture) as SVGSVGElement;
    set(copy, { x: left, y: gap + head, width: across, height: down, overflow: 'visible' });
    for (const name of ['tabindex', 'role', 'aria-label']) copy.removeAttribute(name);
    root.append(words, copy);
    left += across + gap;
  });
  return new XMLSerializer().serializeToString(root);
}

function styledCopy(element: Element): Element {
  const copy = element.cloneNode(false) as Element;
  copy.removeAttribute('class');
  const style = getComputedStyle(element);
  for (const name of properties) copy.setAttribute(name, style.getPropertyValue(name));
  // Where text stands is an attribute, unless a stylesheet says more.
  for (const child of element.childNodes) {
    copy.append(child instanceof Element ? styledCopy(child) : child.cloneNode());
  }
  return copy;
}
