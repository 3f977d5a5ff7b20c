import type { PauseSignal } from './api.ts';

class Signal extends EventTarget implements PauseSignal {
  paused = false;
}

/** For stopping a run and going on, as AbortController is for ending it: hand `signal` to `run`. */
export class PauseController {
  readonly #signal = new Signal();

  get signal(): PauseSignal {
    return this.#signal;
  }

  pause(): void {
    this.#set(true);
  }

  resume(): void {
    this.#set(false);
  }

  #set(paused: boolean): void {
    if (this.#signal.paused === paused) return;
    this.#signal.paused = paused;
    this.#signal.dispatchEvent(new Event('change'));
  }
}
