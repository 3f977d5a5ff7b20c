// What the core answers while the site is built; ../dev/core-results.ts says what is asked.

declare module 'core:laws' {
  const laws: import('./experiment/settings.ts').Law[];
  export default laws;
}

declare module 'core:spec/*' {
  const builtin: import('./experiment/kind.ts').Builtin;
  export default builtin;
}

declare module 'core:result/*' {
  const result: import('./base/core.ts').Result;
  export default result;
}

declare module 'core:plane/*' {
  const first: {
    /** Their numbers, float32 in base64. */
    tokens: string;
    path: import('./plane/attention.ts').Path;
  };
  export default first;
}
