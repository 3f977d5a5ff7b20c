import { html, say, set } from '../base/dom.ts';

const interval = 350;

/** Plays the steps of a path one after the other: play, pause, step, reset. */
export class Player {
  readonly element: HTMLElement;
  readonly #changed: () => void;
  readonly #main = html('button', { type: 'button', class: 'main', 'data-action': 'run' }, 'Play');
  readonly #progress = html('progress', { max: 1, value: 1, 'aria-label': 'Tokens so far' });
  readonly #status = html('p', { class: 'status' });
  #steps = 0;
  #step = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  #held = false;

  constructor(changed: () => void) {
    this.#changed = changed;
    const button = (action: string, words: string, title: string, act: () => void) => {
      const made = html('button', { type: 'button', title, 'data-action': action }, words);
      made.addEventListener('click', act);
      return made;
    };
    this.#main.addEventListener('click', () => (this.#timer === null ? this.play() : this.pause()));
    this.element = html(
      'div',
      { class: 'run-bar', role: 'group', 'aria-label': 'Let n grow' },
      html(
        'div',
        { class: 'buttons' },
        this.#main,
        button('step', 'Step', 'The next n', () =>
          this.#go(this.#step >= this.#steps - 1 ? 0 : this.#step + 1),
        ),
        button('end', 'End', 'All tokens', () => this.#go(this.#steps - 1)),
        button('reset', 'Reset', 'Back to the first ten tokens, with the same seed', () => this.#go(0)),
      ),
      this.#progress,
      this.#status,
    );
  }

  get step(): number {
    return this.#step;
  }

  /** It waits while its figure is off the screen. */
  set held(held: boolean) {
    this.#held = held;
  }

  /** All steps of a path; a path of another length is shown to its end. */
  show(steps: number, other: boolean): void {
    this.#steps = steps;
    if (other && this.#timer === null) this.#step = steps - 1;
    this.#step = Math.min(this.#step, steps - 1);
    this.#draw();
  }

  say(words: string): void {
    say(this.#status, words);
    this.#draw();
  }

  play(): void {
    if (this.#step >= this.#steps - 1) this.#step = 0;
    this.#timer = setInterval(() => {
      if (this.#held) return;
      if (this.#step >= this.#steps - 1) return this.pause();
      this.#step++;
      this.#changed();
    }, interval);
    this.#changed();
  }

  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#draw();
  }

  #go(step: number): void {
    this.pause();
    this.#step = Math.max(0, Math.min(step, this.#steps - 1));
    this.#changed();
  }

  #draw(): void {
    const playing = this.#timer !== null;
    say(this.#main, playing ? 'Pause' : 'Play');
    set(this.#main, { 'data-action': playing ? 'pause' : 'run' });
    this.#progress.value = this.#steps > 1 ? this.#step / (this.#steps - 1) : 1;
  }
}
