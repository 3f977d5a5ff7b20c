// What Emscripten makes of bindings/; build.ts says where it lies.

declare module 'asymptoken-glue/simd128' {
  const create: import('./core.ts').CreateCore;
  export default create;
}

declare module 'asymptoken-glue/relaxed' {
  const create: import('./core.ts').CreateCore;
  export default create;
}

/** The files of each variant, as build.ts writes them down. */
declare module 'asymptoken-binaries' {
  export const pieces: string[];
  export const binaries: Record<import('./api.ts').Variant, () => import('./binary.ts').Binary>;
}
