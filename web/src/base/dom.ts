type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string;

const svgNamespace = 'http://www.w3.org/2000/svg';

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgNamespace, tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** null, undefined and false remove; true sets an empty attribute. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = value === true ? '' : String(value);
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Writes only what has changed, so that a screen reader is told only then. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const known = new WeakMap<Element, Map<string, Element>>();

/**
 * Makes the children of `parent` match `items`, one element each, in order: made once for every key, updated
 * afterwards, removed with its item. An element that stays keeps its animation and its place.
 */
export function keep<Item, Kept extends Element>(
  parent: Element,
  items: readonly Item[],
  keyOf: (item: Item, index: number) => string,
  make: (item: Item) => Kept,
  update: (element: Kept, item: Item, index: number) => void,
): void {
  const before = known.get(parent) ?? new Map<string, Element>();
  const after = new Map<string, Element>();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    const element = (before.get(key) as Kept | undefined) ?? make(item);
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    update(element, item, index);
    after.set(key, element);
  });
  for (const [key, element] of before) if (!after.has(key)) element.remove();
  known.set(parent, after);
}

/** Choices beside each other, each a radio button and what it is called. */
export function segments(
  title: string,
  inputs: readonly HTMLInputElement[],
  wordsFor: (value: string) => string,
): HTMLFieldSetElement {
  const labels = inputs.map((input) => html('label', {}, input, html('span', {}, wordsFor(input.value))));
  const attributes = { class: `segments wide ${inputs.length > 3 ? 'many' : ''}` };
  return html('fieldset', attributes, html('legend', {}, title), html('div', {}, ...labels));
}

/** A stylesheet for shadow roots; it needs no inline style, so it lives with a strict content security policy. */
export function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
