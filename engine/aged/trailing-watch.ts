import { lowerBound } from "#engine/market/bars.ts";
import { fromUnits, type Grid } from "#engine/model/grid.ts";
import { BUY, ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

/** How far the candles have been searched for an order's activation price. */
interface Search {
  readonly symbol: number;
  nextRow: number;
  isActive: boolean;
}

/**
 * Which trailing-stop orders follow the price by now. One with an activation price does so once a completed candle
 * since its decision has been there; venues do not tell of it.
 */
export class TrailingWatch {
  readonly #searches = new Map<number, Search>();

  /** Whether one of the orders trails the position that they would reduce. */
  isTrailing(orders: readonly Order[], clock: EngineSeries, tick: Grid): boolean {
    for (const order of orders) {
      if (order.type !== ORDER_TYPE.trailingStop || !order.reduceOnly) continue;
      const { activationTicks } = order.conditions;
      if (Number.isNaN(activationTicks)) return true;
      if (this.#isActivated(order, clock, fromUnits(tick, activationTicks))) return true;
    }
    return false;
  }

  /** The position of a symbol is gone, and its orders with it. */
  forget(symbol: number): void {
    for (const [requestId, search] of this.#searches) {
      if (search.symbol === symbol) this.#searches.delete(requestId);
    }
  }

  #isActivated(order: Order, { bars, index }: EngineSeries, activation: number): boolean {
    let search = this.#searches.get(order.requestId);
    if (search === undefined) {
      const nextRow = lowerBound(bars.time, bars.length, order.decidedAt);
      search = { symbol: order.symbol, nextRow, isActive: false };
      this.#searches.set(order.requestId, search);
    }
    for (; !search.isActive && search.nextRow <= index; search.nextRow += 1) {
      const low = bars.low[search.nextRow] as number;
      const high = bars.high[search.nextRow] as number;
      search.isActive = order.side === BUY ? low <= activation : high >= activation;
    }
    return search.isActive;
  }
}
