import { core } from '../base/core.ts';

/**
 * Keeps what the page needs for when there is no network. Begins when the core is there: its binary then comes from
 * the browser's cache, and nothing competes with the first figure. Where it cannot be done, nothing is lost.
 */
export async function keepForOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await core();
    await navigator.serviceWorker.register('./service-worker.js');
  } catch {
    // The figures say why there is no core; a browser may refuse the rest as it likes.
  }
}
