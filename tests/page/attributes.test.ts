import assert from 'node:assert/strict';
import { test } from 'node:test';
import './core-modules.ts';

const { attributeNames, attributesOf, ownState, readAttributes, writeAttributes } =
  await import('../../web/src/embed/attributes.ts');
const { elementLines, frameLines } = await import('../../web/src/embed/lines.ts');
const { defaultState, readAddress } = await import('../../web/src/figures/address.ts');
const { defaultFigure, figureKind, figures } = await import('../../web/src/figures/all.ts');
type FigureName = keyof typeof figures;

const names = Object.keys(figures) as FigureName[];

/** As much of an element as its attributes are. */
function elementWith(attributes: Record<string, string>): Element {
  return {
    hasAttribute: (name: string) => Object.hasOwn(attributes, name),
    getAttribute: (name: string) => attributes[name] ?? null,
  } as Element;
}

const read = (name: FigureName, attributes: Record<string, string>) =>
  readAttributes(elementWith(attributes), figures[name]);

/** What an author can set of each figure, and to what else than it is. */
const settable: Record<FigureName, Record<string, string>> = {
  plane: { law: 'box', tokens: '500', radius: '1.5', query: '-0.9,1', seed: '9' },
  uniform: {
    ...{ law: 'ball', radii: '0.75,1.5', dimension: '3', from: '50', to: '800', points: '4' },
    ...{ replicates: '10', precision: '5', seed: '7' },
  },
  moments: {
    ...{ law: 'sphere', horizons: '0.7,4', dimension: '3', from: '50', to: '400', points: '5' },
    ...{ replicates: '12', precision: '8', seed: '9' },
  },
  hardmax: {
    ...{ law: 'gaussian', temperatures: '0,0.5', dimension: '4', from: '10', to: '90', points: '3' },
    ...{ replicates: '8', precision: '1', seed: '1', unit: 'critical' },
  },
  heatmap: {
    ...{ law: 'box', horizons: '2', dimension: '2', seed: '5', tokens: '32', head: '0' },
    ...{ colour: 'linear', pooling: 'mean', window: '1,2,16' },
  },
  sweep: {
    ...{ law: 'two_point', horizons: '0.5', dimension: '2', from: '20', to: '40', points: '2' },
    ...{ replicates: '9', precision: '2', seed: '3' },
  },
  window: {
    ...{ law: 'gaussian', horizons: '2,4', dimension: '4', from: '25', to: '100', points: '2' },
    ...{ replicates: '11', precision: '3', seed: '4', context: '256', random: '0' },
  },
};

test('a figure is asked for by its name', () => {
  assert.equal(figureKind('heatmap').tag, 'asymptoken-heatmap');
  assert.equal(defaultFigure, 'moments');
  const expected = 'expected one of plane, uniform, moments, hardmax, heatmap, sweep, window.';
  for (const name of ['nonsense', '', 'constructor', '__proto__', '<b>']) {
    assert.throws(() => figureKind(name), { message: `figure is “${name}”; ${expected}` });
  }
  assert.equal(new Set(names.map((name) => figures[name].tag)).size, names.length);
});

for (const name of names) {
  test(`every attribute of ${name} is read, and written as it was read`, () => {
    const given = settable[name];
    assert.deepEqual(
      attributesOf(figures[name])
        .map((one) => one.name)
        .sort(),
      Object.keys(given).sort(),
    );
    const { state, problems } = read(name, given);
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.fromEntries(writeAttributes(state, figures[name])), given);
    // Nothing of the other figures has changed.
    const { experiment, view } = figures[name];
    const usual = defaultState();
    if (experiment) usual.experiments[experiment] = state.experiments[experiment];
    if (view) Object.assign(usual, { [view]: state[view] });
    assert.deepEqual(state, usual);
  });
}

test('an element without attributes has the defaults', () => {
  for (const name of names) assert.deepEqual(read(name, {}), { state: defaultState(), problems: [] });
});

test('an attribute that cannot be used is named, and left at its default', () => {
  const { state, problems } = read('moments', { dimension: '-1', law: '<img>', seed: '3', to: '' });
  assert.deepEqual(problems.toSorted(), [
    'dimension is “-1”, but the dimension is a whole number from 1 to 1024; 5 is used.',
    'law is “<img>”, but the token law is one of gaussian, gaussian_mixture, sphere, ball, box, two_point, autoregressive; gaussian is used.',
    'to is “”, but the largest n is a whole number from 1 to 1000000; 3000 is used.',
  ]);
  const expected = defaultState();
  expected.experiments.moments.seed = 3;
  assert.deepEqual(state, expected);
});

test("another figure's attribute is named, what is no attribute of any is the author's own", () => {
  const { problems } = read('plane', {
    horizons: '1',
    temperatures: '0',
    id: 'x',
    onclick: 'y',
    toString: '',
  });
  assert.deepEqual(problems.toSorted(), [
    'This figure has no horizons; it is ignored.',
    'This figure has no temperatures; it is ignored.',
  ]);
  assert.deepEqual(
    attributeNames.toSorted(),
    [...new Set(Object.values(settable).flatMap(Object.keys))].sort(),
  );
});

test('a figure alone has its part of the state', () => {
  const state = readAddress('#v=1&s=7&d=3&r=9&m=64&p.s=8&u.s=6').state;
  const heatmap = defaultState();
  Object.assign(heatmap.experiments.moments, { seed: 7, dimension: 3 });
  heatmap.view.tokens = 64;
  assert.deepEqual(ownState(state, figures.heatmap), heatmap);
  const plane = defaultState();
  plane.plane.seed = 8;
  assert.deepEqual(ownState(state, figures.plane), plane);
});

test('the lines to paste hold the figure as it stands, and nothing of the others', () => {
  const site = new URL('https://example.org/paper/');
  const { state } = readAddress('#v=1&s=7&p.n=500&p.x=-0.9,1.75&u.s=6');
  const link = 'v=1&law=gaussian&d=5&H=0.5,1,2&n=100-3000x8&r=100&s=42&m=128&h=2&c=log&p.n=500&p.x=-0.9,1.75';
  assert.equal(
    elementLines('plane', state, site),
    '<script type="module" data-cfasync="false" src="https://example.org/paper/embed.js"></script>\n' +
      '<asymptoken-figure figure="plane" law="clusters" tokens="500" radius="2.5" query="-0.9,1.75" seed="42">\n' +
      `  <a href="https://example.org/paper/#${link.replaceAll('&', '&amp;')}">One query among tokens of the plane: the live figure</a>\n` +
      '</asymptoken-figure>',
  );
  assert.equal(
    frameLines('plane', state, site),
    `<iframe src="https://example.org/paper/embed.html#figure=plane&amp;${link.replaceAll('&', '&amp;')}" ` +
      'title="One query among tokens of the plane" width="100%" height="900" loading="lazy"></iframe>\n' +
      '<script type="module" data-cfasync="false" src="https://example.org/paper/frame.js"></script>',
  );
});

test('the lines of every figure bring back what they were made of', () => {
  const site = new URL('https://example.org/');
  for (const name of names) {
    const { state } = read(name, settable[name]);
    const element = elementLines(name, state, site).split('\n')[1]!;
    const attributes = [...element.matchAll(/ (\w+)="([^"]*)"/g)].map(
      ([, key, text]) => [key!, text!] as const,
    );
    const { figure, ...given } = Object.fromEntries(attributes);
    assert.equal(figure, name);
    assert.deepEqual(read(name, given), { state, problems: [] });
    const frame = new URL(/src="([^"]*)"/.exec(frameLines(name, state, site))![1]!.replaceAll('&amp;', '&'));
    const address = frame.hash.replace(`figure=${name}&`, '');
    assert.deepEqual(readAddress(address), { state, problems: [] });
  }
});
