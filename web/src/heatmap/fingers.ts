import type { Point } from './viewport.ts';

/** What a pointer does to a picture; places are fractions of its sides. */
export interface FingerActions {
  /** Whether one pointer moves the picture, instead of what it points at. */
  movable(): boolean;
  point(at: Point | null): void;
  /** What lies at `from` comes to lie at `to`, and as much again as is shown times `factor` is shown. */
  move(from: Point, to: Point, factor: number): void;
}

/** Two taps are one double tap within so many milliseconds and pixels. */
const tapTime = 350;
const tapRoom = 30;

/** Mouse, pen and fingers on a picture: pointing, dragging, pinching, the wheel and double taps. */
export class Fingers {
  readonly #picture: HTMLElement;
  readonly #actions: FingerActions;
  /** Those that are down, by their ids, where they were last. */
  readonly #down = new Map<number, Point>();
  #tap: { x: number; y: number; time: number } | null = null;
  /** When fingers were last there: a browser may report their double tap as a double click besides. */
  #touched = -Infinity;

  constructor(picture: HTMLElement, actions: FingerActions) {
    this.#picture = picture;
    this.#actions = actions;
    picture.addEventListener('pointerdown', (event) => this.#press(event));
    picture.addEventListener('pointermove', (event) => this.#moveTo(event));
    for (const end of ['pointerup', 'pointercancel'] as const) {
      picture.addEventListener(end, (event) => this.#down.delete(event.pointerId));
    }
    picture.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse') actions.point(null);
    });
    picture.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    picture.addEventListener('dblclick', (event) => {
      if (event.timeStamp - this.#touched > 2 * tapTime) this.#zoomIn(event);
    });
    // Two fingers are ours, also where one scrolls the page.
    const keep = (event: TouchEvent) => {
      if (event.touches.length > 1) event.preventDefault();
    };
    for (const name of ['touchstart', 'touchmove'] as const) {
      picture.addEventListener(name, keep, { passive: false });
    }
  }

  #press(event: PointerEvent): void {
    this.#down.set(event.pointerId, this.#placeOf(event));
    if (event.pointerType === 'touch') this.#touch(event);
    // Fingers hold on to what they touch by themselves.
    else if (this.#actions.movable()) this.#picture.setPointerCapture(event.pointerId);
    if (this.#down.size === 1) this.#actions.point(this.#placeOf(event));
  }

  #touch(event: PointerEvent): void {
    this.#touched = event.timeStamp;
    const { clientX: x, clientY: y, timeStamp: time } = event;
    const before = this.#tap;
    const alone = this.#down.size === 1;
    const again = before !== null && time - before.time < tapTime && !farFrom(before, event);
    this.#tap = alone && !again ? { x, y, time } : null;
    if (alone && again) this.#zoomIn(event);
  }

  #moveTo(event: PointerEvent): void {
    const at = this.#placeOf(event);
    const before = this.#down.get(event.pointerId);
    if (!before) return this.#actions.point(at);
    if (this.#tap && farFrom(this.#tap, event)) this.#tap = null;
    const [other] = [...this.#down].filter(([id]) => id !== event.pointerId);
    this.#down.set(event.pointerId, at);
    if (other) this.#pinch(before, at, other[1]);
    else if (this.#actions.movable()) this.#actions.move(before, at, 1);
    else this.#actions.point(at);
  }

  /** One finger has moved, the other rests. */
  #pinch(before: Point, at: Point, other: Point): void {
    const apart = (one: Point) => Math.hypot(one.x - other.x, one.y - other.y);
    const middle = (one: Point) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
    if (apart(at) > 0) this.#actions.move(middle(before), middle(at), apart(before) / apart(at));
  }

  /** With control, or a pinch on a touchpad, which browsers report so; without, the page scrolls. */
  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = this.#placeOf(event);
    this.#actions.move(at, at, Math.exp(event.deltaY / 200));
  }

  #zoomIn(event: MouseEvent): void {
    const at = this.#placeOf(event);
    this.#actions.move(at, at, 0.5);
  }

  #placeOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#picture.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }
}

function farFrom({ x, y }: { x: number; y: number }, { clientX, clientY }: MouseEvent): boolean {
  return Math.hypot(clientX - x, clientY - y) > tapRoom;
}
