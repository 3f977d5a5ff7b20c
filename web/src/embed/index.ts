/** embed.js: all that a page needs to have `<asymptoken-figure>`. It defines that element and nothing else. */
import { FigureElement } from './element.ts';

const here = import.meta.url;
FigureElement.site = new URL('.', here);
const elements = globalThis.customElements as CustomElementRegistry | undefined;
// A page may carry the line twice, from two places; what makes pages on a server has no elements.
if (elements && !elements.get('asymptoken-figure')) elements.define('asymptoken-figure', FigureElement);
