/**
 * 256 colours from dark violet over blue and green to pale yellow, of evenly rising lightness, so that the order
 * survives colour-blindness and grey print. Made in OKLCH: even steps of lightness and hue, and as much chroma as
 * the screen's gamut holds.
 */
export const colourMap: readonly (readonly [number, number, number])[] = Array.from(
  { length: 256 },
  (_, i) => {
    const t = i / 255;
    const lightness = 0.2 + 0.75 * t;
    const hue = ((300 - 195 * t ** 1.1) * Math.PI) / 180;
    let chroma = 0.125;
    while (chroma > 0 && !inGamut(linearColour(lightness, chroma, hue))) chroma -= 0.002;
    const [r, g, b] = linearColour(lightness, chroma, hue).map(encode);
    return [r ?? 0, g ?? 0, b ?? 0];
  },
);

/** The same, as ImageData holds a pixel. */
export const packedColours: Uint32Array = packed();

function packed(): Uint32Array {
  const bytes = new Uint8ClampedArray(4 * colourMap.length);
  colourMap.forEach((colour, i) => bytes.set([...colour, 255], 4 * i));
  return new Uint32Array(bytes.buffer);
}

function linearColour(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function inGamut(colour: readonly number[]): boolean {
  return colour.every((channel) => channel >= 0 && channel <= 1);
}

/** Linear light to 8-bit sRGB. */
function encode(channel: number): number {
  return Math.round(255 * (channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055));
}
