import { AssertionFailed } from "#engine/assert.ts";
import { COMMAND, type Command } from "#engine/model/command.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, ORDER_TYPE, REJECT } from "#engine/model/order-terms.ts";
import { BandRecorder } from "#sim/ambiguity-band.ts";
import { extremeAfterEntry, isEntry, visitsHighFirst } from "#sim/intrabar-path.ts";
import { nextHit } from "#sim/next-hit.ts";
import { SimAccount } from "#sim/sim-account.ts";
import { SimOrder, triggersAt } from "#sim/sim-order.ts";
import { PendingCommand, type SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** Orders per symbol; a venue of today allows 500 active ones. */
const ORDERS_MAX = 500;
/** Executions in one bar and symbol; more than this is a loop between strategy and exchange. */
const HITS_PER_BAR_MAX = 10_000;
const ANY_TIME = Number.NEGATIVE_INFINITY;

/**
 * The simulated exchange: takes commands, walks candles, delivers venue events. It never decides anything for the
 * account but what a venue decides: acceptance, matching, funding, liquidation.
 *
 * Assumptions, in the order in which they act on one bar of one symbol:
 * 1. A command acts in the bar that contains its arrival (decision + latency): cancels and amends that arrived by
 *    the open act before anything else, market orders fill at the open, resting orders count from the open.
 * 2. At the open: liquidation when the mark opens beyond it; stops that the open gapped through fill at the open
 *    with slippage, never better; limits that it gapped through fill at their own price as maker.
 * 3. Inside the bar (stamped with its last millisecond) the path of `intrabar-path.ts` is walked; the level nearest
 *    to the price acts first, liquidation on the mark among them.
 * 4. A limit that rests needs a trade-through of one tick; one that is marketable when it arrives or is amended takes
 *    at the price it meets. Triggers act on touch and fill at their level with slippage.
 * 5. All orders of a symbol share the participation limit of the bar; what is left works on in the next one. A stop
 *    triggers even when nothing is left to fill it.
 * 6. An exit at a price that the position's margin and the free balance can not bear becomes a liquidation.
 * 7. A position that goes flat, and be it on the way to the other side, takes the reduce-only orders with it that
 *    could only enlarge what comes after it.
 */
export class SimulatedExchange {
  readonly symbols: readonly SimSymbol[];
  readonly account: SimAccount;
  readonly band: BandRecorder;
  readonly #settings: VenueSettings;
  readonly #deliver: (event: EngineEvent) => void;
  readonly #event = new EngineEvent();
  readonly #freeOrders: SimOrder[] = [];
  readonly #freePending: PendingCommand[] = [];
  #sequence = 0;
  /** Time of what is being worked off; a field, because a number handed from call to call is a new object each time. */
  #now = 0;

  constructor(
    symbols: readonly SimSymbol[],
    settings: VenueSettings,
    startBalance: number,
    deliver: (event: EngineEvent) => void,
  ) {
    this.symbols = symbols;
    this.#settings = settings;
    this.#deliver = deliver;
    this.account = new SimAccount(symbols, startBalance);
    this.band = new BandRecorder(settings);
  }

  /** Takes a command off the engine's hands; it acts when it arrives, never inside this call. */
  submit(command: Command): void {
    const symbol = this.symbols[command.symbol] as SimSymbol;
    const entry = this.#freePending.pop() ?? new PendingCommand();
    entry.command.copy(command);
    entry.arrival = command.time + this.#settings.latencyMs;
    entry.lastTicks = symbol.lastTicks();
    symbol.pending.push(entry);
  }

  /** Under `fillAt: close` what has been decided at this close acts at its price, as long as the bar has volume. */
  settleAtClose(symbol: SimSymbol, time: number): void {
    if (symbol.isBarOpen || symbol.bar < 0 || time !== symbol.closeTime) return;
    symbol.loadTicks(this.#settings.participationPct);
    symbol.atTicks = symbol.closeTicks;
    this.#now = time;
    this.#activate(symbol, ANY_TIME, time + 1);
  }

  /** The bar opens: liquidation at its open. Returns whether anything is left to do at this open. */
  openBar(symbol: SimSymbol, index: number): boolean {
    symbol.open(index);
    if (symbol.isIdle) return false;
    symbol.loadTicks(this.#settings.participationPct);
    this.#now = symbol.openTime;
    this.#activateChanges(symbol);
    if (!symbol.isFlat && this.#isLiquidatedAt(symbol, symbol.mark.open)) {
      this.#liquidate(symbol);
    }
    return true;
  }

  /** The orders that rest meet the open. */
  matchOpen(symbol: SimSymbol): void {
    if (symbol.orders.length === 0) return;
    this.#now = symbol.openTime;
    this.#matchOpen(symbol);
  }

  /** What arrives in the bar acts at its open. */
  admit(symbol: SimSymbol): void {
    if (symbol.pending.length === 0) return;
    this.#now = symbol.openTime;
    this.#activate(symbol, ANY_TIME, symbol.closeTime);
  }

  /** The bar's inside, walked when it closes: rules 3 to 5. */
  closeBar(symbol: SimSymbol): void {
    if (symbol.orders.length > 0 || symbol.position.qtyLots !== 0) {
      symbol.loadTicks(this.#settings.participationPct);
      this.#now = symbol.closeTime - 1;
      this.#walk(symbol);
    }
    symbol.isBarOpen = false;
  }

  /** Exchanges funding on the size held at the stamp: longs pay a positive rate. */
  settleFunding(symbol: SimSymbol, time: number, rate: number, price: number): void {
    if (symbol.isFlat) return;
    this.#now = time;
    const owed = -symbol.position.qty * price * rate;
    // Isolated margin: nobody pays more than the position and the free balance hold.
    const amount = Math.max(owed, -this.account.payable(symbol));
    this.account.wallet += amount;
    const event = this.#begin(EVENT.fundingPaid, symbol);
    event.amount = amount;
    event.price = price;
    this.#deliver(event);
    if (amount < 0 && this.account.drawOnMargin(symbol)) {
      this.#positionChanged(symbol, symbol.position.qtyLots);
    }
  }

  #walk(symbol: SimSymbol): void {
    const mode = this.#settings.intrabar;
    const through = this.#settings.limitFill === "touch" ? 0 : 1;
    const highFirst = visitsHighFirst(mode, symbol);
    const first = highFirst ? symbol.highTicks : symbol.lowTicks;
    let second = highFirst ? symbol.lowTicks : symbol.highTicks;
    let leg = 0;
    // Two orders inside the range at the start are resolved there; otherwise an entry may make it ambiguous later.
    const isResolved = this.band.consider(symbol, symbol.positionNumber);
    for (let hits = 0; leg < 3; ) {
      const target = leg === 0 ? first : leg === 1 ? second : symbol.closeTicks;
      const hit = nextHit(symbol, target, through);
      if (hit === null) {
        symbol.atTicks = target;
        leg += 1;
        continue;
      }
      hits += 1;
      if (hits > HITS_PER_BAR_MAX) {
        throw new AssertionFailed(`At most ${HITS_PER_BAR_MAX} executions in one bar`);
      }
      symbol.atTicks = hit.level;
      const lotsBefore = symbol.position.qtyLots;
      if (hit.order === null) this.#liquidate(symbol);
      else this.#fillHit(symbol, hit.order, hit.level);
      // Only what this bar's own executions set off: a price of the path may lie before an earlier command.
      if (symbol.pending.length > 0) this.#activate(symbol, this.#now, symbol.closeTime);
      if (isEntry(lotsBefore, symbol.position.qtyLots)) {
        if (!isResolved) this.band.consider(symbol, symbol.positionNumber);
        const extreme = extremeAfterEntry(mode, symbol);
        if (extreme === extreme) {
          leg = 1;
          second = extreme;
        }
      }
    }
  }

  #fillHit(symbol: SimSymbol, order: SimOrder, level: number): void {
    if (order.type === ORDER_TYPE.limit) {
      this.#execute(symbol, order, order.priceTicks, order.priceTicks, LIQUIDITY.maker);
      return;
    }
    if (!order.isTriggered) this.#trigger(symbol, order);
    this.#takeAt(symbol, order, level, symbol.highTicks - symbol.lowTicks);
  }

  /** Rule 2 for the orders that rest, in the order of their arrival. */
  #matchOpen(symbol: SimSymbol): void {
    const open = symbol.openTicks;
    const through = this.#settings.limitFill === "touch" ? 0 : 1;
    const orders = symbol.orders;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      const sequence = order.sequence;
      if (order.type === ORDER_TYPE.limit) {
        const beyond = order.side > 0 ? order.priceTicks - open : open - order.priceTicks;
        if (beyond >= through) {
          const price = this.#settings.limitImprove ? open : order.priceTicks;
          this.#execute(symbol, order, price, price, LIQUIDITY.maker);
        }
      } else if (order.isMarket) {
        this.#takeAt(symbol, order, open, symbol.highTicks - symbol.lowTicks);
      } else if (triggersAt(order, open)) {
        this.#trigger(symbol, order);
        const isGap = open !== order.triggerTicks;
        const range = isGap ? Number.POSITIVE_INFINITY : symbol.highTicks - symbol.lowTicks;
        this.#takeAt(symbol, order, open, range);
      }
      // An execution may have removed orders, this one and others before it: go on with the next to have arrived.
      if (orders[i] === order) i += 1;
      else i = indexAfter(orders, sequence, i);
    }
  }

  /** Cancels and amends of orders that already rest, arrived by the open. */
  #activateChanges(symbol: SimSymbol): void {
    const pending = symbol.pending;
    for (let i = 0; i < pending.length; ) {
      const entry = pending[i] as PendingCommand;
      const { command, arrival } = entry;
      const isChange = command.kind === COMMAND.cancel || command.kind === COMMAND.amend;
      if (isChange && arrival <= this.#now && this.#find(symbol, command.requestId) !== null) {
        pending.splice(i, 1);
        this.#change(symbol, command);
        this.#freePending.push(entry);
      } else {
        i += 1;
      }
    }
  }

  /** All commands sent from `since` on that arrive before `until`, in the order of their sending. */
  #activate(symbol: SimSymbol, since: number, until: number): void {
    const pending = symbol.pending;
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
      else this.#change(symbol, entry.command);
      this.#freePending.push(entry);
    }
  }

  #place(symbol: SimSymbol, pending: PendingCommand): void {
    const { command } = pending;
    const last = symbol.atTicks;
    const reject = this.#validate(symbol, command, pending.lastTicks);
    if (reject !== REJECT.none) {
      const event = this.#begin(EVENT.orderRejected, symbol);
      event.requestId = command.requestId;
      event.reason = reject;
      this.#deliver(event);
      return;
    }
    const order = this.#freeOrders.pop() ?? new SimOrder();
    this.#sequence += 1;
    order.take(command, this.#sequence);
    symbol.orders.push(order);
    const event = this.#begin(EVENT.orderAccepted, symbol);
    event.requestId = order.requestId;
    this.#deliver(event);
    if (!order.isAlive) return;
    if (order.isMarket) {
      this.#takeAt(symbol, order, last, symbol.highTicks - symbol.lowTicks);
    } else {
      this.#meet(symbol, order, last);
    }
  }

  /** A limit or stop meets the price of its arrival, or of the amend that moved it. */
  #meet(symbol: SimSymbol, order: SimOrder, last: number): void {
    if (order.type === ORDER_TYPE.limit) {
      const marketable = order.side > 0 ? order.priceTicks >= last : order.priceTicks <= last;
      if (marketable) this.#execute(symbol, order, last, last, LIQUIDITY.taker);
    } else if (!order.isTriggered && triggersAt(order, last)) {
      this.#trigger(symbol, order);
      this.#takeAt(symbol, order, last, Number.POSITIVE_INFINITY);
    }
  }

  #validate(symbol: SimSymbol, command: Command, sentAtTicks: number): number {
    const { instrument } = symbol;
    const qty = fromUnits(instrument.lot, command.qtyLots);
    if (command.qtyLots <= 0 || qty < instrument.minQty) return REJECT.belowMinQty;
    if (qty > instrument.maxQty) return REJECT.aboveMaxQty;
    if (symbol.orders.length >= ORDERS_MAX) return REJECT.tooManyOrders;
    const price = command.type === ORDER_TYPE.limit ? command.priceTicks : symbol.atTicks;
    if (!command.reduceOnly) {
      if (qty * fromUnits(instrument.tick, price) < instrument.minNotional) {
        return REJECT.belowMinNotional;
      }
      const feeRate = this.#settings.takerPct / 100;
      const lots = command.qtyLots;
      if (this.account.affordableLots(symbol, command.side, lots, price, feeRate) === 0) {
        return REJECT.insufficientMargin;
      }
    }
    if (command.type === ORDER_TYPE.stopMarket || command.type === ORDER_TYPE.takeProfitMarket) {
      // The price at sending decides: an open that gaps through the trigger afterwards fills the order.
      const rising = (command.type === ORDER_TYPE.stopMarket) === command.side > 0;
      if (rising ? sentAtTicks >= command.triggerTicks : sentAtTicks <= command.triggerTicks) {
        return REJECT.triggerAlreadyPassed;
      }
    }
    return REJECT.none;
  }

  #change(symbol: SimSymbol, command: Command): void {
    if (command.kind === COMMAND.configure) {
      symbol.leverage = command.leverage;
      return;
    }
    const order = this.#find(symbol, command.requestId);
    if (order === null) {
      const event = this.#begin(EVENT.commandRejected, symbol);
      event.requestId = command.requestId;
      event.reason = REJECT.unknownOrder;
      this.#deliver(event);
      return;
    }
    if (command.kind === COMMAND.cancel) {
      this.#remove(symbol, order);
      this.#send(EVENT.orderCancelled, symbol, order);
      return;
    }
    this.#amend(symbol, order, command);
  }

  #amend(symbol: SimSymbol, order: SimOrder, command: Command): void {
    const { priceTicks, triggerTicks } = order;
    if (command.qtyLots === command.qtyLots)
      order.qtyLots = Math.max(command.qtyLots, order.filledLots);
    if (command.priceTicks === command.priceTicks) order.priceTicks = command.priceTicks;
    if (command.triggerTicks === command.triggerTicks) order.triggerTicks = command.triggerTicks;
    const isLimit = order.type === ORDER_TYPE.limit;
    const isMoved = isLimit ? order.priceTicks !== priceTicks : order.triggerTicks !== triggerTicks;
    const event = this.#begin(EVENT.orderAmended, symbol);
    event.requestId = order.requestId;
    event.qtyLots = order.qtyLots;
    event.priceTicks = order.priceTicks;
    event.triggerTicks = order.triggerTicks;
    this.#deliver(event);
    if (order.remainingLots === 0) {
      this.#remove(symbol, order);
      this.#send(EVENT.orderCancelled, symbol, order);
    } else if (isMoved) {
      this.#meet(symbol, order, symbol.atTicks);
    }
  }

  #trigger(symbol: SimSymbol, order: SimOrder): void {
    order.isTriggered = true;
    this.#send(EVENT.orderTriggered, symbol, order);
  }

  /** Fills a market or triggered order at a price, with slippage. */
  #takeAt(symbol: SimSymbol, order: SimOrder, level: number, range: number): void {
    if (!order.isAlive) return;
    const lots = this.#fillableLots(symbol, order);
    if (lots === 0) {
      if (order.reduceOnly) this.#dropIfNothingToReduce(symbol, order);
      return;
    }
    const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
    const loss = slippageTicks(this.#settings.slippage, level, share, range);
    this.#execute(symbol, order, slippedTicks(order.side, level, loss), level, LIQUIDITY.taker);
  }

  #fillableLots(symbol: SimSymbol, order: SimOrder): number {
    const lots = Math.min(order.remainingLots, symbol.capacityLots);
    return order.reduceOnly ? Math.min(lots, this.#reducibleLots(symbol, order)) : lots;
  }

  #reducibleLots(symbol: SimSymbol, order: SimOrder): number {
    const held = symbol.position.qtyLots;
    return held > 0 === order.side > 0 ? 0 : Math.abs(held);
  }

  #dropIfNothingToReduce(symbol: SimSymbol, order: SimOrder): void {
    if (this.#reducibleLots(symbol, order) > 0) return;
    this.#remove(symbol, order);
    this.#send(EVENT.orderCancelled, symbol, order, REJECT.reduceOnlyWouldIncrease);
  }

  #execute(
    symbol: SimSymbol,
    order: SimOrder,
    priceTicks: number,
    referenceTicks: number,
    liquidity: number,
  ): void {
    let lots = this.#fillableLots(symbol, order);
    if (lots === 0) {
      if (order.reduceOnly) this.#dropIfNothingToReduce(symbol, order);
      return;
    }
    const feeRate =
      (liquidity === LIQUIDITY.maker ? this.#settings.makerPct : this.#settings.takerPct) / 100;
    const affordable = this.account.affordableLots(symbol, order.side, lots, priceTicks, feeRate);
    const isShort = affordable < lots;
    lots = affordable;
    const closing = Math.min(lots, this.#reducibleLots(symbol, order));
    if (closing > 0 && !this.account.canClose(symbol, closing, priceTicks, feeRate)) {
      // Beyond bankruptcy there is nobody to bear the loss: the venue takes the position over instead.
      this.#liquidate(symbol);
      if (order.isAlive) this.#refuse(symbol, order);
      return;
    }
    if (lots > 0) {
      const price = fromUnits(symbol.instrument.tick, priceTicks);
      const fee = fromUnits(symbol.instrument.lot, lots) * price * feeRate;
      const lotsBefore = symbol.position.qtyLots;
      this.account.fill(symbol, order.side * lots, price, fee);
      symbol.capacityLots -= lots;
      order.filledLots += lots;
      const isDone = order.remainingLots === 0;
      if (isDone) this.#remove(symbol, order);
      const kind = isDone ? EVENT.orderFilled : EVENT.orderPartiallyFilled;
      const event = this.#begin(kind, symbol);
      event.requestId = order.requestId;
      event.side = order.side;
      event.qtyLots = lots;
      event.priceTicks = priceTicks;
      event.referenceTicks = referenceTicks;
      event.liquidity = liquidity;
      event.fee = fee;
      event.participation = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
      this.#deliver(event);
      this.#positionChanged(symbol, lotsBefore);
    }
    if (isShort && order.isAlive) this.#refuse(symbol, order);
  }

  /** The margin does not suffice for the rest of the order. */
  #refuse(symbol: SimSymbol, order: SimOrder): void {
    this.#remove(symbol, order);
    this.#send(EVENT.orderCancelled, symbol, order, REJECT.insufficientMargin);
  }

  #isLiquidatedAt(symbol: SimSymbol, mark: number): boolean {
    return symbol.position.qtyLots > 0 ? mark <= symbol.liquidation : mark >= symbol.liquidation;
  }

  /**
   * The venue takes the position over at its bankruptcy price: what is left of the margin is lost, and the fee
   * comes out of the free balance as far as it reaches, never out of the margin of other positions.
   */
  #liquidate(symbol: SimSymbol): void {
    const lots = symbol.position.qtyLots;
    const { tick, lot } = symbol.instrument;
    const exact = (symbol.bankruptcy * tick.denominator) / tick.numerator;
    // Rounded inside the margin: isolated margin can not lose more than it holds.
    const priceTicks = lots > 0 ? Math.ceil(exact - 1e-9) : Math.floor(exact + 1e-9);
    const price = fromUnits(tick, priceTicks);
    const notional = fromUnits(lot, Math.abs(lots)) * price;
    const wanted = (notional * this.#settings.liquidationPct) / 100;
    const realised = symbol.position.unrealised(price);
    const fee = Math.max(0, Math.min(wanted, this.account.payable(symbol) + realised));
    this.account.fill(symbol, -lots, price, fee);
    const event = this.#begin(EVENT.liquidated, symbol);
    event.side = lots > 0 ? -1 : 1;
    event.qtyLots = Math.abs(lots);
    event.priceTicks = priceTicks;
    event.referenceTicks = priceTicks;
    event.liquidity = LIQUIDITY.taker;
    event.fee = fee;
    event.participation = Math.abs(fromUnits(lot, lots)) / symbol.volume;
    this.#deliver(event);
    this.#positionChanged(symbol, lots);
  }

  /** Tells the new position, and cancels by rule 7 when the old one has ended. */
  #positionChanged(symbol: SimSymbol, lotsBefore: number): void {
    const event = this.#begin(EVENT.positionChanged, symbol);
    const lots = symbol.position.qtyLots;
    event.qtyLots = lots;
    event.price = symbol.liquidation;
    this.#deliver(event);
    const hasEnded = lots === 0 || (lotsBefore !== 0 && lotsBefore > 0 !== lots > 0);
    if (!hasEnded) return;
    const orders = symbol.orders;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      const staysUseful = lots !== 0 && lots > 0 !== order.side > 0;
      if (!order.reduceOnly || staysUseful) {
        i += 1;
        continue;
      }
      this.#remove(symbol, order);
      this.#send(EVENT.orderCancelled, symbol, order, REJECT.reduceOnlyWouldIncrease);
      i = 0;
    }
  }

  #find(symbol: SimSymbol, requestId: number): SimOrder | null {
    for (const order of symbol.orders) if (order.requestId === requestId) return order;
    return null;
  }

  #remove(symbol: SimSymbol, order: SimOrder): void {
    const orders = symbol.orders;
    const at = orders.indexOf(order);
    // Order of arrival is kept: it decides ties.
    if (at === orders.length - 1) orders.pop();
    else orders.splice(at, 1);
    order.isAlive = false;
    this.#freeOrders.push(order);
  }

  #send(kind: EngineEvent["kind"], symbol: SimSymbol, order: SimOrder, reason = 0): void {
    const event = this.#begin(kind, symbol);
    event.requestId = order.requestId;
    event.reason = reason;
    this.#deliver(event);
  }

  #begin(kind: EngineEvent["kind"], symbol: SimSymbol): EngineEvent {
    const event = this.#event;
    event.kind = kind;
    event.time = this.#now;
    event.symbol = symbol.index;
    event.index = symbol.bar;
    event.reason = 0;
    return event;
  }
}

/** Where the orders begin that arrived after `sequence`; `from` is not before that place. */
function indexAfter(orders: readonly SimOrder[], sequence: number, from: number): number {
  let index = Math.min(from, orders.length);
  while (index > 0 && (orders[index - 1] as SimOrder).sequence > sequence) index -= 1;
  return index;
}
