export interface Tick {
  value: number;
  position: number;
  labelled: boolean;
}

/** Maps numbers to pixels so that equal ratios are equal distances. */
export class LogScale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];

  constructor(domain: readonly [number, number], range: readonly [number, number]) {
    this.domain = domain;
    this.range = range;
  }

  at(value: number): number {
    const [from, to] = this.domain;
    const [start, end] = this.range;
    return start + ((end - start) * Math.log(value / from)) / Math.log(to / from);
  }

  /** 1 to 9 times every power of ten; labelled as many as fit with `room` pixels between them. */
  ticks(room: number): Tick[] {
    const multiples = [[1, 2, 5], [1, 3], [1]].find((some) => this.#room(some) >= room) ?? [1];
    const stride = Math.ceil(room / this.#room([1]));
    return this.#values([1, 2, 3, 4, 5, 6, 7, 8, 9]).map((value) => {
      const [digit, power] = value.toExponential().split('e').map(Number);
      const labelled = multiples.includes(digit ?? 0) && (power ?? 0) % Math.max(stride, 1) === 0;
      return { value, position: this.at(value), labelled };
    });
  }

  #values(multiples: readonly number[]): number[] {
    const [from, to] = this.domain;
    const values: number[] = [];
    for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
      for (const multiple of multiples) values.push(Number(`${multiple}e${power}`));
    }
    return values.filter((value) => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9));
  }

  /** The least distance between neighbours. */
  #room(multiples: readonly number[]): number {
    const places = this.#values(multiples).map((value) => this.at(value));
    return Math.min(...places.slice(1).map((place, i) => Math.abs(place - (places[i] ?? NaN))), Infinity);
  }
}

/** The nearest of 1, 2, 5 times a power of ten that is not above (or, for `up`, not below) the value. */
export function roundToTick(value: number, up: boolean): number {
  const power = Math.floor(Math.log10(value));
  const candidates = [1, 2, 5, 10].map((multiple) => Number(`${multiple}e${power}`));
  return up
    ? (candidates.find((candidate) => candidate >= value * (1 - 1e-9)) ?? value)
    : (candidates.findLast((candidate) => candidate <= value * (1 + 1e-9)) ?? value);
}

/** Round numbers that cover [0, most], at most `count` steps. */
export function linearTicks(most: number, count: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / count));
  const step = [1, 2, 5, 10].map((multiple) => multiple * power).find((size) => most / size <= count) ?? most;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(12)),
  );
}
