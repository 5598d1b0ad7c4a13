import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type {
  PositionSlot,
  VenueOrder,
  VenuePosition,
  VenueSnapshot,
} from "#engine/model/venue-snapshot.ts";
import type { SimulatedExchange } from "#sim/exchange.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/**
 * Cuts of the simulated account as its exchange has it now; commands on their way are not in them. The object is used
 * again by the next cut, and an empty account costs nothing: a backtest is reconciled all along.
 */
export class AccountCut implements VenueSnapshot {
  beganAt = 0;
  asOf = 0;
  readonly positions: VenuePosition[] = [];
  readonly orders: VenueOrder[] = [];
  /** Every execution was told when it happened. */
  readonly executions = [];
  readonly executionsFrom = 0;
  wallet = 0;
  readonly settings = [];
  readonly #exchange: SimulatedExchange;
  readonly #slots: readonly PositionSlot[];

  constructor(exchange: SimulatedExchange, slots: readonly PositionSlot[]) {
    this.#exchange = exchange;
    this.#slots = slots;
  }

  /** Takes the cut of this moment. */
  take(now: number): VenueSnapshot {
    this.beganAt = now;
    this.asOf = now;
    this.wallet = this.#exchange.account.wallet;
    this.positions.length = 0;
    this.orders.length = 0;
    const { symbols } = this.#exchange;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] as SimSymbol;
      if (!symbol.isFlat) this.positions.push(positionOf(symbol, this.#slots[at] as PositionSlot));
      const { orders } = symbol;
      for (let i = 0; i < orders.length; i++) {
        this.orders.push(orderOf(symbol, orders[i] as SimOrder));
      }
    }
    return this;
  }
}

function positionOf({ index, instrument, position }: SimSymbol, slot: PositionSlot): VenuePosition {
  return {
    index,
    symbol: instrument.symbol,
    slot,
    qtyLots: position.qtyLots,
    qty: position.qty,
    entryPrice: position.entryPrice,
    markPrice: Number.NaN,
    openedAt: Number.NaN,
    hasTrailingStop: false,
  };
}

function orderOf({ index, instrument }: SimSymbol, order: SimOrder): VenueOrder {
  // Where a trailing stop has got to is the venue's own affair.
  const trails = order.type === ORDER_TYPE.trailingStop;
  return {
    index,
    symbol: instrument.symbol,
    requestId: order.requestId,
    clientId: "",
    venueOrderId: "",
    side: order.side,
    type: order.type,
    qtyLots: order.qtyLots,
    filledLots: order.filledLots,
    priceTicks: order.priceTicks,
    triggerTicks: trails ? Number.NaN : order.triggerTicks,
    reduceOnly: order.reduceOnly,
  };
}
