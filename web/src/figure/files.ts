/** Files of the reader's, as far as the page has to look into them; the core says the rest. */

import { core, type NumberArray, type Result, type Spec } from '../base/core.ts';

const largest = { result: 50e6, spec: 10e6, array: 1e9 };

/** An array of the reader's, and what it is called. */
export interface NamedArray {
  name: string;
  array: NumberArray;
}

/** A result that the command or a page wrote; throws one sentence if it is none. */
export async function readResult(file: File): Promise<Result> {
  checkSize(file, 'result');
  const { asymptoken } = await core();
  return named(file, asymptoken.readResult(await file.text()));
}

/** A spec, checked and completed by the core; throws one sentence if it is none. */
export async function readSpec(file: File): Promise<Spec> {
  checkSize(file, 'spec');
  const { asymptoken } = await core();
  const found = parse(await file.text());
  if (typeof found !== 'object' || found === null || !('experiment' in found)) {
    throw new Error(`${file.name} is no spec: it is not JSON with an experiment.`);
  }
  return named(file, asymptoken.complete(found as Spec));
}

/** Numbers in NumPy's format. */
export async function readArray(file: File): Promise<NamedArray> {
  checkSize(file, 'array');
  const { asymptoken } = await core();
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, array: await asymptoken.readNpy(file.name, bytes) };
}

function checkSize({ name, size }: File, what: keyof typeof largest): void {
  if (size > largest[what]) throw new Error(`${name} has ${size} bytes; expected at most ${largest[what]}.`);
}

/** What the core says of it, with the name of the file. */
async function named<Found>({ name }: File, found: Promise<Found>): Promise<Found> {
  return found.catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
