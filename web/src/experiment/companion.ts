import type { Spec } from '../base/core.ts';
import type { Picture } from '../figure/picture.ts';

/** A picture of one sample that stands beside an experiment's averages. */
export interface Companion {
  element: HTMLElement;
  picture(): Picture;
  /** Computes only when asked: while its figure is on the screen. */
  show(spec: Spec): void;
  /** Its figure is no longer on the page: nothing more is asked of the core. */
  held: boolean;
}
