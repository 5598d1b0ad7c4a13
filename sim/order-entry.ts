import { COMMAND, type Command, type CommandKind } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { exactUnits, fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  hasLimitPrice,
  hasTriggerPrice,
  ORDER_TYPE,
  REJECT,
  type RejectCode,
  TIME_IN_FORCE,
  TRIGGER_BY,
} from "#engine/model/order-terms.ts";
import type { Executor } from "#sim/executor.ts";
import { holdsMargin } from "#sim/order-margin.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import { isMarketable, PHASE, type SimOrder, triggersAt, triggersOnRise } from "#sim/sim-order.ts";
import { PendingCommand, type SimSymbol } from "#sim/sim-symbol.ts";
import { changeTerms } from "#sim/symbol-terms.ts";
import { startTrailing } from "#sim/trailing-stop.ts";
import { triggerPriceAt } from "#sim/trigger-price.ts";
import type { VenueEvents } from "#sim/venue-events.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** Orders per symbol; a venue of today allows 500 active ones. */
const ORDERS_MAX = 500;

/**
 * The way of a command into the simulated venue: its travel, the checks on arrival, and what it does when it acts.
 * Rules 1 and 4 of `exchange.ts`.
 */
export class OrderEntry {
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #executor: Executor;
  readonly #events: VenueEvents;
  readonly #freePending: PendingCommand[] = [];
  #sequence = 0;

  constructor(
    settings: VenueSettings,
    account: SimAccount,
    executor: Executor,
    events: VenueEvents,
  ) {
    this.#settings = settings;
    this.#account = account;
    this.#executor = executor;
    this.#events = events;
  }

  /** Number of the order that was accepted last. */
  get newestOrder(): number {
    return this.#sequence;
  }

  /** A command sets out; it acts when it arrives, never inside this call. */
  send(symbol: SimSymbol, command: Command): void {
    const entry = this.#freePending.pop() ?? new PendingCommand();
    entry.command.copy(command);
    entry.arrival = command.time + latencyOf(this.#settings, command.kind);
    entry.seenTicks = hasTriggerPrice(command.type) ? triggerPriceNow(symbol, command) : Number.NaN;
    symbol.pending.push(entry);
  }

  /** Cancels and amends of orders that rest, arrived by the open; what an amend moved meets the open with the others. */
  activateChanges(symbol: SimSymbol): void {
    const { pending } = symbol;
    for (let i = 0; i < pending.length; ) {
      const entry = pending[i] as PendingCommand;
      const { command, arrival } = entry;
      const isChange = command.kind === COMMAND.cancel || command.kind === COMMAND.amend;
      if (isChange && arrival <= this.#events.now && symbol.findOrder(command.requestId) !== null) {
        pending.splice(i, 1);
        this.#change(symbol, command, false);
        this.#freePending.push(entry);
      } else {
        i += 1;
      }
    }
  }

  /** All commands sent from `since` on that arrive before `until`, in the order of their sending. */
  activate(symbol: SimSymbol, since: number, until: number): void {
    const { pending } = symbol;
    for (let i = 0; i < pending.length; ) {
      const entry = pending[i] as PendingCommand;
      if (entry.arrival >= until || entry.command.time < since) {
        i += 1;
        continue;
      }
      // Popping keeps the array's memory; a length of zero would give it back and ask for it anew each time.
      if (i === pending.length - 1) pending.pop();
      else pending.splice(i, 1);
      if (entry.command.kind === COMMAND.place) this.#place(symbol, entry);
      else this.#change(symbol, entry.command, true);
      this.#freePending.push(entry);
    }
  }

  #place(symbol: SimSymbol, pending: PendingCommand): void {
    const { command } = pending;
    const last = symbol.atTicks;
    const reject = this.#validate(symbol, command, pending.seenTicks);
    if (reject !== REJECT.none) {
      const event = this.#events.begin(EVENT.orderRejected, symbol);
      event.requestId = command.requestId;
      event.reason = reject;
      this.#events.deliver(event);
      return;
    }
    this.#sequence += 1;
    const order = symbol.addOrder(command, this.#sequence);
    this.#events.tell(EVENT.orderAccepted, symbol, order);
    if (!order.isAlive) return;
    if (order.conditions.expiresAt <= this.#events.now) {
      this.#executor.expire(symbol, order);
    } else if (order.phase === PHASE.market) {
      this.#executor.takeAt(symbol, order, last, symbol.highTicks - symbol.lowTicks);
    } else {
      if (order.type === ORDER_TYPE.trailingStop) {
        startTrailing(order, triggerPriceAt(symbol, order, last));
      }
      this.#meet(symbol, order, last);
    }
  }

  /** A limit or stop meets the price of its arrival, or of the amend that moved it. */
  #meet(symbol: SimSymbol, order: SimOrder, last: number): void {
    if (order.phase === PHASE.limit) {
      this.#executor.meetPrice(symbol, order, last);
    } else if (
      order.phase === PHASE.waiting &&
      triggersAt(order, triggerPriceAt(symbol, order, last))
    ) {
      this.#executor.goOff(symbol, order, last, Number.POSITIVE_INFINITY);
    }
  }

  #validate(symbol: SimSymbol, command: Command, seenTicks: number): RejectCode {
    if (symbol.orders.length >= ORDERS_MAX) return REJECT.tooManyOrders;
    const { type, reduceOnly, conditions } = command;
    if (!conditions.isPlain && this.#executor.isGroupFilled(command)) return REJECT.groupFilled;
    if (type !== ORDER_TYPE.market) return this.#validateResting(symbol, command, seenTicks);
    const reject = reduceOnly ? checkClose(symbol, command) : this.#checkEntry(symbol, command);
    if (reject !== REJECT.none || conditions.isPlain) return reject;
    return checkTaking(symbol, command);
  }

  /** What a market order would open: its size, and whether there is money for it. */
  #checkEntry(symbol: SimSymbol, command: Command): RejectCode {
    const price = fromUnits(symbol.instrument.tick, symbol.atTicks);
    const reject = checkSize(symbol.instrument, command.qtyLots, price);
    if (reject !== REJECT.none) return reject;
    const { side, qtyLots } = command;
    if (this.#account.isAmple(symbol, null, side, qtyLots, price)) return REJECT.none;
    return this.#checkMargin(symbol, command, price);
  }

  #validateResting(symbol: SimSymbol, command: Command, seenTicks: number): RejectCode {
    const { type, side, qtyLots, priceTicks } = command;
    const hasLimit = hasLimitPrice(type);
    if (hasLimit && isBeyondBand(symbol, side, priceTicks)) return REJECT.outsidePriceBand;
    if (command.reduceOnly) {
      // Asked at the match; what takes at once is matched on arrival.
      const takesNow = type === ORDER_TYPE.limit && takes(side, priceTicks, symbol.atTicks);
      if (takesNow && reducible(symbol, side) === 0) return REJECT.reduceOnlyWouldIncrease;
    } else {
      const price = fromUnits(symbol.instrument.tick, hasLimit ? priceTicks : symbol.atTicks);
      const reject = checkSize(symbol.instrument, qtyLots, price);
      if (reject !== REJECT.none) return reject;
      const margin = this.#checkMargin(symbol, command, price);
      if (margin !== REJECT.none) return margin;
    }
    if (hasTriggerPrice(type)) {
      // The price at sending decides: an open that gaps through the trigger afterwards fills the order.
      const { triggerTicks } = command;
      const isPassed = triggersOnRise(type, side)
        ? seenTicks >= triggerTicks
        : seenTicks <= triggerTicks;
      return isPassed ? REJECT.triggerAlreadyPassed : REJECT.none;
    }
    return command.conditions.isPlain ? REJECT.none : checkTaking(symbol, command);
  }

  /** Margin and tiers for what opens. What waits for its trigger is asked when it goes off. */
  #checkMargin(symbol: SimSymbol, command: Command, price: number): RejectCode {
    const { type, side, qtyLots } = command;
    const account = this.#account;
    if (hasTriggerPrice(type)) return REJECT.none;
    if (type === ORDER_TYPE.limit) return account.mayRest(symbol, side, qtyLots, price, null);
    const feeRate = this.#settings.takerPct / 100;
    const room = account.roomFor(symbol, null, side, qtyLots);
    if (account.affordableLots(symbol, side, qtyLots, price, feeRate, room) > 0) return REJECT.none;
    const isBeyond = account.isBeyondTiers(symbol, side, qtyLots, price);
    return isBeyond ? REJECT.leverageTooHigh : REJECT.insufficientMargin;
  }

  /** Other terms of a symbol: a position learns its new liquidation price. */
  #configure(symbol: SimSymbol, command: Command): void {
    const reject = changeTerms(this.#account, symbol, command.leverage, command.marginAdded);
    if (reject !== REJECT.none) this.#refuse(symbol, command, reject);
    else this.#executor.positionChanged(symbol, symbol.position.qtyLots);
  }

  #change(symbol: SimSymbol, command: Command, meetsPrice: boolean): void {
    if (command.kind === COMMAND.configure) {
      this.#configure(symbol, command);
      return;
    }
    const order = symbol.findOrder(command.requestId);
    if (order === null) {
      this.#refuse(symbol, command, REJECT.unknownOrder);
      return;
    }
    if (command.kind === COMMAND.amend) {
      const isMoved = this.#amend(symbol, order, command);
      if (isMoved && meetsPrice) this.#meet(symbol, order, symbol.atTicks);
      return;
    }
    symbol.removeOrder(order);
    this.#events.tell(EVENT.orderCancelled, symbol, order);
  }

  /** Returns whether the order lives on at another price. */
  #amend(symbol: SimSymbol, order: SimOrder, command: Command): boolean {
    const { priceTicks, triggerTicks } = order;
    const reject = this.#checkAmend(symbol, order, command);
    if (reject !== REJECT.none) {
      this.#refuse(symbol, command, reject);
      return false;
    }
    if (command.qtyLots === command.qtyLots) {
      order.qtyLots = Math.max(command.qtyLots, order.filledLots);
    }
    if (command.priceTicks === command.priceTicks) order.priceTicks = command.priceTicks;
    if (command.triggerTicks === command.triggerTicks) order.triggerTicks = command.triggerTicks;
    const isLimit = order.phase === PHASE.limit;
    const isMoved = isLimit ? order.priceTicks !== priceTicks : order.triggerTicks !== triggerTicks;
    this.#executor.tellAmended(symbol, order, REJECT.none);
    // What had filled already is all that is wanted now: the order is done.
    if (order.remainingLots === 0) symbol.removeOrder(order);
    else if (isMoved && isLimit) order.isTaking = isMarketable(order, symbol.atTicks);
    return isMoved && order.isAlive;
  }

  /** The limits of a new order hold for a changed one, and its margin where it rests. */
  #checkAmend(symbol: SimSymbol, order: SimOrder, command: Command): RejectCode {
    const reject = checkAmend(symbol, order, command);
    if (reject !== REJECT.none || !holdsMargin(order)) return reject;
    const wanted = command.qtyLots === command.qtyLots ? command.qtyLots : order.qtyLots;
    const ticks = command.priceTicks === command.priceTicks ? command.priceTicks : order.priceTicks;
    const lots = wanted - order.filledLots;
    if (lots <= 0) return REJECT.none;
    const price = fromUnits(symbol.instrument.tick, ticks);
    return this.#account.mayRest(symbol, order.side, lots, price, order);
  }

  /** A command that the venue refuses. */
  #refuse(symbol: SimSymbol, command: Command, reason: number): void {
    const event = this.#events.begin(EVENT.commandRejected, symbol);
    event.requestId = command.requestId;
    event.amount = command.time;
    event.reason = reason;
    this.#events.deliver(event);
  }
}

/** How long a command of this kind travels, ms. */
function latencyOf(settings: VenueSettings, kind: CommandKind): number {
  const { latencyMs, amendLatencyMs, cancelLatencyMs } = settings;
  if (kind === COMMAND.amend) return amendLatencyMs ?? latencyMs;
  return kind === COMMAND.cancel ? (cancelLatencyMs ?? latencyMs) : latencyMs;
}

/** The limits of what opens. A large close stands for the several that a venue wants, a small one is always taken. */
function checkSize(instrument: Instrument, lots: number, price: number): RejectCode {
  const qty = fromUnits(instrument.lot, lots);
  if (lots <= 0 || qty < instrument.minQty) return REJECT.belowMinQty;
  if (qty > instrument.maxQty) return REJECT.aboveMaxQty;
  return qty * price < instrument.minNotional ? REJECT.belowMinNotional : REJECT.none;
}

/**
 * A market order that only reduces. What protects a position belongs to it and may be as large as that; the venue
 * splits it by itself.
 */
function checkClose(symbol: SimSymbol, { side, qtyLots }: Command): RejectCode {
  const { maxQty, lot } = symbol.instrument;
  if (fromUnits(lot, qtyLots) > maxQty) return REJECT.aboveMaxQty;
  return reducible(symbol, side) === 0 ? REJECT.reduceOnlyWouldIncrease : REJECT.none;
}

/** What may not rest, may not take, or wants all or nothing, against the price and the volume of its arrival. */
function checkTaking(symbol: SimSymbol, command: Command): RejectCode {
  const { side, priceTicks, qtyLots, conditions } = command;
  const { timeInForce, isPostOnly } = conditions;
  const isLimit = command.type === ORDER_TYPE.limit;
  const wouldTake = !isLimit || takes(side, priceTicks, symbol.atTicks);
  if (isPostOnly) return wouldTake ? REJECT.postOnlyWouldTake : REJECT.none;
  if (timeInForce === TIME_IN_FORCE.ioc) {
    return wouldTake && symbol.capacityLots > 0 ? REJECT.none : REJECT.iocNotFillable;
  }
  if (timeInForce !== TIME_IN_FORCE.fok) return REJECT.none;
  const wanted = command.reduceOnly ? Math.min(qtyLots, reducible(symbol, side)) : qtyLots;
  return wouldTake && symbol.capacityLots >= wanted ? REJECT.none : REJECT.fokNotFillable;
}

function takes(side: number, priceTicks: number, atTicks: number): boolean {
  return side > 0 ? priceTicks >= atTicks : priceTicks <= atTicks;
}

/** Lots of the position that an order of this side could close. */
function reducible(symbol: SimSymbol, side: number): number {
  const held = symbol.position.qtyLots;
  return held * side < 0 ? Math.abs(held) : 0;
}

/** Whether a limit price lies further beyond the mark than the venue takes: buys above, sells below it. */
function isBeyondBand(symbol: SimSymbol, side: number, priceTicks: number): boolean {
  const { priceBandPct, tick } = symbol.instrument;
  if (priceBandPct === undefined) return false;
  const price = fromUnits(tick, priceTicks);
  const mark = symbol.mark.isStored ? symbol.mark.open : fromUnits(tick, symbol.atTicks);
  return side * (price - mark) * 100 > mark * priceBandPct;
}

/** The price that would set the order of a command off, as the sender knows it, ticks. */
function triggerPriceNow(symbol: SimSymbol, command: Command): number {
  const { isPlain, triggerBy } = command.conditions;
  const last = symbol.lastTicks();
  if (isPlain || triggerBy === TRIGGER_BY.last || symbol.bar < 0 || symbol.isBarOpen) return last;
  const series = triggerBy === TRIGGER_BY.mark ? symbol.mark : symbol.indexPrice;
  return series.isStored ? exactUnits(symbol.instrument.tick, series.closeOf(symbol.bar)) : last;
}

/** The limits of a new order hold for a changed one, but for a size that ends it. */
function checkAmend(symbol: SimSymbol, order: SimOrder, command: Command): RejectCode {
  const lots = command.qtyLots === command.qtyLots ? command.qtyLots : order.qtyLots;
  if (lots <= order.filledLots) return REJECT.none;
  const limit = command.priceTicks === command.priceTicks ? command.priceTicks : order.priceTicks;
  if (hasLimitPrice(order.type)) {
    if (isBeyondBand(symbol, order.side, limit)) return REJECT.outsidePriceBand;
    const rests = order.phase === PHASE.limit && order.conditions.isPostOnly;
    if (rests && takes(order.side, limit, symbol.atTicks)) return REJECT.postOnlyWouldTake;
  }
  if (order.reduceOnly) return REJECT.none;
  const ticks = hasLimitPrice(order.type) ? limit : symbol.atTicks;
  const price = fromUnits(symbol.instrument.tick, ticks);
  return checkSize(symbol.instrument, lots, price);
}
