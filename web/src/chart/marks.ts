import type { AxisScale } from './scale.ts';

/** Marker outlines of about equal area, about the origin: curves differ in shape as well as in colour. */
const outlines: readonly ((radius: number) => string)[] = [
  (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`,
  (r) => polygon(4, 1.25 * r, Math.PI / 4),
  (r) => polygon(3, 1.5 * r, -Math.PI / 2),
  (r) => polygon(4, 1.3 * r, 0),
  (r) => polygon(3, 1.5 * r, Math.PI / 2),
  (r) => polygon(6, 1.15 * r, 0),
];

export function marker(curve: number, radius: number): string {
  return outlines[curve % outlines.length]?.(radius) ?? '';
}

function polygon(corners: number, radius: number, turn: number): string {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners;
    return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}

/** Colours repeat after six curves, as markers do; labels tell the curves apart. */
export function curveClass(curve: number): string {
  return `curve-${curve % outlines.length}`;
}

/** A bar of one standard error each way, about the mean's place, with caps; cut at a log axis when it reaches 0. */
export function barOf(mean: number, error: number, y: AxisScale, cap: number): string {
  const at = y.at(mean);
  const reaches0 = y.kind === 'logarithmic' && mean <= error;
  const low = (reaches0 ? y.range[0] : y.at(mean - error)) - at;
  const high = y.at(mean + error) - at;
  return `M0,${low}V${high}M${-cap},${high}h${2 * cap}M${-cap},${low}h${2 * cap}`;
}

/** Moves wanted places apart until neighbours are `gap` from each other, staying within [low, high] if they fit. */
export function spreadOut(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const places = [...wanted];
  let least = low;
  for (const index of order) {
    least = places[index] = Math.max(places[index] ?? 0, least);
    least += gap;
  }
  let most = high;
  for (const index of order.reverse()) {
    most = places[index] = Math.min(places[index] ?? 0, most);
    most -= gap;
  }
  return places;
}
