// What Emscripten makes of bindings/; build.ts says where it lies.

declare module 'asymptoken-glue/simd128' {
  const create: import('./core.ts').CreateCore;
  export default create;
}

declare module 'asymptoken-glue/relaxed' {
  const create: import('./core.ts').CreateCore;
  export default create;
}
