import type { Spec } from '../core.ts';

const largest = 10e6;

/** Reads a spec of the reader's own; throws one sentence if it is none. What is in it the core has to say. */
export async function readSpec(file: File): Promise<Spec> {
  if (file.size > largest) throw new Error(`${file.name} has ${file.size} bytes; a spec has fewer.`);
  const found = parse(await file.text());
  if (typeof found !== 'object' || found === null || !('experiment' in found)) {
    throw new Error(`${file.name} is no spec: it is not JSON with an experiment.`);
  }
  return found as Spec;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
