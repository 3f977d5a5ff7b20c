import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourMap, packedColours } from '../../web/src/chart/colour-map.ts';
import { ColourScale } from '../../web/src/chart/colour-scale.ts';

/** CIE luminance to lightness L*, from 8-bit sRGB. */
function lightness([r, g, b]: readonly [number, number, number]): number {
  const linear = (channel: number) =>
    channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return luminance <= 0.008856 ? 903.3 * luminance : 116 * Math.cbrt(luminance) - 16;
}

test('256 colours of the screen, each different and lighter than the one before', () => {
  assert.equal(colourMap.length, 256);
  for (const channel of colourMap.flat()) {
    assert.ok(Number.isInteger(channel) && channel >= 0 && channel <= 255, `${channel}`);
  }
  assert.equal(new Set(colourMap.map(String)).size, 256);
  // The order survives grey print; one step of a channel may be rounded the other way.
  for (let i = 4; i < 256; i++)
    assert.ok(lightness(colourMap[i]!) > lightness(colourMap[i - 4]!), `colour ${i}`);
  assert.ok(lightness(colourMap[0]!) < 15 && lightness(colourMap[255]!) > 90);
});

test('packed colours are the bytes of a picture: red, green, blue, opaque', () => {
  const bytes = new Uint8Array(packedColours.buffer);
  for (const i of [0, 100, 255])
    assert.deepEqual([...bytes.subarray(4 * i, 4 * i + 4)], [...colourMap[i]!, 255]);
});

test('a linear scale has its first colour at 0', () => {
  const scale = new ColourScale('linear', { least: 0.1, largest: 0.5 });
  assert.deepEqual([scale.low, scale.high], [0, 0.5]);
  assert.deepEqual(
    [0, 0.25, 0.5, 0.7, -1].map((weight) => scale.at(weight)),
    [0, 0.5, 1, 1, 0],
  );
  assert.deepEqual(
    [0, 0.25, 0.5].map((weight) => scale.colour(weight)),
    [0, 128, 255],
  );
});

test('a logarithmic scale goes from the least weight to the largest', () => {
  const scale = new ColourScale('log', { least: 1e-4, largest: 1 });
  assert.ok(Math.abs(scale.at(1e-2) - 0.5) < 1e-12);
  assert.deepEqual(
    [1e-4, 1, 0, 1e-9].map((weight) => scale.at(weight)),
    [0, 1, 0, 0],
  );
});

test('a logarithmic scale tells six decades apart, and has some width where all weights are the same', () => {
  assert.equal(new ColourScale('log', { least: 1e-30, largest: 0.1 }).low, 1e-7);
  const flat = new ColourScale('log', { least: 0.25, largest: 0.25 });
  assert.deepEqual([flat.low, flat.high, flat.at(0.25)], [0.125, 0.25, 1]);
});

test('the colour bar has round weights that fit under it', () => {
  assert.deepEqual(
    new ColourScale('linear', { least: 0, largest: 0.4 }).ticks(240, 60),
    [0, 0.1, 0.2, 0.3, 0.4],
  );
  assert.deepEqual(new ColourScale('linear', { least: 0, largest: 0.4 }).ticks(20, 60), [0]);
  assert.deepEqual(
    new ColourScale('log', { least: 1e-4, largest: 1 }).ticks(400, 60),
    [1e-4, 1e-3, 1e-2, 0.1, 1],
  );
});
