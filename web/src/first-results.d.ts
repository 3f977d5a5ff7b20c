declare module 'first-result:*' {
  /** null where there is no core to ask. */
  const first: import('./figure/first-result.ts').FirstResult | null;
  export default first;
}

declare module 'first-weights:*' {
  const first: {
    spec: import('./core.ts').Spec;
    head: number;
    tokens: { n: number; dimension: number; values: number[] };
    /** A, row-major. */
    matrix: number[];
  } | null;
  export default first;
}

declare module 'first-plane:*' {
  const first: {
    tokens: { n: number; dimension: number; values: number[] };
    path: import('./plane/attention.ts').Path;
  } | null;
  export default first;
}
