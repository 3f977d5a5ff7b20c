/** A figure on two logarithmic axes, as SVG: what time and memory do as work grows. */

export interface Series {
  label: string;
  points: { x: number; y: number }[];
  /** y = exp(intercept) x^exponent, drawn along the points that it was fitted to. */
  fit?: { exponent: number; intercept: number; from: number; to: number };
}

export interface Figure {
  title: string;
  x: string;
  y: string;
  series: Series[];
}

const [width, height] = [640, 420];
const margin = { left: 76, right: 150, top: 44, bottom: 56 };
/** Told apart also without red and green. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

export function svg({ title, x, y, series }: Figure): string {
  const points = series.flatMap((one) => one.points);
  const across = axis(
    points.map((point) => point.x),
    margin.left,
    width - margin.right,
  );
  const up = axis(
    points.map((point) => point.y),
    height - margin.bottom,
    margin.top,
  );
  const [left, right] = [margin.left, width - margin.right];
  const [bottom, top] = [height - margin.bottom, margin.top];
  const parts = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text((left + right) / 2, 24, title, 'middle', 'font-weight="bold"'),
    ...across.ticks.map(
      (tick) =>
        line(across.at(tick), bottom, across.at(tick), top, '#ddd') +
        text(across.at(tick), bottom + 18, shown(tick), 'middle'),
    ),
    ...up.ticks.map(
      (tick) =>
        line(left, up.at(tick), right, up.at(tick), '#ddd') +
        text(left - 8, up.at(tick) + 4, shown(tick), 'end'),
    ),
    text((left + right) / 2, height - 14, x, 'middle'),
    text(0, 0, y, 'middle', `transform="translate(18 ${(top + bottom) / 2}) rotate(-90)"`),
    ...series.map((one, index) => drawn(one, index, across.at, up.at)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">\n${parts.join('\n')}\n</svg>\n`;
}

function drawn(
  { label, points, fit }: Series,
  index: number,
  across: (x: number) => number,
  up: (y: number) => number,
): string {
  const colour = colours[index % colours.length]!;
  const parts = points.map(
    ({ x, y }) => `<circle cx="${across(x).toFixed(1)}" cy="${up(y).toFixed(1)}" r="3.5" fill="${colour}"/>`,
  );
  if (fit) {
    const y = (x: number) => Math.exp(fit.intercept) * x ** fit.exponent;
    parts.push(line(across(fit.from), up(y(fit.from)), across(fit.to), up(y(fit.to)), colour));
  }
  const [x, y] = [width - margin.right + 14, margin.top + 12 + 20 * index];
  parts.push(`<circle cx="${x}" cy="${y - 4}" r="3.5" fill="${colour}"/>`, text(x + 10, y, label, 'start'));
  return parts.join('');
}

/** Maps the numbers' decades, rounded outward to ticks, to a range of pixels. */
function axis(numbers: number[], from: number, to: number) {
  const all = [1, 2, 5].flatMap((digit) => Array.from({ length: 30 }, (_, k) => digit * 10 ** (k - 12)));
  const sorted = all.sort((a, b) => a - b);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const first = sorted.findLastIndex((tick) => tick <= least * 1.001);
  const last = sorted.findIndex((tick) => tick >= most * 0.999);
  const ticks = sorted.slice(first, last + 1);
  const [low, high] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)];
  const at = (number: number) => from + ((Math.log(number) - low) / (high - low || 1)) * (to - from);
  // Decades only, where there are many.
  const few = ticks.length > 9 ? ticks.filter((tick) => /^10*$|^0\.0*1$/.test(String(tick))) : ticks;
  return { ticks: few, at };
}

function shown(number: number): string {
  const exponent = Math.floor(Math.log10(number) + 1e-9);
  if (exponent >= 4 || exponent < -3) return `${Math.round(number / 10 ** exponent)}e${exponent}`;
  return String(Number(number.toPrecision(3)));
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${colour}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, more = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more && ` ${more}`}>${escaped}</text>`;
}
