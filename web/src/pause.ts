import type { PauseSignal } from './core.ts';

/** The page's side of a PauseSignal. */
export class PauseControl extends EventTarget implements PauseSignal {
  #paused = false;

  get paused(): boolean {
    return this.#paused;
  }

  set paused(value: boolean) {
    if (value === this.#paused) return;
    this.#paused = value;
    this.dispatchEvent(new Event('change'));
  }
}
