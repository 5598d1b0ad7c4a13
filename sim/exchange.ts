import { AssertionFailed } from "#engine/assert.ts";
import type { Command } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { exactUnits, fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { Venue, VenueListener } from "#engine/ports/venue.ts";
import { BandRecorder } from "#sim/ambiguity-band.ts";
import { BarPath } from "#sim/bar-path.ts";
import { Executor } from "#sim/executor.ts";
import { extremeAfterEntry, isEntry, startPath } from "#sim/intrabar-path.ts";
import { nextHit } from "#sim/next-hit.ts";
import { OrderEntry } from "#sim/order-entry.ts";
import type { PositionValues } from "#sim/position-values.ts";
import { SimAccount } from "#sim/sim-account.ts";
import { isMarketable, PHASE, type SimOrder, triggersAt } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { ratchet } from "#sim/trailing-stop.ts";
import { triggerPriceAt, triggerSeries } from "#sim/trigger-price.ts";
import { VenueEvents } from "#sim/venue-events.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

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
 * 6. An exit at a price that the position's margin and the free balance can not bear becomes a liquidation. What else
 *    liquidates and how stands in `liquidation.ts`; under cross margin the marks of several symbols are those of one
 *    instant, the opens and then the closes of their bars.
 * 7. A position that goes flat, and be it on the way to the other side, takes the reduce-only orders with it that
 *    could only enlarge what comes after it.
 */
export class SimulatedExchange implements Venue {
  readonly symbols: readonly SimSymbol[];
  readonly account: SimAccount;
  readonly band: BandRecorder;
  readonly #settings: VenueSettings;
  readonly #events: VenueEvents;
  readonly #executor: Executor;
  readonly #entry: OrderEntry;
  readonly #path = new BarPath();
  /** Cross margin over several symbols. */
  readonly #isShared: boolean;

  constructor(
    symbols: readonly SimSymbol[],
    settings: VenueSettings,
    startBalance: number,
    deliver: VenueListener,
  ) {
    this.symbols = symbols;
    if (settings.positionMode === "hedge") pairSides(symbols);
    this.#settings = settings;
    this.#isShared = settings.marginMode === "cross" && symbols.length > 1;
    this.account = new SimAccount(symbols, startBalance, settings);
    this.#events = new VenueEvents(deliver);
    this.#executor = new Executor(settings, this.account, this.#events);
    this.#entry = new OrderEntry(settings, this.account, this.#executor, this.#events);
    this.band = new BandRecorder(settings, this.account);
  }

  /** Takes a command off the engine's hands; it acts when it arrives, never inside this call. */
  submit(command: Command): void {
    this.#entry.send(this.symbols[command.symbol] as SimSymbol, command);
  }

  /** Under `fillAt: close` what has been decided at this close acts at its price, as long as the bar has volume. */
  settleAtClose(symbol: SimSymbol, time: number): void {
    if (symbol.isBarOpen || symbol.bar < 0 || time !== symbol.closeTime) return;
    symbol.loadTicks(this.#settings.participationPct);
    symbol.atTicks = symbol.closeTicks;
    if (this.account.isCross) this.#valueAt(symbol, symbol.mark.closeOf(symbol.bar));
    this.#events.now = time;
    this.#entry.activate(symbol, ANY_TIME, time + 1);
  }

  /** The bar opens: liquidation at its open. Returns whether anything is left to do at this open. */
  openBar(symbol: SimSymbol, index: number): boolean {
    symbol.open(index);
    if (symbol.isIdle) return false;
    symbol.loadTicks(this.#settings.participationPct);
    this.#events.now = symbol.openTime;
    if (symbol.orders.length > 0) this.#executor.expireUntil(symbol, symbol.openTime);
    this.#entry.activateChanges(symbol);
    if (this.account.isCross) this.#valueAt(symbol, symbol.mark.open);
    // One position alone; with others its mark of this instant is not all there is to know.
    if (!this.#isShared) {
      while (!symbol.isFlat && symbol.isLiquidatedAt(symbol.mark.open)) {
        this.#executor.liquidation.reach(symbol, symbol.mark.open);
      }
    }
    return true;
  }

  /** Cross margin over several symbols: all are at the marks of this instant, and the account is held against them. */
  settleOpens(time: number): void {
    if (!this.#isShared) return;
    this.#events.now = time;
    this.account.revalue();
    if (this.account.isBreached) this.#executor.liquidation.account();
  }

  /** The same where bars close, every symbol at its close; and the liquidation prices of that instant are told. */
  settleCloses(time: number): void {
    if (!this.#isShared) return;
    const { symbols, account } = this;
    this.#events.now = time - 1;
    for (const symbol of symbols) {
      if (symbol.isFlat || symbol.closeTime !== time) continue;
      symbol.markNow = symbol.mark.closeOf(symbol.bar);
    }
    account.revalue();
    if (account.isBreached) this.#executor.liquidation.account();
    for (const symbol of symbols) {
      if (!symbol.isFlat) this.#executor.positionChanged(symbol, symbol.position.qtyLots);
    }
  }

  /** What the venue prints of a position after the bar that closed last, or at the price of the open one. */
  positionValues(index: number): PositionValues {
    const symbol = this.symbols[index] as SimSymbol;
    const { mark, bar } = symbol;
    if (symbol.isFlat) return this.account.valuesAt(symbol, Number.NaN);
    if (!this.account.isCross) {
      return this.account.valuesAt(symbol, symbol.isBarOpen ? symbol.markAt : mark.closeOf(bar));
    }
    for (const one of this.symbols) {
      if (!one.isFlat && !one.isBarOpen) one.markNow = one.mark.closeOf(one.bar);
    }
    this.account.revalue();
    return this.account.valuesAt(symbol, symbol.markNow);
  }

  #valueAt(symbol: SimSymbol, mark: number): void {
    symbol.markNow = mark;
    symbol.hasChanged = true;
    if (!this.#isShared) this.account.revalue();
  }

  /** The orders that rest meet the open. */
  matchOpen(symbol: SimSymbol): void {
    if (symbol.orders.length === 0) return;
    this.#events.now = symbol.openTime;
    this.#matchOpen(symbol);
  }

  /** What arrives in the bar acts at its open. */
  admit(symbol: SimSymbol): void {
    if (symbol.pending.length === 0) return;
    this.#events.now = symbol.openTime;
    this.#entry.activate(symbol, ANY_TIME, symbol.closeTime);
  }

  /** The bar's inside, walked when it closes: rules 3 to 5. */
  closeBar(symbol: SimSymbol): void {
    if (symbol.orders.length > 0 || symbol.position.qtyLots !== 0) {
      symbol.loadTicks(this.#settings.participationPct);
      this.#events.now = symbol.closeTime - 1;
      // Inside a bar nobody knows what came before a moment: an order that ends there acts at the open only.
      if (symbol.orders.length > 0) this.#executor.expireUntil(symbol, symbol.closeTime - 1);
      this.#walk(symbol);
      this.#moveTrailingStops(symbol);
    }
    symbol.isBarOpen = false;
  }

  /** A bar that closed without being walked: what is executed at its close has seen all of it. */
  passOver(symbol: SimSymbol): void {
    if (this.#settings.fillAt !== "close" || symbol.isFlat) return;
    symbol.loadTicks(this.#settings.participationPct);
    symbol.moveTo(symbol.highTicks);
    symbol.moveTo(symbol.lowTicks);
  }

  /** Exchanges funding on the size held at the stamp: longs pay a positive rate. */
  settleFunding(symbol: SimSymbol, time: number, rate: number, price: number): void {
    if (symbol.isFlat) return;
    this.#events.now = time;
    const owed = -symbol.position.qty * price * rate;
    // Nobody pays more than the position and the free balance hold, or the whole account under cross margin.
    const amount = Math.max(owed, -this.account.payable(symbol));
    this.account.wallet += amount;
    const event = this.#events.begin(EVENT.fundingPaid, symbol);
    event.amount = amount;
    event.price = price;
    this.#events.deliver(event);
    const { isCross } = this.account;
    if (isCross) this.account.revalue();
    if (isCross || (amount < 0 && this.account.drawOnMargin(symbol))) {
      this.#executor.positionChanged(symbol, symbol.position.qtyLots);
    }
  }

  #walk(symbol: SimSymbol): void {
    const mode = this.#settings.intrabar;
    const through = this.#settings.limitFill === "touch" ? 0 : 1;
    const path = this.#path;
    startPath(path, mode, symbol, this.#entry.newestOrder);
    // Two orders inside the range at the start are resolved there; otherwise an entry may make it ambiguous later.
    const isResolved = this.band.consider(symbol, path);
    for (let hits = 0; !path.isOver; ) {
      const hit = nextHit(symbol, path.target, through, path.newestOrder);
      if (hit === null) {
        symbol.moveTo(path.target);
        symbol.atTicks = path.leave();
        continue;
      }
      hits += 1;
      if (hits > HITS_PER_BAR_MAX) {
        throw new AssertionFailed(`At most ${HITS_PER_BAR_MAX} executions in one bar`);
      }
      const { level } = hit;
      symbol.moveTo(level);
      const lotsBefore = symbol.position.qtyLots;
      if (hit.order === null) this.#executor.liquidation.reach(symbol, markAt(symbol, level));
      else this.#fillHit(symbol, hit.order, level);
      // Only what this bar's own executions set off: a price of the path may lie before an earlier command. A bar
      // is all there is to see of the way, so what arrives within a bar's length acts in it.
      if (symbol.pending.length > 0) {
        const { now } = this.#events;
        this.#entry.activate(symbol, now, now + symbol.bars.intervalMs);
      }
      if (isEntry(lotsBefore, symbol.position.qtyLots)) {
        if (!isResolved) this.band.considerEntry(symbol, path, level);
        const extreme = extremeAfterEntry(mode, symbol);
        if (extreme === extreme) path.turn(extreme, level);
      }
    }
  }

  #fillHit(symbol: SimSymbol, order: SimOrder, level: number): void {
    if (order.phase === PHASE.limit) {
      this.#executor.execute(symbol, order, order.priceTicks, order.priceTicks, LIQUIDITY.maker);
    } else {
      this.#executor.goOff(symbol, order, level, symbol.highTicks - symbol.lowTicks);
    }
  }

  /** Trailing stops follow the completed bar; of the bar in whose inside one arrived, the close alone. */
  #moveTrailingStops(symbol: SimSymbol): void {
    const { orders } = symbol;
    for (let i = 0; i < orders.length; i++) {
      const order = orders[i] as SimOrder;
      if (order.type !== ORDER_TYPE.trailingStop || order.phase !== PHASE.waiting) continue;
      if (order.sequence > this.#path.newestOld) {
        ratchet(order, symbol.closeTicks, symbol.closeTicks);
        continue;
      }
      const series = triggerSeries(symbol, order);
      const { tick } = symbol.instrument;
      if (series === null) ratchet(order, symbol.highTicks, symbol.lowTicks);
      else ratchet(order, exactUnits(tick, series.high), exactUnits(tick, series.low));
    }
  }

  /**
   * A stop that the open gaps through fills at the open; a target at its own price, as a limit does: what is better than
   * asked for is not counted on.
   */
  #goOffAtOpen(symbol: SimSymbol, order: SimOrder, open: number): void {
    const { triggerTicks } = order;
    const beyond = order.side > 0 ? triggerTicks - open : open - triggerTicks;
    const isBetter =
      beyond > 0 && !this.#settings.limitImprove && triggerSeries(symbol, order) === null;
    const isGap = open !== triggerTicks && !isBetter;
    const range = isGap ? Number.POSITIVE_INFINITY : symbol.highTicks - symbol.lowTicks;
    this.#executor.goOff(symbol, order, isBetter ? triggerTicks : open, range);
  }

  /** Rule 2 for the orders that rest, in the order of their arrival. */
  #matchOpen(symbol: SimSymbol): void {
    const open = symbol.openTicks;
    const through = this.#settings.limitFill === "touch" ? 0 : 1;
    const orders = symbol.orders;
    for (let i = 0; i < orders.length; ) {
      const order = orders[i] as SimOrder;
      const sequence = order.sequence;
      if (order.isTaking && isMarketable(order, open)) {
        this.#executor.execute(symbol, order, open, open, LIQUIDITY.taker);
      } else if (order.phase === PHASE.limit) {
        order.isTaking = false;
        const beyond = order.side > 0 ? order.priceTicks - open : open - order.priceTicks;
        if (beyond >= through) {
          const price = this.#settings.limitImprove ? open : order.priceTicks;
          this.#executor.execute(symbol, order, price, price, LIQUIDITY.maker);
        }
      } else if (order.phase === PHASE.market) {
        this.#executor.takeAt(symbol, order, open, symbol.highTicks - symbol.lowTicks);
      } else if (triggersAt(order, triggerPriceAt(symbol, order, open))) {
        this.#goOffAtOpen(symbol, order, open);
      }
      // An execution may have removed orders, this one and others before it: go on with the next to have arrived.
      if (orders[i] === order) i += 1;
      else i = indexAfter(orders, sequence, i);
    }
  }
}

/** The mark that liquidates a position where the price is at `level`, ticks. */
function markAt(symbol: SimSymbol, level: number): number {
  const { mark, liquidationInside } = symbol;
  if (mark.isStored) return Math.min(Math.max(liquidationInside, mark.low), mark.high);
  return fromUnits(symbol.instrument.tick, level);
}

/** The two sides of a symbol stand beside each other. */
function pairSides(symbols: readonly SimSymbol[]): void {
  for (let at = 0; at + 1 < symbols.length; at += 2) {
    const [long, short] = [symbols[at] as SimSymbol, symbols[at + 1] as SimSymbol];
    long.twin = short;
    short.twin = long;
  }
}

/** Where the orders begin that arrived after `sequence`; `from` is not before that place. */
function indexAfter(orders: readonly SimOrder[], sequence: number, from: number): number {
  let index = Math.min(from, orders.length);
  while (index > 0 && (orders[index - 1] as SimOrder).sequence > sequence) index -= 1;
  return index;
}
