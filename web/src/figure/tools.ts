import type { Result, Spec } from '../base/core.ts';
import { html, say } from '../base/dom.ts';
import { download } from './download.ts';
import { late } from './late.ts';
import type { Picture } from './picture.ts';
import { standaloneSvg } from './standalone-svg.ts';

/** What a figure has to offer when a reader takes it away, and what it can be given. */
export interface Source {
  /** Of files, without an ending. */
  name: string;
  spec(): Spec;
  /** An array of the reader's that the spec asks for. */
  input?(): { name: string; file: string } | null;
  /** What does the same natively with the saved spec; default: runs it. */
  command?(): string;
  /** null where nothing has been measured. */
  csv(): Promise<string> | null;
  pictures(): Picture[];
  /** null for a figure that shows no result of an experiment. */
  result: (() => Result | null) | null;
  openers: readonly Opener[];
}

/** A kind of file of the reader's that a figure can show. */
export interface Opener {
  what: 'spec' | 'result' | 'array';
  /** Its names end so. */
  ending: '.json' | '.npy';
  open(files: readonly File[]): Promise<void>;
}

/** Pixels of a PNG for each of the screen's. */
const sharpness = 3;

/**
 * Taking a figure away: as a picture, as numbers, as a command; and opening files, chosen or dropped on the figure. What
 * few readers do is loaded when they do it.
 */
export class Tools {
  readonly element: HTMLElement;
  readonly #source: Source;
  readonly #native: HTMLDetailsElement;
  readonly #command = html('code');
  readonly #spec = html('code');
  readonly #said = html('p', { class: 'said', role: 'status' });

  /** Files may be dropped on `figure`. */
  constructor(figure: HTMLElement, source: Source) {
    this.#source = source;
    const { result, openers } = source;
    this.#native = html(
      'details',
      { class: 'native' },
      html('summary', {}, 'Run it natively'),
      html('p', {}, `Save the spec, then run it${result ? ', and open its result here' : ''}:`),
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
        this.#button('csv', 'CSV', async () => this.#saveMeasured('csv', 'text/csv', await source.csv())),
        this.#button('spec', 'spec', () => this.#save('spec.json', text(json(source.spec()), jsonType))),
        ...(result ? [this.#resultButton(result)] : []),
      ),
      ...openers.map((opener) => this.#opener(opener)),
      this.#native,
      this.#said,
    );
    if (openers.length > 0) this.#acceptDrops(figure);
  }

  /** The command and the spec are written out only where they are read. */
  draw(): void {
    if (!this.#native.open) return;
    const { name } = this.#source;
    const input = this.#source.input?.();
    const given = input ? ` --input ${input.name}=${input.file}` : '';
    const run = `asymptoken run ${name}.spec.json${given} --output ${name}.json --svg ${name}.svg`;
    say(this.#command, this.#source.command?.() ?? run);
    say(this.#spec, json(this.#source.spec()));
  }

  #button(action: string, words: string, act: () => void | Promise<void>): HTMLButtonElement {
    const button = html('button', { type: 'button', 'data-action': action }, words);
    button.addEventListener('click', () => {
      void (async () => act())().catch((error: unknown) => this.#say(error));
    });
    return button;
  }

  #save(ending: string, content: Blob): void {
    download(`${this.#source.name}.${ending}`, content);
    say(this.#said, '');
  }

  #resultButton(current: () => Result | null): HTMLButtonElement {
    return this.#button('result', 'result', () => {
      const result = current();
      this.#saveMeasured('json', jsonType, result && json(result));
    });
  }

  #opener(opener: Opener): HTMLLabelElement {
    const { what, ending } = opener;
    const words = `Open ${what === 'array' ? 'an array' : `a ${what} file`}`;
    const input = html('input', {
      type: 'file',
      accept: ending,
      multiple: what === 'array',
      'aria-label': words,
      'data-opens': what,
    });
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      // So that the same file can be opened again after it has changed.
      input.value = '';
      void this.#open(opener, files);
    });
    return html('label', { class: 'opener' }, html('span', {}, words), input);
  }

  #acceptDrops(figure: HTMLElement): void {
    figure.addEventListener('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    });
    figure.addEventListener('drop', (event) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const opener = this.#source.openers.find(({ ending }) =>
        files.every(({ name }) => name.endsWith(ending)),
      );
      if (opener) return void this.#open(opener, files);
      const endings = this.#source.openers.map(({ what, ending }) => `a ${what} (${ending})`);
      say(this.#said, `${files[0]!.name} cannot be shown here; expected ${endings.join(' or ')}.`);
    });
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

  async #open({ open }: Opener, files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    try {
      await open(files);
      say(this.#said, `Shown: ${files.map(({ name }) => name).join(', ')}.`);
    } catch (error) {
      this.#say(error);
    }
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
