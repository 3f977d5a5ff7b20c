/** Calls back once, when an element comes near the screen; or never, if it is told to stop before. */
export function whenNear(element: Element, callback: () => void): { stop(): void } {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      callback();
    },
    { rootMargin: '600px' },
  );
  observer.observe(element);
  return { stop: () => observer.disconnect() };
}
