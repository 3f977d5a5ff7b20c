import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  duration,
  measure,
  parameterValue,
  percent,
  powerOfTen,
  slope,
  slopeWithError,
  tick,
  titled,
  whole,
} from '../../web/src/base/format.ts';

/** Thin spaces and the minus sign as ordinary ones, so that what is expected can be read. */
const plain = (text: string) => text.replaceAll('\u2009', ' ').replaceAll('\u2212', '-');

test('numbers are written with true minus signs and thin spaces', () => {
  assert.equal(slope(-0.5), '\u22120.500');
  assert.equal(percent(0.5), '50\u2009%');
  assert.equal(measure(-1.5e-7), '\u22121.50\u2009×\u200910⁻⁷');
});

test('whole numbers have their thousands set apart', () => {
  const words = [0, 7, 999, 1000, 12000, 1234567, 2999.6].map(whole);
  assert.deepEqual(words, ['0', '7', '999', '1,000', '12,000', '1,234,567', '3,000']);
});

test('a measured number has three digits, and a power of ten where it is far from 1', () => {
  const words: [number, string][] = [
    [0, '0'],
    [4.5678, '4.57'],
    [0.0123456, '0.0123'],
    [0.001, '0.001'],
    [0.00099, '9.90 × 10⁻⁴'],
    [1.2345e-5, '1.23 × 10⁻⁵'],
    [12345, '12300'],
    [99999, '1.00 × 10⁵'],
    [100000, '1.00 × 10⁵'],
    [-2.5, '-2.5'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ];
  for (const [value, expected] of words) assert.equal(plain(measure(value)), expected);
});

test('powers of ten', () => {
  assert.deepEqual([0, 6, -12, 30].map(powerOfTen), ['10⁰', '10⁶', '10⁻¹²', '10³⁰']);
});

test('a tick is as short as it can be', () => {
  const words: [number, string][] = [
    [0, '0'],
    [0.003, '0.003'],
    [0.30000000000000004, '0.3'],
    [20, '20'],
    [-0.2, '-0.2'],
    [-5000, '-5,000'],
    [-3e-6, '-3 × 10⁻⁶'],
    [5000, '5,000'],
    [500000, '500,000'],
    [1e6, '10⁶'],
    [2e6, '2 × 10⁶'],
    [1e-6, '10⁻⁶'],
    [3e-6, '3 × 10⁻⁶'],
  ];
  for (const [value, expected] of words) assert.equal(plain(tick(value)), expected);
});

test('a parameter is a number, a word, or what is beyond all numbers', () => {
  const values = [0.5, 0.0015625, -1, 20000, 'paper', null];
  assert.deepEqual(
    values.map((value) => plain(parameterValue(value))),
    ['0.5', '0.001563', '-1', '20000', 'paper', '∞'],
  );
});

test('slopes have three decimals and their error', () => {
  assert.equal(plain(slopeWithError(-0.50649, 0.0081)), '-0.506 ± 0.008');
  assert.equal(titled('error of the mean'), 'Error of the mean');
  assert.equal(titled(''), '');
});

test('a percentage never says that all is done before it is', () => {
  assert.deepEqual([0, 0.5, 0.999, 1].map(percent).map(plain), ['0 %', '50 %', '99 %', '100 %']);
});

test('durations, from a tenth of a second to hours', () => {
  const words: [number, string][] = [
    [0.001, '0.1 s'],
    [0.44, '0.4 s'],
    [1.4, '1 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
    [3599.6, '1 h 0 min'],
    [11400, '3 h 10 min'],
  ];
  for (const [seconds, expected] of words) assert.equal(plain(duration(seconds)), expected);
});
