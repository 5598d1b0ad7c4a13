import { fromUnits } from "#engine/model/grid.ts";
import { PHASE, type SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** Whether margin is reserved for the order: a limit that rests and may open. What waits for its trigger takes none. */
export function holdsMargin(order: SimOrder): boolean {
  return order.phase === PHASE.limit && !order.reduceOnly;
}

/**
 * The margin that orders of one side of a symbol need, quote units: value / leverage and the taker fee of what they
 * open. What only closes needs none, and what it sets free counts for what is opened after it: its share of the
 * margin that is locked for the position and of the profit at the order's price, less the fee. Orders close in the
 * order in which they are added. One object for all calls: this runs with every order.
 */
export class SideNeed {
  readonly #takerRate: number = 0;
  /** Lots of the position that are left to be closed, and the share of the position that one lot is. */
  #left = 0;
  #perLot = 0;
  #locked = 0;
  #counted = 0;
  #margin = 0;
  #fees = 0;
  #freed = 0;
  /** Lots that have been added. */
  lots = 0;

  constructor(takerRate: number) {
    this.#takerRate = takerRate;
  }

  /**
   * `closed`: lots of the position that something else closes before; `locked`: margin that is locked for the
   * position; `counted`: the part of its profit that the account's money includes already.
   */
  begin(symbol: SimSymbol, side: number, closed: number, locked: number, counted: number): void {
    const held = symbol.position.qtyLots;
    const isOpposite = held !== 0 && held > 0 !== side > 0;
    this.#left = isOpposite ? Math.max(0, Math.abs(held) - closed) : 0;
    this.#perLot = isOpposite ? 1 / Math.abs(held) : 0;
    this.#locked = locked;
    this.#counted = counted;
    this.#margin = 0;
    this.#fees = 0;
    this.#freed = 0;
    this.lots = 0;
  }

  /** All orders of the side that hold margin, but for one. */
  addResting(symbol: SimSymbol, side: number, except: SimOrder | null): void {
    const { orders, instrument } = symbol;
    for (let at = 0; at < orders.length; at++) {
      const order = orders[at] as SimOrder;
      if (order === except || order.side !== side || !holdsMargin(order)) continue;
      this.add(symbol, order.remainingLots, fromUnits(instrument.tick, order.priceTicks));
    }
  }

  add(symbol: SimSymbol, lots: number, price: number): void {
    const { lot } = symbol.instrument;
    this.lots += lots;
    const closing = lots < this.#left ? lots : this.#left;
    if (closing > 0) {
      this.#left -= closing;
      const profit = symbol.position.unrealised(price) - this.#counted;
      this.#freed += closing * this.#perLot * (this.#locked + profit);
      this.#freed -= fromUnits(lot, closing) * price * this.#takerRate;
    }
    const opening = lots - closing;
    if (opening === 0) return;
    const value = fromUnits(lot, opening) * price;
    this.#margin += value / symbol.leverage;
    this.#fees += value * this.#takerRate;
  }

  get need(): number {
    if (this.#margin === 0) return 0;
    return Math.max(0, this.#margin - this.#freed) + this.#fees;
  }
}
