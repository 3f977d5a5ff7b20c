/** Seconds of running, pauses left out. */
export class Stopwatch {
  #before = 0;
  #since: number | null = null;

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.#before = this.seconds;
    this.#since = null;
  }

  get seconds(): number {
    return this.#before + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }
}

/** The time left at the pace of the last seconds. */
export class TimeLeft {
  #notes: { seconds: number; fraction: number }[] = [];

  note(seconds: number, fraction: number): void {
    this.#notes.push({ seconds, fraction });
    // Ten seconds smooth out the differences between items; half of the run does where it is shorter.
    const from = seconds - Math.min(10, seconds / 2);
    while (this.#notes.length > 2 && this.#notes[1]!.seconds < from) this.#notes.shift();
  }

  /** Null until there is something to go by. */
  get seconds(): number | null {
    const [first, last] = [this.#notes[0], this.#notes.at(-1)];
    if (!first || !last || last.seconds - first.seconds < 0.2 || last.fraction <= first.fraction) return null;
    return ((1 - last.fraction) * (last.seconds - first.seconds)) / (last.fraction - first.fraction);
  }
}
