/** Whether a browser asks for what is to be printed: nothing can wait for a frame or for its turn then. */
export const print = { now: false };

let last: Promise<void> | undefined;

/** Resolves once the page has loaded and has nothing to do. */
export function idle(): Promise<void> {
  last ??= new Promise((resolve) => {
    // Not every browser tells; then it is soon afterwards.
    const wait = () =>
      typeof requestIdleCallback === 'function'
        ? requestIdleCallback(() => resolve())
        : setTimeout(resolve, 2000);
    if (document.readyState === 'complete') wait();
    else addEventListener('load', wait, { once: true });
  });
  return last;
}
