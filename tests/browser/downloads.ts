import type { Tab } from './browsers.ts';
import { act, until, type Figure } from './page.ts';

// What a reader takes away from a figure, and brings to it.

/** Keeps what the page hands to the reader, instead of asking where to put it. */
export function catchDownloads(tab: Tab): Promise<void> {
  return tab.evaluate(() => {
    const caught: { name: string; content: Blob }[] = [];
    Object.assign(globalThis, { caught });
    let last: Blob;
    URL.createObjectURL = (content) => {
      last = content as Blob;
      return 'about:blank';
    };
    HTMLAnchorElement.prototype.click = function () {
      caught.push({ name: this.download, content: last });
    };
  });
}

/** Presses a button and returns the text of the file that comes. */
export async function saved(tab: Tab, figure: Figure, action: string, name: string): Promise<string> {
  await act(tab, action, figure);
  const content = () =>
    tab.evaluate(async (file) => {
      const { caught } = globalThis as unknown as { caught: { name: string; content: Blob }[] };
      return (await caught.find((one) => one.name === file)?.content.text()) ?? '';
    }, name);
  await until(name, async () => (await content()) !== '');
  return content();
}

/** How many colours the saved PNG has. */
export async function pngColours(tab: Tab, file: string): Promise<number> {
  await until('the PNG', () =>
    tab.evaluate((wanted) => {
      const { caught } = globalThis as unknown as { caught: { name: string }[] };
      return caught.some(({ name }) => name === wanted);
    }, file),
  );
  return tab.evaluate(async (wanted) => {
    const { caught } = globalThis as unknown as { caught: { name: string; content: Blob }[] };
    const bitmap = await createImageBitmap(caught.find(({ name }) => name === wanted)!.content);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, file);
}

/** Gives a file to a figure's opener. */
export function openFile(tab: Tab, figure: Figure, name: string, content: string): Promise<void> {
  return tab.evaluate(
    ([tag, file, text]) => {
      const root = document.querySelector(`asymptoken-${tag}`)!.shadowRoot!;
      const input = root.querySelector<HTMLInputElement>('input[type="file"]')!;
      const files = new DataTransfer();
      files.items.add(new File([text], file));
      input.files = files.files;
      input.dispatchEvent(new Event('change'));
    },
    [figure, name, content] as [string, string, string],
  );
}

/** Drops files on a figure; of each its name and its bytes. */
export function dropFiles(
  tab: Tab,
  figure: Figure,
  files: [name: string, bytes: Uint8Array][],
): Promise<void> {
  return tab.evaluate(
    ({ tag, contents }) => {
      const dataTransfer = new DataTransfer();
      for (const [name, base64] of contents) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      const target = document.querySelector(`asymptoken-${tag}`)!;
      target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    {
      tag: figure,
      contents: files.map(([name, bytes]): [string, string] => [name, Buffer.from(bytes).toString('base64')]),
    },
  );
}
