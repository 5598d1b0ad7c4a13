import { EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, REJECT } from "#engine/model/order-terms.ts";
import { isEntry } from "#sim/intrabar-path.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { VenueEvents } from "#sim/venue-events.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/**
 * What happens to the venue's books when an order meets a price: size by volume, by margin and by what there is to
 * reduce, slippage, fee, the position, liquidation. Rules 5 to 7 of `exchange.ts`.
 */
export class Executor {
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #events: VenueEvents;
  /** Fees as fractions of the notional. */
  readonly #makerRate: number = 0;
  readonly #takerRate: number = 0;

  constructor(settings: VenueSettings, account: SimAccount, events: VenueEvents) {
    this.#settings = settings;
    this.#account = account;
    this.#events = events;
    this.#makerRate = settings.makerPct / 100;
    this.#takerRate = settings.takerPct / 100;
  }

  /** A stop or take-profit goes off: from here on it is a market order. */
  trigger(symbol: SimSymbol, order: SimOrder): void {
    order.isTriggered = true;
    this.#events.tell(EVENT.orderTriggered, symbol, order);
  }

  /** Fills a market or triggered order at a price, with slippage of at most `range` ticks. */
  takeAt(symbol: SimSymbol, order: SimOrder, level: number, range: number): void {
    if (!order.isAlive) return;
    const lots = fillableLots(symbol, order);
    if (lots === 0) {
      this.#dropIfNothingToReduce(symbol, order);
      return;
    }
    const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
    const loss = slippageTicks(this.#settings.slippage, level, share, range);
    this.execute(symbol, order, slippedTicks(order.side, level, loss), level, LIQUIDITY.taker);
  }

  /** Executes what volume, position and margin allow of an order, at a price in ticks. */
  execute(
    symbol: SimSymbol,
    order: SimOrder,
    priceTicks: number,
    referenceTicks: number,
    liquidity: number,
  ): void {
    const fillable = fillableLots(symbol, order);
    if (fillable === 0) {
      this.#dropIfNothingToReduce(symbol, order);
      return;
    }
    const { side } = order;
    const { tick, lot } = symbol.instrument;
    const price = fromUnits(tick, priceTicks);
    const feeRate = liquidity === LIQUIDITY.maker ? this.#makerRate : this.#takerRate;
    const lots = this.#account.affordableLots(symbol, side, fillable, price, feeRate);
    const closing = Math.min(lots, reducibleLots(symbol, order));
    if (closing > 0 && !this.#account.canClose(symbol, closing, price, feeRate)) {
      // Beyond bankruptcy there is nobody to bear the loss: the venue takes the position over instead.
      this.liquidate(symbol);
      if (order.isAlive) this.#refuse(symbol, order);
      return;
    }
    if (lots > 0) {
      const qty = fromUnits(lot, lots);
      const fee = qty * price * feeRate;
      const lotsBefore = symbol.position.qtyLots;
      this.#account.fill(symbol, side * lots, price, fee);
      symbol.capacityLots -= lots;
      order.filledLots += lots;
      const isDone = order.remainingLots === 0;
      if (isDone) symbol.removeOrder(order);
      const kind = isDone ? EVENT.orderFilled : EVENT.orderPartiallyFilled;
      const event = this.#events.beginExecution(kind, symbol);
      event.requestId = order.requestId;
      event.side = side;
      event.qtyLots = lots;
      event.priceTicks = priceTicks;
      event.referenceTicks = referenceTicks;
      event.liquidity = liquidity;
      event.fee = fee;
      event.participation = qty / symbol.volume;
      if (isEntry(lotsBefore, symbol.position.qtyLots)) symbol.forgetPath();
      this.#events.deliver(event);
      this.positionChanged(symbol, lotsBefore);
    }
    if (lots < fillable && order.isAlive) this.#refuse(symbol, order);
  }

  /**
   * The venue takes the position over at its bankruptcy price: what is left of the margin is lost, and the fee comes
   * out of the free balance as far as that reaches.
   */
  liquidate(symbol: SimSymbol): void {
    const lots = symbol.position.qtyLots;
    const priceTicks = symbol.bankruptcyTicks;
    const { tick, lot } = symbol.instrument;
    const price = fromUnits(tick, priceTicks);
    const qty = fromUnits(lot, Math.abs(lots));
    const fee = this.#account.liquidationFee(symbol, price, this.#settings.liquidationPct);
    this.#account.fill(symbol, -lots, price, fee);
    const event = this.#events.beginExecution(EVENT.liquidated, symbol);
    event.side = lots > 0 ? -1 : 1;
    event.qtyLots = Math.abs(lots);
    event.priceTicks = priceTicks;
    event.referenceTicks = priceTicks;
    event.liquidity = LIQUIDITY.taker;
    event.fee = fee;
    event.participation = qty / symbol.volume;
    this.#events.deliver(event);
    this.positionChanged(symbol, lots);
  }

  /** Tells the new position, and cancels by rule 7 when the old one has ended. */
  positionChanged(symbol: SimSymbol, lotsBefore: number): void {
    const event = this.#events.begin(EVENT.positionChanged, symbol);
    const lots = symbol.position.qtyLots;
    event.qtyLots = lots;
    event.price = symbol.liquidation;
    this.#events.deliver(event);
    const hasEnded = lots === 0 || (lotsBefore !== 0 && lotsBefore > 0 !== lots > 0);
    if (!hasEnded) return;
    const { orders } = symbol;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      const staysUseful = lots !== 0 && lots > 0 !== order.side > 0;
      if (!order.reduceOnly || staysUseful) {
        i += 1;
        continue;
      }
      this.#cancel(symbol, order, REJECT.reduceOnlyWouldIncrease);
      i = 0;
    }
  }

  #dropIfNothingToReduce(symbol: SimSymbol, order: SimOrder): void {
    if (!order.reduceOnly || reducibleLots(symbol, order) > 0) return;
    this.#cancel(symbol, order, REJECT.reduceOnlyWouldIncrease);
  }

  /** The margin does not suffice for the rest of the order. */
  #refuse(symbol: SimSymbol, order: SimOrder): void {
    this.#cancel(symbol, order, REJECT.insufficientMargin);
  }

  #cancel(symbol: SimSymbol, order: SimOrder, reason: number): void {
    symbol.removeOrder(order);
    this.#events.tell(EVENT.orderCancelled, symbol, order, reason);
  }
}

function fillableLots(symbol: SimSymbol, order: SimOrder): number {
  const lots = Math.min(order.remainingLots, symbol.capacityLots);
  return order.reduceOnly ? Math.min(lots, reducibleLots(symbol, order)) : lots;
}

function reducibleLots(symbol: SimSymbol, order: SimOrder): number {
  const held = symbol.position.qtyLots;
  return held > 0 === order.side > 0 ? 0 : Math.abs(held);
}
