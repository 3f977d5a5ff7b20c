import { html, say, set } from '../base/dom.ts';
import { duration, percent } from '../base/format.ts';
import type { Run, RunState } from './run.ts';

const actions: Record<RunState, string> = {
  idle: 'Run',
  running: 'Pause',
  paused: 'Resume',
  done: 'Run again',
  cancelled: 'Run',
  error: 'Run',
};

export interface RunActions {
  start(): void;
  /** Measures a little more, and pauses. */
  step(): void;
  reset(): void;
}

/** Run, pause, resume, step, cancel and reset, how far it is and how long it still takes. */
export class RunBar {
  readonly element: HTMLElement;
  readonly #main = html('button', { type: 'button', class: 'main' });
  readonly #step = button('step', 'Step', 'Measure a little more, then pause');
  readonly #cancel = button('cancel', 'Cancel', 'Stop, and keep what has been measured');
  readonly #reset = button('reset', 'Reset', 'Back to the start, with the same seed');
  readonly #progress = html('progress', { max: 1, value: 0, 'aria-label': 'Progress of the run' });
  readonly #status = html('span');
  /** The problem again, for where the controls are far from the run bar. */
  readonly #why = html('span', { class: 'why', 'aria-hidden': 'true' });
  readonly #run: Run;

  constructor(run: Run, { start, step, reset }: RunActions) {
    this.#run = run;
    this.#main.addEventListener('click', () => {
      if (run.state === 'running') run.pause();
      else if (run.state === 'paused') run.resume();
      else start();
    });
    this.#step.addEventListener('click', step);
    this.#cancel.addEventListener('click', () => run.cancel());
    this.#reset.addEventListener('click', reset);
    this.element = html(
      'div',
      { class: 'run-bar', role: 'group', 'aria-label': 'Run' },
      html('div', { class: 'buttons' }, this.#main, this.#step, this.#cancel, this.#reset),
      this.#progress,
      html('p', { class: 'status' }, this.#status, this.#why),
    );
  }

  /** `idle` says what is shown before anything runs. */
  draw(idle: string): void {
    const { state, progress, problem } = this.#run;
    const action = actions[state];
    say(this.#main, action);
    set(this.#main, { 'data-action': action.toLowerCase().split(' ')[0] });
    // Not `disabled`: that would take the focus away from who has just pressed it.
    set(this.#cancel, { 'aria-disabled': state === 'running' || state === 'paused' ? 'false' : 'true' });
    set(this.#reset, { 'aria-disabled': state === 'idle' ? 'true' : 'false' });
    this.#progress.value = state === 'done' ? 1 : (progress?.fraction ?? 0);
    say(this.#status, this.#words(idle));
    say(this.#why, state === 'error' ? `: ${problem}` : '');
  }

  #words(idle: string): string {
    const { state, progress, outcome, held } = this.#run;
    const fraction = percent(progress?.fraction ?? 0);
    if (state === 'idle') return idle;
    if (state === 'running') {
      if (held) return `waits at ${fraction} while off the screen`;
      if (!progress) return 'starting';
      return progress.secondsLeft === null ? fraction : `${fraction}, ${duration(progress.secondsLeft)} left`;
    }
    if (state === 'paused') return `paused at ${fraction}`;
    if (state === 'cancelled') return `cancelled at ${fraction}`;
    if (state === 'done') return outcome || idle;
    return state === 'error' ? 'not run' : '';
  }
}

function button(action: string, words: string, title: string): HTMLButtonElement {
  return html('button', { type: 'button', title, 'data-action': action }, words);
}
