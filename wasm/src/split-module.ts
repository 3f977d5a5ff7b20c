/** A binary whose rarer functions lie in pieces of their own, as ../split.ts cuts it. */

/** A piece did not come, or is not of this core: what called it cannot go on. */
export class PieceFailed extends Error {}

/**
 * Instantiates the core. What it imports beside `imports` are functions of pieces, by the name of the piece and their slot in
 * the core's table. In their place stand functions that first put the piece there, which fills the slots, and then call
 * on. `compile` has to answer at once: the call that needs a piece cannot wait.
 */
export async function instantiateWithPieces(
  core: WebAssembly.Module,
  imports: WebAssembly.Imports,
  compile: (piece: string) => WebAssembly.Module,
): Promise<WebAssembly.Instance> {
  const standIns: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  const loaded = new Set<string>();
  const load = (piece: string) => {
    if (loaded.has(piece)) return;
    try {
      const module = compile(piece);
      if (buildOf(module) !== buildOf(core)) {
        throw new Error(`The part "${piece}" of the core is of another build; expected the files of one.`);
      }
      new WebAssembly.Instance(module, { core: instance.exports });
    } catch (error) {
      throw new PieceFailed(error instanceof Error ? error.message : String(error));
    }
    loaded.add(piece);
  };
  for (const { module, name: slot } of WebAssembly.Module.imports(core)) {
    if (module in imports) continue;
    const piece = pieceOf(module);
    (standIns[module] ??= {})[slot] = (...args: unknown[]): unknown => {
      load(piece);
      return (table.get(Number(slot)) as (...args: unknown[]) => unknown)(...args);
    };
  }
  const instance = await WebAssembly.instantiate(core, { ...imports, ...standIns });
  const table = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Table)!;
  return instance;
}

/** The piece that the core imports from under this name; later versions of wasm-split write more, behind a dot. */
export function pieceOf(importedModule: string): string {
  return importedModule.split('.')[0]!;
}

/** The section by which a core knows its pieces: they hold addresses in its memory. */
export const buildSection = 'build';

function buildOf(module: WebAssembly.Module): string {
  return new TextDecoder().decode(WebAssembly.Module.customSections(module, buildSection)[0]);
}
