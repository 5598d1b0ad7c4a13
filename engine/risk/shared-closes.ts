import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { closableLots, isClose } from "#engine/orders/closes.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";

/**
 * One position, many who may want it closed: a close is sent for what no other close takes, whoever asked for either, and
 * again, after its request was lost, for what is held by then. One that is alone is the venue's to cap, or to refuse where
 * the books are flat: an entry may be filled by then that nobody has told of yet.
 */
export class SharedCloses {
  readonly #ledger: Ledger;
  #working: (slot: number) => readonly Order[] = () => [];

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  bind(working: (slot: number) => readonly Order[]): void {
    this.#working = working;
  }

  /** Takes from a new close what others take already; false, and nothing is changed, when they leave nothing. */
  fit(order: Order): boolean {
    const isFirst = order.status === STATUS.planned;
    // Nothing else works: most closes of a backtest.
    if (isFirst && this.#working(order.symbol).length === 1) return true;
    if (!isClose(order) || !this.#reduces(order)) return true;
    const left = this.#left(order);
    if (left === 0) return false;
    const isAlone = isFirst && left === Math.abs(this.#held(order));
    if (!isAlone && order.wantedLots > left) {
      order.qtyLots = left;
      order.wantedLots = left;
    }
    return true;
  }

  /** Whether a change leaves the others theirs. */
  fitsChanged(order: Order, wasLots: number): boolean {
    if (order.wantedLots <= wasLots || !isClose(order) || !this.#reduces(order)) return true;
    return order.wantedLots - order.filledLots <= this.#left(order);
  }

  /** Marks an order as one that only reduces, if it is no larger than what there is to reduce. */
  mark(order: Order): boolean {
    if (!this.#reduces(order)) return false;
    order.reduceOnly = true;
    const most = isClose(order) ? this.#left(order) : Math.abs(this.#held(order));
    order.reduceOnly = order.wantedLots <= most;
    return order.reduceOnly;
  }

  #left(order: Order): number {
    return closableLots(this.#held(order), this.#working(order.symbol), order);
  }

  #reduces(order: Order): boolean {
    return this.#held(order) * order.side < 0;
  }

  #held({ symbol }: Order): number {
    return (this.#ledger.positions[symbol] as Position).qtyLots;
  }
}
