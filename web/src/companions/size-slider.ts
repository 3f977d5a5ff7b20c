import { html, say, set } from '../base/dom.ts';
import { whole } from '../base/format.ts';

/** Chooses one of a few numbers of tokens. */
export class SizeSlider {
  readonly element: HTMLLabelElement;
  readonly #input: HTMLInputElement;
  readonly #output = html('output');
  #sizes: readonly number[] = [1];

  constructor(name: string, changed: () => void) {
    this.#input = html('input', { type: 'range', name, min: 0, max: 0, value: 0 });
    this.#input.addEventListener('input', () => {
      this.#draw();
      changed();
    });
    const words = html('span', {}, 'Tokens ', html('i', {}, 'n'), ' = ', this.#output);
    this.element = html('label', { class: 'slider' }, words, this.#input);
  }

  get value(): number {
    return this.#sizes[Number(this.#input.value)] ?? this.#sizes[0] ?? 1;
  }

  /** Other sizes: the largest is chosen. */
  offer(sizes: readonly number[]): void {
    if (String(sizes) === String(this.#sizes)) return;
    this.#sizes = sizes;
    set(this.#input, { max: sizes.length - 1 });
    this.#input.value = String(sizes.length - 1);
    this.#draw();
  }

  #draw(): void {
    say(this.#output, whole(this.value));
    this.#input.setAttribute('aria-valuetext', whole(this.value));
  }
}

/** A geometric grid as an experiment's, of at most six sizes. */
export function sizesOf(from: number, to: number): number[] {
  const steps = 5;
  if (from >= to) return [to];
  const sizes = Array.from({ length: steps + 1 }, (_, i) => Math.round(from * (to / from) ** (i / steps)));
  return [...new Set(sizes)];
}
