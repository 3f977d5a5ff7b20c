/** Runs one task at a time, and of those asked for meanwhile only the last. */
export class Latest {
  #running = false;
  #held = false;
  #next: (() => Promise<void>) | null = null;

  ask(task: () => Promise<void>): void {
    this.#next = task;
    if (!this.#running) void this.#run();
  }

  /** While it is held, no task begins. */
  set held(held: boolean) {
    this.#held = held;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#next && !this.#held) {
      const task = this.#next;
      this.#next = null;
      await task();
    }
    this.#running = false;
  }
}
