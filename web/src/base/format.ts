const minus = '\u2212';
const thin = '\u2009';
const superscripts = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** 12,000. The browser's own formatter takes 20 ms to start, and some of every frame after. */
export function whole(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Three significant digits: 0.0123, 4.56, 1.23 × 10⁻⁵. */
export function measure(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 1e-3 && size < 1e5) return signed(String(rounded));
  const [mantissa = '', exponent = '0'] = value.toExponential(2).split('e');
  return `${signed(mantissa)}${thin}×${thin}${powerOfTen(Number(exponent))}`;
}

export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** A tick's label: 0.003, 20, −5,000, 10⁻⁶, 3 × 10⁻⁶. */
export function tick(value: number): string {
  if (value === 0) return '0';
  if (value < 0) return minus + tick(-value);
  if (value >= 1e-4 && value < 1e6) {
    return Number.isInteger(value) ? whole(value) : String(Number(value.toPrecision(6)));
  }
  const [mantissa = '', exponent = '0'] = Number(value.toPrecision(6)).toExponential().split('e');
  const power = powerOfTen(Number(exponent));
  return mantissa === '1' ? power : `${mantissa}${thin}×${thin}${power}`;
}

/** As short as tells it apart: 0.5, 0.00156, 20,000. */
export function parameterValue(value: number | string | null): string {
  if (typeof value !== 'number') return value ?? '∞';
  return signed(String(Number(value.toPrecision(4))));
}

/** With a capital, as a title. */
export function titled(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** −0.506 */
export function slope(value: number): string {
  return signed(value.toFixed(3));
}

/** −0.506 ± 0.008 */
export function slopeWithError(value: number, error: number): string {
  return `${slope(value)}${thin}±${thin}${error.toFixed(3)}`;
}

export function percent(fraction: number): string {
  return `${Math.floor(100 * fraction)}${thin}%`;
}

/** 0.4 s, 7 s, 2 min 5 s, 3 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0.1, seconds).toFixed(1)}${thin}s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all}${thin}s`;
  if (all < 3600) return `${Math.floor(all / 60)}${thin}min ${all % 60}${thin}s`;
  return `${Math.floor(all / 3600)}${thin}h ${Math.floor((all % 3600) / 60)}${thin}min`;
}

function signed(text: string): string {
  return text.replace('-', minus);
}
