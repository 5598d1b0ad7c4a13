import type { Command } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, REJECT, TIME_IN_FORCE } from "#engine/model/order-terms.ts";
import { isEntry } from "#sim/intrabar-path.ts";
import { Liquidation, type LiquidationDesk } from "#sim/liquidation.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import { isMarketable, PHASE, type SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { VenueEvents } from "#sim/venue-events.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/**
 * What happens to the venue's books when an order meets a price: size by volume, by margin and by what there is to
 * reduce, slippage, fee, the position, liquidation. Rules 5 to 7 of `exchange.ts`.
 */
export class Executor implements LiquidationDesk {
  readonly liquidation: Liquidation;
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #events: VenueEvents;
  /** Groups of which an order was filled whole, with the time of its decision. */
  readonly #filledGroups = new Map<number, number>();
  /** Fees as fractions of the notional. */
  readonly #makerRate: number = 0;
  readonly #takerRate: number = 0;

  constructor(settings: VenueSettings, account: SimAccount, events: VenueEvents) {
    this.#settings = settings;
    this.#account = account;
    this.#events = events;
    this.#makerRate = settings.makerPct / 100;
    this.#takerRate = settings.takerPct / 100;
    this.liquidation = new Liquidation(settings, account, events, this);
  }

  /** A waiting order goes off at a price: a market order takes there, a limit takes there or rests. */
  goOff(symbol: SimSymbol, order: SimOrder, level: number, range: number): void {
    order.trigger();
    symbol.hasChanged = true;
    this.#events.tell(EVENT.orderTriggered, symbol, order);
    if (!order.isAlive) return;
    if (order.phase === PHASE.market) this.takeAt(symbol, order, level, range);
    else this.meetPrice(symbol, order, level);
  }

  /** Fills a market or triggered order at a price, with slippage of at most `range` ticks. */
  takeAt(symbol: SimSymbol, order: SimOrder, level: number, range: number): void {
    if (!order.isAlive) return;
    if (!order.conditions.isPlain && !this.canFillWhole(symbol, order)) {
      this.cancel(symbol, order, REJECT.fokNotFillable);
      return;
    }
    const lots = fillableLots(symbol, order);
    if (lots === 0) {
      this.#dropIfNothingToReduce(symbol, order);
    } else {
      const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
      const loss = slippageTicks(this.#settings.slippage, level, share, range);
      this.execute(symbol, order, slippedTicks(order.side, level, loss), level, LIQUIDITY.taker);
    }
    if (!order.conditions.isPlain) this.#endImmediate(symbol, order);
  }

  /** A limit meets a price: it takes there what is at its price or better, and rests with what is left. */
  meetPrice(symbol: SimSymbol, order: SimOrder, priceTicks: number): void {
    order.isTaking = isMarketable(order, priceTicks);
    if (order.isTaking) {
      if (!order.conditions.isPlain && !this.canFillWhole(symbol, order)) {
        this.cancel(symbol, order, REJECT.fokNotFillable);
        return;
      }
      this.execute(symbol, order, priceTicks, priceTicks, LIQUIDITY.taker);
    }
    if (!order.conditions.isPlain) this.#endImmediate(symbol, order);
  }

  /** Whether the bar holds all of an order that wants all or nothing; true for every other. */
  canFillWhole(symbol: SimSymbol, order: SimOrder): boolean {
    if (order.conditions.timeInForce !== TIME_IN_FORCE.fok) return true;
    const wanted = order.remainingLots;
    const useful = order.reduceOnly ? Math.min(wanted, reducibleLots(symbol, order)) : wanted;
    return fillableLots(symbol, order) >= useful;
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
    const account = this.#account;
    const lots = account.lotsFor(symbol, order, fillable, price, feeRate, liquidity);
    const closing = Math.min(lots, reducibleLots(symbol, order));
    if (closing > 0 && !account.canClose(symbol, closing, price, feeRate)) {
      // Beyond bankruptcy there is nobody to bear the loss: the venue takes the position over instead.
      this.liquidation.takeOver(symbol);
      if (order.isAlive) this.#refuse(symbol, order);
      return;
    }
    if (lots > 0) {
      const qty = fromUnits(lot, lots);
      const fee = qty * price * feeRate;
      const lotsBefore = symbol.position.qtyLots;
      if (account.isCross) symbol.seeMark();
      account.fill(symbol, side * lots, price, fee);
      symbol.takeVolume(lots);
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
      if (!order.conditions.isPlain) this.#shrinkGroup(symbol, order, lots);
      this.positionChanged(symbol, lotsBefore);
    }
    if (lots < fillable && order.isAlive) this.#refuse(symbol, order);
  }

  /** Tells the new position, and cancels by rule 7 when the old one has ended. */
  positionChanged(symbol: SimSymbol, lotsBefore: number): void {
    const event = this.#events.begin(EVENT.positionChanged, symbol);
    const lots = symbol.position.qtyLots;
    event.qtyLots = lots;
    event.price = symbol.liquidation;
    event.amount = symbol.leverage;
    this.#events.deliver(event);
    const hasEnded = lotsBefore !== 0 && (lots === 0 || lotsBefore > 0 !== lots > 0);
    if (!hasEnded) return;
    const { orders } = symbol;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      const staysUseful = lots !== 0 && lots > 0 !== order.side > 0;
      if (!order.reduceOnly || staysUseful) {
        i += 1;
        continue;
      }
      this.cancel(symbol, order, REJECT.reduceOnlyWouldIncrease);
      i = 0;
    }
  }

  /** Its time has come. */
  expire(symbol: SimSymbol, order: SimOrder): void {
    symbol.removeOrder(order);
    this.#events.tell(EVENT.orderExpired, symbol, order);
  }

  /** Ends the orders that a time has overtaken; NaN, the expiry of most, is never reached. */
  expireUntil(symbol: SimSymbol, time: number): void {
    const { orders } = symbol;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      if (order.conditions.expiresAt <= time) this.expire(symbol, order);
      else i += 1;
    }
  }

  cancel(symbol: SimSymbol, order: SimOrder, reason: number): void {
    symbol.removeOrder(order);
    this.#events.tell(EVENT.orderCancelled, symbol, order, reason);
  }

  #dropIfNothingToReduce(symbol: SimSymbol, order: SimOrder): void {
    if (!order.reduceOnly || reducibleLots(symbol, order) > 0) return;
    this.cancel(symbol, order, REJECT.reduceOnlyWouldIncrease);
  }

  /** The margin does not suffice for the rest of the order. */
  #refuse(symbol: SimSymbol, order: SimOrder): void {
    this.cancel(symbol, order, REJECT.insufficientMargin);
  }

  /** What an immediate order could not do at once ends here. */
  #endImmediate(symbol: SimSymbol, order: SimOrder): void {
    if (!order.isAlive || !order.isImmediate) return;
    this.cancel(symbol, order, REJECT.iocNotFillable);
  }

  /**
   * One of several orders that exclude each other has filled `lots`: the others of the contract lose as much, and end
   * when nothing is left of them; those of another contract, whose size compares with nothing here, end at once.
   */
  #shrinkGroup(symbol: SimSymbol, filled: SimOrder, lots: number): void {
    const { group } = filled.conditions;
    if (group === 0) return;
    const isDone = filled.remainingLots === 0;
    if (isDone) this.#filledGroups.set(group, filled.decidedAt);
    for (const other of this.#account.symbols) {
      const isSame = other === symbol || other === symbol.twin;
      this.#shrinkOrders(other, filled, isDone || !isSame ? Number.POSITIVE_INFINITY : lots);
    }
  }

  /** Whether another order of the same decision and group has been filled whole before this one arrived. */
  isGroupFilled({ conditions, decidedAt }: Command): boolean {
    return conditions.group !== 0 && this.#filledGroups.get(conditions.group) === decidedAt;
  }

  #shrinkOrders(symbol: SimSymbol, filled: SimOrder, lots: number): void {
    const { orders } = symbol;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      if (order.conditions.group !== filled.conditions.group || order === filled) {
        i += 1;
      } else if (order.remainingLots <= lots) {
        // The next one takes its place: from the start again the others would shrink twice.
        this.cancel(symbol, order, REJECT.groupFilled);
      } else {
        order.qtyLots -= lots;
        this.tellAmended(symbol, order, REJECT.groupFilled);
        i += 1;
      }
    }
  }

  /** Tells the size and the prices that an order has now. */
  tellAmended(symbol: SimSymbol, order: SimOrder, reason: number): void {
    symbol.hasChanged = true;
    const event = this.#events.begin(EVENT.orderAmended, symbol);
    event.requestId = order.requestId;
    event.qtyLots = order.qtyLots;
    event.priceTicks = order.priceTicks;
    event.triggerTicks = order.triggerTicks;
    event.reason = reason;
    this.#events.deliver(event);
  }
}

/** What volume and position leave of an order. */
export function fillableLots(symbol: SimSymbol, order: SimOrder): number {
  const lots = Math.min(order.remainingLots, symbol.capacityLots);
  return order.reduceOnly ? Math.min(lots, reducibleLots(symbol, order)) : lots;
}

function reducibleLots(symbol: SimSymbol, order: SimOrder): number {
  const held = symbol.position.qtyLots;
  return held > 0 === order.side > 0 ? 0 : Math.abs(held);
}
