/** What the page makes of experiments: which built-in spec each figure opens with, and what can be set of it. */

import balls from 'core:spec/balls';
import cooling from 'core:spec/cooling';
import horizonSweep from 'core:spec/horizon-sweep';
import horizons from 'core:spec/horizons';
import windows from 'core:spec/windows';
import { numbersFromZero, oneOf, positiveNumbers, wholeNumber } from '../base/fields.ts';
import type { ExperimentKind } from '../experiment/kind.ts';

const overHorizons: ExperimentKind['sweep'] = {
  path: ['attention', 'horizons'],
  name: 'horizons',
  title: 'Horizons',
  symbol: 'H',
  field: positiveNumbers('list of horizons', 16, 1000),
};

// What these open with is part of version 1 of the address: changing it changes what old links show.

const moments: ExperimentKind = { name: 'moments', builtin: horizons, sweep: overHorizons, options: [] };

const sweep: ExperimentKind = {
  name: 'sweep',
  builtin: horizonSweep,
  sweep: overHorizons,
  options: [],
  trendsLead: true,
};

const uniform: ExperimentKind = {
  name: 'uniform',
  builtin: balls,
  sweep: {
    path: ['ball', 'radii'],
    name: 'radii',
    title: 'Radii',
    symbol: 'R',
    field: positiveNumbers('list of radii', 16, 100),
  },
  options: [],
};

const units = { fixed: 'as is', logarithmic: 'per ln n', critical: 'critical' };

const hardmax: ExperimentKind = {
  name: 'hardmax',
  builtin: cooling,
  metrics: ['participation', 'gap'],
  sweep: {
    path: ['temperatures'],
    name: 'temperatures',
    title: 'Temperatures',
    symbol: 'T',
    field: numbersFromZero('list of temperatures', 16, 1000),
  },
  options: [
    {
      path: ['temperature_unit'],
      name: 'unit',
      title: 'Temperatures are counted',
      key: 'u',
      field: oneOf('unit of temperature', Object.keys(units)),
      choices: units,
    },
  ],
};

const window: ExperimentKind = {
  name: 'window',
  builtin: windows,
  metrics: ['mean_squared_error', 'covariance'],
  sweep: overHorizons,
  options: [
    {
      path: ['context'],
      name: 'context',
      title: 'Tokens of the sequence',
      key: 'N',
      field: wholeNumber('number of tokens of the sequence', 2, 65536),
    },
    {
      path: ['random'],
      name: 'random',
      title: 'Of n, at random',
      key: 'k',
      field: wholeNumber('number of random keys', 0, 65535),
    },
  ],
};

/** Every experiment of the page. */
export const kinds = { moments, uniform, hardmax, sweep, window } satisfies Record<string, ExperimentKind>;

export type ExperimentName = keyof typeof kinds;

export const experimentNames = Object.keys(kinds) as ExperimentName[];
