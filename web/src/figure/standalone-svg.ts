import { set, svg } from '../base/dom.ts';
import { backgroundOf, layOut, type Picture } from './picture.ts';

const svgNamespace = 'http://www.w3.org/2000/svg';
const inert = document.implementation.createDocument(svgNamespace, null);

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

/** Pictures as one SVG that needs no stylesheet: what a reader sees now, with its titles. */
export function standaloneSvg(pictures: readonly Picture[]): string {
  const { width, height, places } = layOut(pictures);
  const root = inert.createElementNS(svgNamespace, 'svg');
  set(root, { width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(svg('rect', { width, height, fill: backgroundOf(pictures[0]!) }));
  for (const { title, picture, image, from, left, top, titleTop } of places) {
    const style = getComputedStyle(picture);
    const words = svg('text', { x: left, y: titleTop, fill: style.color, 'font-weight': 600 }, title);
    set(words, { 'font-family': style.fontFamily, 'font-size': 14 });
    const copy = styledCopy(picture) as SVGSVGElement;
    set(copy, { x: left, y: top, width: from.width, height: from.height, overflow: 'visible' });
    for (const name of ['tabindex', 'role', 'aria-label']) copy.removeAttribute(name);
    root.append(words);
    if (image) root.append(imageOf(image, left - from.left, top - from.top));
    root.append(copy);
  }
  return new XMLSerializer().serializeToString(root);
}

/** Made in a document that loads nothing: a host's content security policy may forbid `data:` images in its own. */
function imageOf(canvas: HTMLCanvasElement, dx: number, dy: number): SVGImageElement {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const image = inert.createElementNS(svgNamespace, 'image');
  set(image, {
    href: canvas.toDataURL(),
    x: left + dx,
    y: top + dy,
    width,
    height,
    preserveAspectRatio: 'none',
    'image-rendering': 'pixelated',
  });
  return image;
}

function styledCopy(element: Element): Element {
  const copy = element.cloneNode(false) as Element;
  copy.removeAttribute('class');
  const style = getComputedStyle(element);
  for (const name of properties) copy.setAttribute(name, style.getPropertyValue(name));
  for (const child of element.childNodes) {
    copy.append(child instanceof Element ? styledCopy(child) : child.cloneNode());
  }
  return copy;
}
