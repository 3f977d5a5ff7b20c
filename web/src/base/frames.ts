/** Returns true where the browser has so much to lay out after it that it is enough for one frame. */
export type Work = () => boolean | void;

const waiting = new Set<Work>();

/** Milliseconds of each frame; layout and paint of what they draw take as many again, and more on a busy machine. */
const share = 5;
let asked = false;

/**
 * Does something in one of the next frames, once however often it is asked for before. All that a page draws stands in
 * this one line, of which a frame takes no more than it has time for: so nothing holds up the page.
 */
export function inFrame(work: Work): void {
  waiting.add(work);
  ask();
}

function ask(): void {
  if (!asked) requestAnimationFrame(workOff);
  asked = true;
}

function workOff(): void {
  const end = performance.now() + share;
  asked = false;
  try {
    for (const work of waiting) {
      waiting.delete(work);
      if (work() || performance.now() >= end) break;
    }
  } finally {
    if (waiting.size > 0) ask();
  }
}

/** What is drawn in parts, each in a frame with room for it. */
export class Drawing {
  readonly #partsOf: () => Work[];
  /** What is drawn is not what there is. */
  #stale = false;
  /** What is left to draw of what there was. */
  #parts: Work[] = [];
  readonly #drawPart = () => {
    if (this.#parts.length === 0 && this.#stale) {
      this.#stale = false;
      this.#parts = this.#partsOf();
    }
    const full = this.#parts.shift()?.();
    if (this.#parts.length > 0 || this.#stale) inFrame(this.#drawPart);
    return full;
  };

  constructor(partsOf: () => Work[]) {
    this.#partsOf = partsOf;
  }

  ask(): void {
    this.#stale = true;
    inFrame(this.#drawPart);
  }

  /** All at once, for who waits for it. */
  now(): void {
    this.#stale = false;
    this.#parts = [];
    for (const draw of this.#partsOf()) draw();
  }
}
