/** What is saved as an image: an SVG of ours, and perhaps a canvas that it lies on. */
export interface Picture {
  title: string;
  picture: SVGSVGElement;
  image?: HTMLCanvasElement;
}

/** Pictures stand side by side under their titles. */
const gap = 16;
const head = 24;

export interface Place {
  title: string;
  picture: SVGSVGElement;
  image: HTMLCanvasElement | null;
  /** On the screen. */
  from: DOMRect;
  /** In what is saved. */
  left: number;
  top: number;
  titleTop: number;
}

export function layOut(pictures: readonly Picture[]): { width: number; height: number; places: Place[] } {
  let left = gap;
  const places = pictures.map(({ title, picture, image = null }) => {
    const from = picture.getBoundingClientRect();
    const place = { title, picture, image, from, left, top: gap + head, titleTop: gap + 8 };
    left += from.width + gap;
    return place;
  });
  const tallest = Math.max(...places.map(({ from }) => from.height));
  return { width: Math.ceil(left), height: Math.ceil(tallest + head + 2 * gap), places };
}

/** Of the figure that it is in. */
export function backgroundOf({ picture }: Picture): string {
  const { host } = picture.getRootNode() as ShadowRoot;
  return getComputedStyle(host).backgroundColor;
}
