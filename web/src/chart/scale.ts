export interface Tick {
  value: number;
  position: number;
  labelled: boolean;
}

/** Maps numbers to pixels. */
export interface AxisScale {
  readonly kind: 'linear' | 'logarithmic';
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  at(value: number): number;
  /** Round numbers; labelled as many as fit with `room` pixels between them. */
  ticks(room: number): Tick[];
}

type Pair = readonly [number, number];

export function axisScale(kind: AxisScale['kind'], domain: Pair, range: Pair): AxisScale {
  return kind === 'linear' ? new LinearScale(domain, range) : new LogScale(domain, range);
}

/** Equal differences are equal distances. */
export class LinearScale implements AxisScale {
  readonly kind = 'linear';
  readonly domain: Pair;
  readonly range: Pair;

  constructor(domain: Pair, range: Pair) {
    this.domain = domain;
    this.range = range;
  }

  at(value: number): number {
    const [from, to] = this.domain;
    const [start, end] = this.range;
    return start + ((end - start) * (value - from)) / (to - from);
  }

  ticks(room: number): Tick[] {
    const [from, to] = this.domain;
    const [start, end] = this.range;
    const count = Math.max(1, Math.floor(Math.abs(end - start) / room));
    return linearTicks(from, to, count).map((value) => ({ value, position: this.at(value), labelled: true }));
  }
}

/** Equal ratios are equal distances. */
export class LogScale implements AxisScale {
  readonly kind = 'logarithmic';
  readonly domain: Pair;
  readonly range: Pair;

  constructor(domain: Pair, range: Pair) {
    this.domain = domain;
    this.range = range;
  }

  at(value: number): number {
    const [from, to] = this.domain;
    const [start, end] = this.range;
    return start + ((end - start) * Math.log(value / from)) / Math.log(to / from);
  }

  /** 1 to 9 times every power of ten. */
  ticks(room: number): Tick[] {
    const multiples = [[1, 2, 5], [1, 3], [1]].find((some) => this.#room(some) >= room) ?? [1];
    const stride = Math.ceil(room / this.#room([1]));
    const ticks = this.#values([1, 2, 3, 4, 5, 6, 7, 8, 9]).map((value) => {
      const [digit, power] = value.toExponential().split('e').map(Number);
      const labelled = multiples.includes(digit ?? 0) && (power ?? 0) % Math.max(stride, 1) === 0;
      return { value, position: this.at(value), labelled };
    });
    const isNarrow = this.domain[1] < 30 * this.domain[0];
    return isNarrow && ticks.filter(({ labelled }) => labelled).length < 2 ? this.#equalSteps(room) : ticks;
  }

  /** For a domain that holds fewer than two of those: as many as have room, or the ends of the domain. */
  #equalSteps(room: number): Tick[] {
    const labelled = (value: number) => ({ value, position: this.at(value), labelled: true });
    const [start, end] = this.range;
    for (let count = Math.floor(Math.abs(end - start) / room); count > 0; count--) {
      const ticks = linearTicks(...this.domain, count).map(labelled);
      const haveRoom = ticks.every(
        ({ position }, i) => i === 0 || Math.abs(position - ticks[i - 1]!.position) >= room,
      );
      if (haveRoom && ticks.length > 1) return ticks;
    }
    return this.domain.map(labelled);
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

/** Round numbers from `from` to `to`, at most `count` steps. */
export function linearTicks(from: number, to: number, count: number): number[] {
  const step = linearStep(to - from, count);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The smallest of 1, 2, 5 times a power of ten of which at most `count` cover a length. */
export function linearStep(length: number, count: number): number {
  const power = 10 ** Math.floor(Math.log10(length / count));
  return [1, 2, 5, 10].map((multiple) => multiple * power).find((step) => length / step <= count) ?? length;
}
