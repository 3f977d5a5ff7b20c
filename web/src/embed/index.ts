/** embed.js: all that a page needs to have `<asymptoken-figure>`. It defines that element and nothing else. */
import { FigureElement } from './element.ts';

const here = import.meta.url;
FigureElement.site = new URL('.', here);
// A page may carry the line twice, from two places.
if (!customElements.get('asymptoken-figure')) customElements.define('asymptoken-figure', FigureElement);
