import assert from 'node:assert/strict';
import { test } from 'node:test';
import './core-modules.ts';

const { configure, figures, follow } = await import('../../web/src/figures/all.ts');
const { defaultState, readAddress } = await import('../../web/src/figures/address.ts');
type FigureElement = import('../../web/src/figures/all.ts').FigureElement;
type PageState = ReturnType<typeof defaultState>;

/** What a figure is to the page around it, without a page. */
const figureOf = () => new EventTarget() as FigureElement;

function tell(figure: FigureElement, type: string, detail: object): void {
  figure.dispatchEvent(Object.assign(new Event(type), { detail }));
}

test('every figure is given its part of what a link says', () => {
  const { state } = readAddress('#v=1&s=1&u.s=2&t.s=3&w.s=4&l.s=5&p.s=6&m=77');
  const seeds: Record<keyof typeof figures, number | null> = {
    ...{ plane: null, uniform: 2, moments: 1, hardmax: 3, heatmap: 1, sweep: 4, window: 5 },
  };
  for (const [name, seed] of Object.entries(seeds)) {
    const figure = figureOf();
    configure(figure, figures[name as keyof typeof figures], state);
    assert.equal(figure.settings?.seed ?? null, seed, name);
    const view = name === 'plane' ? state.plane : name === 'heatmap' ? state.view : undefined;
    assert.equal(figure.view, view);
  }
});

test('what a reader changes in a figure changes that part of the state, in a new one', () => {
  const heatmap = figureOf();
  let state = defaultState();
  const before = state;
  follow(heatmap, figures.heatmap, (change) => (state = change(state)));
  const settings = { ...before.experiments.moments, seed: 9 };
  tell(heatmap, 'settingschange', settings);
  const view = { ...before.view, tokens: 64 };
  tell(heatmap, 'viewchange', view);
  const expected: PageState = { ...before, view, experiments: { ...before.experiments, moments: settings } };
  assert.deepEqual(state, expected);
  assert.deepEqual(before, defaultState());
});

test('a figure changes nothing that it does not have', () => {
  const changes: string[] = [];
  for (const name of ['plane', 'sweep'] as const) {
    const figure = figureOf();
    follow(figure, figures[name], () => changes.push(name));
    tell(figure, 'settingschange', {});
    tell(figure, 'viewchange', {});
  }
  assert.deepEqual(changes, ['plane', 'sweep']);
});
