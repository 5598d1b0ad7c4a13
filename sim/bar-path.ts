import type { SimOrder } from "#sim/sim-order.ts";

/** Every order acts on the leg. */
export const ANY_ORDER = Number.POSITIVE_INFINITY;

const LEG = {
  /** To the high or the low. */
  extreme: 0,
  close: 1,
  /** To an extreme that a detour left out: only for entries that are older than the bar's inside. */
  leftOut: 2,
} as const;
type Leg = (typeof LEG)[keyof typeof LEG];

/**
 * The way of the price through one bar, in legs; prices in ticks. It begins as three: one extreme, the other one,
 * the close.
 *
 * An entry inside the bar may change it. What came before the entry is not the new position's, so under `worst` the
 * adverse extreme is visited next and then the close, which alone confirms a target (`best` mirrors that). But the
 * price was at every level of the bar at some time: what the detour leaves out is walked afterwards from the level
 * of the entry on, for the orders that rested before the bar's inside began, and the close is reached once more. Orders
 * that only reduce are not among them: before the entry there was nothing to reduce.
 */
export class BarPath {
  /** Number of the order that arrived last before the bar's inside began. */
  newestOld = 0;
  #close = 0;
  readonly #targets: number[] = [];
  readonly #kinds: Leg[] = [];
  #leg = 0;
  #length = 0;
  /** Where the first leg begins that was left out. */
  #from = 0;

  /** The inside of a bar begins; `newestOrder` is the number of the order that arrived last. */
  start(first: number, second: number, close: number, newestOrder: number): void {
    this.newestOld = newestOrder;
    this.#close = close;
    this.#leg = 0;
    this.#length = 0;
    this.#add(first, LEG.extreme);
    this.#add(second, LEG.extreme);
    this.#add(close, LEG.close);
  }

  get isOver(): boolean {
    return this.#leg >= this.#length;
  }

  /** Where the leg leads. */
  get target(): number {
    return this.#targets[this.#leg] as number;
  }

  /**
   * Orders that arrived after this one do not act on the leg; where there is such a bound, liquidation and orders that
   * only reduce do not either.
   */
  get newestOrder(): number {
    return this.#kinds[this.#leg] === LEG.leftOut ? this.newestOld : ANY_ORDER;
  }

  /** Ends the leg and returns where the price is then. */
  leave(): number {
    const leg = this.#leg;
    this.#leg += 1;
    const kinds = this.#kinds;
    const jumps = kinds[leg] !== LEG.leftOut && kinds[leg + 1] === LEG.leftOut && !this.isOver;
    return jumps ? this.#from : (this.#targets[leg] as number);
  }

  /** An entry at `level`: `extreme` is visited next, then the close, then for old orders what else there is. */
  turn(extreme: number, level: number): void {
    const rest: number[] = [];
    for (let leg = this.#leg; leg < this.#length; leg++) {
      const target = this.#targets[leg] as number;
      if (this.#kinds[leg] !== LEG.close && target !== extreme) rest.push(target);
    }
    this.#leg = 0;
    this.#length = 0;
    this.#from = level;
    this.#add(extreme, LEG.extreme);
    this.#add(this.#close, LEG.close);
    for (const target of rest) this.#add(target, LEG.leftOut);
    if (rest.length > 0) this.#add(this.#close, LEG.close);
  }

  /** Becomes another path as it lies ahead. */
  copy(other: BarPath): void {
    this.newestOld = other.newestOld;
    this.#close = other.#close;
    this.#from = other.#from;
    this.#leg = 0;
    this.#length = 0;
    for (let leg = other.#leg; leg < other.#length; leg++) {
      this.#add(other.#targets[leg] as number, other.#kinds[leg] as Leg);
    }
  }

  #add(target: number, kind: Leg): void {
    this.#targets[this.#length] = target;
    this.#kinds[this.#length] = kind;
    this.#length += 1;
  }
}

/** Whether an order acts on a leg with that bound. */
export function actsOn(newestOrder: number, order: SimOrder): boolean {
  return newestOrder === ANY_ORDER || (order.sequence <= newestOrder && !order.reduceOnly);
}
