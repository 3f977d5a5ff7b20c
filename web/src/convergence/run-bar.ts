import { html, say, set } from '../dom.ts';
import { duration, percent, whole } from '../format.ts';
import type { Runner, RunState } from '../runner.ts';

const actions: Record<RunState, string> = {
  idle: 'Run',
  running: 'Pause',
  paused: 'Resume',
  done: 'Run again',
  cancelled: 'Run',
  error: 'Run',
};

/** Run, pause, resume and cancel, how far it is and how long it still takes. */
export class RunBar {
  readonly element: HTMLElement;
  readonly #main = html('button', { type: 'button', class: 'main' });
  readonly #cancel = html('button', { type: 'button', 'data-action': 'cancel' }, 'Cancel');
  readonly #progress = html('progress', { max: 1, value: 0, 'aria-label': 'Progress of the run' });
  readonly #status = html('span');
  /** The problem again, for where the controls are far from the run bar. */
  readonly #why = html('span', { class: 'why', 'aria-hidden': 'true' });
  readonly #runner: Runner;

  constructor(runner: Runner, start: () => void) {
    this.#runner = runner;
    this.#main.addEventListener('click', () => {
      if (runner.state === 'running') runner.pause();
      else if (runner.state === 'paused') runner.resume();
      else start();
    });
    this.#cancel.addEventListener('click', () => runner.cancel());
    this.element = html(
      'div',
      { class: 'run-bar', role: 'group', 'aria-label': 'Run' },
      html('div', { class: 'buttons' }, this.#main, this.#cancel),
      this.#progress,
      html('p', { class: 'status' }, this.#status, this.#why),
    );
  }

  draw(): void {
    const { state, progress } = this.#runner;
    const action = actions[state];
    say(this.#main, action);
    set(this.#main, { 'data-action': action.toLowerCase().split(' ')[0] });
    // Not `disabled`: that would take the focus away from who has just pressed it.
    set(this.#cancel, { 'aria-disabled': state === 'running' || state === 'paused' ? 'false' : 'true' });
    this.#progress.value = state === 'done' ? 1 : (progress?.fraction ?? 0);
    say(this.#status, this.#words());
    say(this.#why, state === 'error' ? `: ${this.#runner.problem}` : '');
  }

  #words(): string {
    const { state, progress, result } = this.#runner;
    const fraction = percent(progress?.fraction ?? 0);
    if (state === 'running') {
      if (!progress) return 'starting';
      return progress.secondsLeft === null ? fraction : `${fraction}, ${duration(progress.secondsLeft)} left`;
    }
    if (state === 'paused') return `paused at ${fraction}`;
    if (state === 'cancelled') return `cancelled at ${fraction}`;
    if (state === 'done' && result) {
      return `${whole(result.items.done)} samples in ${duration(result.provenance.wall_seconds)}`;
    }
    return state === 'error' ? 'not run' : '';
  }
}
