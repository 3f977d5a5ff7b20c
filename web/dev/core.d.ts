// What `@asymptoken/core` is while build/wasm has not been built: the facade's types and its one function.
export * from '../../wasm/src/api.ts';
import type { Asymptoken, LoadOptions } from '../../wasm/src/api.ts';
export declare function load(options?: LoadOptions): Promise<Asymptoken>;
