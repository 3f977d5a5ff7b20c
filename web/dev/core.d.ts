// What `@asymptoken/core` is while build/wasm has not been built: the facade's types and its doors.
export * from '../../wasm/src/api.ts';
import type { Asymptoken, LoadOptions } from '../../wasm/src/api.ts';
export { PauseController } from '../../wasm/src/pause.ts';
export declare function load(options?: LoadOptions): Promise<Asymptoken>;
