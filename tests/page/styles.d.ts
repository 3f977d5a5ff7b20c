// The page's modules import their styles as text; no test of this folder reads them.
declare module '*.css?inline' {
  const text: string;
  export default text;
}
