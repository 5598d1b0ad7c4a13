import { COMMAND, type Command } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { LIQUIDITY, ORDER_TYPE, REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import type { Executor } from "#sim/executor.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import { isMarketable, type SimOrder, triggersAt } from "#sim/sim-order.ts";
import { PendingCommand, type SimSymbol } from "#sim/sim-symbol.ts";
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
    entry.arrival = command.time + this.#settings.latencyMs;
    entry.lastTicks = symbol.lastTicks();
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
    const reject = this.#validate(symbol, command, pending.lastTicks);
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
    if (order.isMarket) {
      this.#executor.takeAt(symbol, order, last, symbol.highTicks - symbol.lowTicks);
    } else {
      this.#meet(symbol, order, last);
    }
  }

  /** A limit or stop meets the price of its arrival, or of the amend that moved it. */
  #meet(symbol: SimSymbol, order: SimOrder, last: number): void {
    if (order.type === ORDER_TYPE.limit) {
      order.isTaking = isMarketable(order, last);
      if (order.isTaking) this.#executor.execute(symbol, order, last, last, LIQUIDITY.taker);
    } else if (!order.isTriggered && triggersAt(order, last)) {
      this.#executor.trigger(symbol, order);
      this.#executor.takeAt(symbol, order, last, Number.POSITIVE_INFINITY);
    }
  }

  #validate(symbol: SimSymbol, command: Command, sentAtTicks: number): number {
    if (symbol.orders.length >= ORDERS_MAX) return REJECT.tooManyOrders;
    const { type, side, qtyLots } = command;
    if (!command.reduceOnly) {
      const ticks = type === ORDER_TYPE.limit ? command.priceTicks : symbol.atTicks;
      const price = fromUnits(symbol.instrument.tick, ticks);
      const reject = checkSize(symbol.instrument, qtyLots, price);
      if (reject !== REJECT.none) return reject;
      const feeRate = this.#settings.takerPct / 100;
      if (this.#account.affordableLots(symbol, side, qtyLots, price, feeRate) === 0) {
        return REJECT.insufficientMargin;
      }
    }
    if (type === ORDER_TYPE.stopMarket || type === ORDER_TYPE.takeProfitMarket) {
      // The price at sending decides: an open that gaps through the trigger afterwards fills the order.
      const rising = (type === ORDER_TYPE.stopMarket) === side > 0;
      if (rising ? sentAtTicks >= command.triggerTicks : sentAtTicks <= command.triggerTicks) {
        return REJECT.triggerAlreadyPassed;
      }
    }
    return REJECT.none;
  }

  #change(symbol: SimSymbol, command: Command, meetsPrice: boolean): void {
    if (command.kind === COMMAND.configure) {
      symbol.leverage = command.leverage;
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
    const reject = checkAmend(symbol, order, command);
    if (reject !== REJECT.none) {
      this.#refuse(symbol, command, reject);
      return false;
    }
    if (command.qtyLots === command.qtyLots) {
      order.qtyLots = Math.max(command.qtyLots, order.filledLots);
    }
    if (command.priceTicks === command.priceTicks) order.priceTicks = command.priceTicks;
    if (command.triggerTicks === command.triggerTicks) order.triggerTicks = command.triggerTicks;
    const isLimit = order.type === ORDER_TYPE.limit;
    const isMoved = isLimit ? order.priceTicks !== priceTicks : order.triggerTicks !== triggerTicks;
    const event = this.#events.begin(EVENT.orderAmended, symbol);
    event.requestId = order.requestId;
    event.qtyLots = order.qtyLots;
    event.priceTicks = order.priceTicks;
    event.triggerTicks = order.triggerTicks;
    this.#events.deliver(event);
    // What had filled already is all that is wanted now: the order is done.
    if (order.remainingLots === 0) symbol.removeOrder(order);
    else if (isMoved && isLimit) order.isTaking = isMarketable(order, symbol.atTicks);
    return isMoved && order.isAlive;
  }

  /** A cancel or amend that the venue refuses. */
  #refuse(symbol: SimSymbol, command: Command, reason: number): void {
    const event = this.#events.begin(EVENT.commandRejected, symbol);
    event.requestId = command.requestId;
    event.reason = reason;
    this.#events.deliver(event);
  }
}

/** The limits of what opens. A large close stands for the several that a venue wants, a small one is always taken. */
function checkSize(instrument: Instrument, lots: number, price: number): RejectCode {
  const qty = fromUnits(instrument.lot, lots);
  if (lots <= 0 || qty < instrument.minQty) return REJECT.belowMinQty;
  if (qty > instrument.maxQty) return REJECT.aboveMaxQty;
  return qty * price < instrument.minNotional ? REJECT.belowMinNotional : REJECT.none;
}

/** The limits of a new order hold for a changed one, but for a size that ends it. */
function checkAmend(symbol: SimSymbol, order: SimOrder, command: Command): RejectCode {
  const lots = command.qtyLots === command.qtyLots ? command.qtyLots : order.qtyLots;
  if (lots <= order.filledLots || order.reduceOnly) return REJECT.none;
  const limit = command.priceTicks === command.priceTicks ? command.priceTicks : order.priceTicks;
  const ticks = order.type === ORDER_TYPE.limit ? limit : symbol.atTicks;
  const price = fromUnits(symbol.instrument.tick, ticks);
  return checkSize(symbol.instrument, lots, price);
}
