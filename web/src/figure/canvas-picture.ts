import { backgroundOf, layOut, type Picture, type Place } from './picture.ts';

/**
 * Draws SVGs of ours on a canvas, shape by shape. An image of the SVG would need `blob:` in the host's content
 * security policy; this needs nothing.
 */
export function pngOf(pictures: readonly Picture[], ratio: number): Promise<Blob> {
  const { width, height, places } = layOut(pictures);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [ratio * width, ratio * height];
  const context = canvas.getContext('2d')!;
  context.fillStyle = backgroundOf(pictures[0]!);
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const place of places) drawPicture(context, place, ratio);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))),
      'image/png',
    ),
  );
}

function drawPicture(context: CanvasRenderingContext2D, place: Place, ratio: number): void {
  const { title, picture, image, from, left, top, titleTop } = place;
  const style = getComputedStyle(picture);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = style.color;
  context.font = `600 14px ${style.fontFamily}`;
  context.fillText(title, left, titleTop);
  const [dx, dy] = [left - from.left, top - from.top];
  if (image) {
    const box = image.getBoundingClientRect();
    context.imageSmoothingEnabled = false;
    context.drawImage(image, box.left + dx, box.top + dy, box.width, box.height);
  }
  drawElement(context, picture, new DOMMatrix([ratio, 0, 0, ratio, ratio * dx, ratio * dy]));
}

/** `place` takes a position on the screen to one on the canvas. */
function drawElement(context: CanvasRenderingContext2D, element: SVGElement, place: DOMMatrix): void {
  const style = getComputedStyle(element);
  if (style.visibility === 'hidden' || style.display === 'none') return;
  context.save();
  context.globalAlpha *= Number(style.opacity);
  if (element instanceof SVGSVGElement && style.overflow === 'hidden') clip(context, element, place);
  if (element instanceof SVGTextElement) drawText(context, element, place);
  else if (element instanceof SVGGeometryElement) drawShape(context, element, style, place);
  else for (const child of element.children) drawElement(context, child as SVGElement, place);
  context.restore();
}

function enter(context: CanvasRenderingContext2D, element: SVGGraphicsElement, place: DOMMatrix): void {
  const { a, b, c, d, e, f } = place.multiply(element.getScreenCTM() ?? new DOMMatrix());
  context.setTransform(a, b, c, d, e, f);
}

function clip(context: CanvasRenderingContext2D, element: SVGSVGElement, place: DOMMatrix): void {
  const { x, y, width, height } = element.viewBox.baseVal;
  enter(context, element, place);
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
}

function drawShape(
  context: CanvasRenderingContext2D,
  element: SVGGeometryElement,
  style: CSSStyleDeclaration,
  place: DOMMatrix,
): void {
  enter(context, element, place);
  const path = pathOf(element);
  const alpha = context.globalAlpha;
  if (style.fill !== 'none') {
    context.globalAlpha = alpha * Number(style.fillOpacity);
    context.fillStyle = style.fill;
    context.fill(path);
  }
  if (style.stroke !== 'none') {
    context.globalAlpha = alpha * Number(style.strokeOpacity);
    context.strokeStyle = style.stroke;
    context.lineWidth = parseFloat(style.strokeWidth);
    context.lineCap = style.strokeLinecap as CanvasLineCap;
    context.setLineDash(
      style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[\s,]+/).map(parseFloat),
    );
    context.stroke(path);
  }
}

function pathOf(element: SVGGeometryElement): Path2D {
  const number = (name: string) => Number(element.getAttribute(name) ?? 0);
  const path = new Path2D(element instanceof SVGPathElement ? (element.getAttribute('d') ?? '') : undefined);
  if (element instanceof SVGLineElement) {
    path.moveTo(number('x1'), number('y1'));
    path.lineTo(number('x2'), number('y2'));
  } else if (element instanceof SVGCircleElement) {
    path.arc(number('cx'), number('cy'), number('r'), 0, 2 * Math.PI);
  } else if (element instanceof SVGRectElement) {
    path.rect(number('x'), number('y'), number('width'), number('height'));
  }
  return path;
}

/** Each run of letters where the browser has put it. */
function drawText(context: CanvasRenderingContext2D, element: SVGTextElement, place: DOMMatrix): void {
  enter(context, element, place);
  let start = 0;
  for (const node of element.childNodes) {
    const words = node.textContent ?? '';
    if (words === '') continue;
    const style = getComputedStyle(node instanceof Element ? node : element);
    const { x, y } = element.getStartPositionOfChar(start);
    context.fillStyle = style.fill;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillText(words, x, y);
    start += words.length;
  }
}
