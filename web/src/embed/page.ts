/** embed.html: one figure, for a frame. Its address is the article's, with `figure=` and perhaps `theme=` beside. */
import { readAddress } from '../figures/address.ts';
import { say, set } from '../base/dom.ts';
import '../style/embed-page.css';
import { attributeNames, writeAttributes } from './attributes.ts';
import { defaultFigure, figures, type FigureName } from '../figures/all.ts';
import type { HeightAnswer, HeightQuestion } from './height.ts';
import './index.ts';

const notice = document.querySelector('#notice')!;
const figure = document.querySelector('asymptoken-figure')!;

show();
addEventListener('hashchange', show);

function show(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const name = given.get('figure') ?? defaultFigure;
  const theme = given.get('theme');
  given.delete('figure');
  given.delete('theme');
  const { state, problems } = readAddress(given.toString());
  say(notice, problems.join(' '));
  const kind = Object.hasOwn(figures, name) ? figures[name as FigureName] : figures[defaultFigure];
  const none = Object.fromEntries(attributeNames.map((attribute) => [attribute, null]));
  set(figure, { ...none, ...Object.fromEntries(writeAttributes(state, kind)), figure: name, theme });
}

if (parent !== window) {
  new ResizeObserver(tellHeight).observe(document.body);
  addEventListener('message', ({ data, source }) => {
    if (source === parent && data === ('asymptoken-height?' satisfies HeightQuestion)) tellHeight();
  });
}

/** To whoever frames this page: its height is no secret. */
function tellHeight(): void {
  const answer: HeightAnswer = {
    type: 'asymptoken-height',
    height: Math.ceil(document.body.getBoundingClientRect().height),
  };
  parent.postMessage(answer, '*');
}
