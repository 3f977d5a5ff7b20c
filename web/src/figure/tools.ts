import type { Result, Spec } from '../core.ts';
import { html, say } from '../dom.ts';
import { download } from './download.ts';
import { late } from './late.ts';
import type { Picture } from './picture.ts';
import { standaloneSvg } from './standalone-svg.ts';

/** What a figure has to offer when a reader takes it away. */
export interface Source {
  /** Of files, without an ending. */
  name: string;
  spec(): Spec;
  /** What does the same natively with the saved spec; default: runs it. */
  command?(): string;
  /** null where nothing has been measured. */
  csv(): string | null;
  pictures(): Picture[];
  /** For a figure that shows a spec of the reader's own. */
  openSpec?(file: File): Promise<void>;
  /** null for a figure that shows no result of an experiment. */
  results: Results | null;
}

/** Results as the command writes them. */
export interface Results {
  current(): Result | null;
  open(file: File): Promise<void>;
}

/** Pixels of a PNG for each of the screen's. */
const sharpness = 3;

/**
 * Taking a figure away: as a picture, as numbers, as a command; and opening a result that the command wrote. What few
 * readers do is loaded when they do it.
 */
export class Tools {
  readonly element: HTMLElement;
  readonly #source: Source;
  readonly #native: HTMLDetailsElement;
  readonly #command = html('code');
  readonly #spec = html('code');
  readonly #said = html('p', { class: 'said', role: 'status' });

  constructor(source: Source) {
    this.#source = source;
    const { results, openSpec } = source;
    this.#native = html(
      'details',
      { class: 'native' },
      html('summary', {}, 'Run it natively'),
      html('p', {}, `Save the spec, then run it${results ? ', and open its result here' : ''}:`),
      html('pre', { tabindex: 0, role: 'region', 'aria-label': 'Command' }, this.#command),
      this.#button('copy', 'Copy the command', () => this.#copy()),
      html('pre', { class: 'spec', tabindex: 0, role: 'region', 'aria-label': 'Spec' }, this.#spec),
    );
    this.#native.addEventListener('toggle', () => this.draw());
    this.element = html(
      'div',
      { class: 'tools' },
      html(
        'div',
        { class: 'exports', role: 'group', 'aria-label': 'Save as a file' },
        html('span', { 'aria-hidden': 'true' }, 'Save'),
        this.#button('png', 'PNG', async () => {
          const { pngOf } = await late(import('./canvas-picture.ts'));
          this.#save('png', await pngOf(source.pictures(), sharpness));
        }),
        this.#button('svg', 'SVG', () =>
          this.#save('svg', text(standaloneSvg(source.pictures()), 'image/svg+xml')),
        ),
        this.#button('csv', 'CSV', () => this.#saveMeasured('csv', 'text/csv', source.csv())),
        this.#button('spec', 'spec', () => this.#save('spec.json', text(json(source.spec()), jsonType))),
        ...(results ? [this.#resultButton(results)] : []),
      ),
      ...(openSpec ? [this.#opener('spec', openSpec)] : []),
      ...(results ? [this.#opener('result', results.open)] : []),
      this.#native,
      this.#said,
    );
  }

  /** The command and the spec are written out only where they are read. */
  draw(): void {
    if (!this.#native.open) return;
    const { name } = this.#source;
    const run = `asymptoken run ${name}.spec.json --output ${name}.json --svg ${name}.svg`;
    say(this.#command, this.#source.command?.() ?? run);
    say(this.#spec, json(this.#source.spec()));
  }

  #button(action: string, words: string, act: () => void | Promise<void>): HTMLButtonElement {
    const button = html('button', { type: 'button', 'data-action': action }, words);
    button.addEventListener('click', () => void Promise.resolve(act()).catch((e: unknown) => this.#say(e)));
    return button;
  }

  #save(ending: string, content: Blob): void {
    download(`${this.#source.name}.${ending}`, content);
    say(this.#said, '');
  }

  #resultButton({ current }: Results): HTMLButtonElement {
    return this.#button('result', 'result', () => {
      const result = current();
      this.#saveMeasured('json', jsonType, result && json(result));
    });
  }

  #opener(what: 'spec' | 'result', open: (file: File) => Promise<void>): HTMLLabelElement {
    const words = `Open a ${what} file`;
    const file = html('input', { type: 'file', accept: '.json,application/json', 'aria-label': words });
    file.addEventListener('change', () => void this.#open(file, open));
    return html('label', { class: 'opener' }, html('span', {}, words), file);
  }

  #saveMeasured(ending: string, type: string, content: string | null): void {
    if (content !== null) this.#save(ending, text(content, type));
    else say(this.#said, 'Nothing has been measured yet.');
  }

  async #copy(): Promise<void> {
    // A page that is not served securely has no clipboard.
    if (!navigator.clipboard) throw new Error('The browser gives this page no clipboard.');
    await navigator.clipboard.writeText(this.#command.textContent);
    say(this.#said, 'Copied.');
  }

  async #open(input: HTMLInputElement, open: (file: File) => Promise<void>): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      await open(file);
      say(this.#said, `Shown: ${file.name}.`);
    } catch (error) {
      this.#say(error);
    }
    // So that the same file can be opened again after it has changed.
    input.value = '';
  }

  #say(error: unknown): void {
    say(this.#said, error instanceof Error ? error.message : String(error));
  }
}

const jsonType = 'application/json';

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function text(content: string, type: string): Blob {
  return new Blob([content], { type });
}
