import { BACKTEST_PRICES } from "#engine/aged/aged-monitor.ts";
import { Engine } from "#engine/engine.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";
import { AccountCut } from "#sim/account-cut.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import {
  type BacktestSymbol,
  type BoundSeries,
  bindMarket,
  positionSlots,
  simSymbol,
  strategySymbol,
} from "#sim/bind-market.ts";
import { EquityRecorder } from "#sim/equity-recorder.ts";
import { SimulatedExchange } from "#sim/exchange.ts";
import { FundingExchange } from "#sim/funding-exchange.ts";
import { reconcileSettings, slotName } from "#sim/reconcile-settings.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

const STRATEGY_INDEX = 1;

/**
 * The backtest driver: market columns → simulated exchange → engine → simulated exchange, synchronously. It holds
 * the total order of one timestamp T:
 *   1. the insides of the bars that close at T (executions, stamped T − 1 ms), symbol by symbol;
 *   2. the closed bars of all symbols and intervals, then marks;
 *   3. exits, reconcile, entries (`decide`), and what they ask of the venue;
 *   4. the equity of T;
 *   5. funding at T, then the opens at T: liquidation, resting orders, exits that arrive, entries that arrive, each
 *      for all symbols before the next. What the engine asks for there acts at once or in the bar that opened.
 * A decision at the close of a bar so never sees the open of the next one, nor the funding exchanged then. Funding
 * after the last bar of all symbols belongs to nobody's period.
 */
export class Backtest {
  readonly engine: Engine;
  readonly exchange: SimulatedExchange;
  readonly recorder: EquityRecorder;
  readonly config: BacktestConfig;
  readonly symbols: readonly BacktestSymbol[];
  readonly #series: readonly EngineSeries[];
  readonly #clocks: readonly EngineSeries[];
  readonly #next: Int32Array;
  readonly #seriesNext: Int32Array;
  readonly #funding: FundingExchange;
  readonly #event = new EngineEvent();
  readonly #cut: AccountCut;
  /** Symbols with something to do at the open that is being worked off. */
  readonly #opened: SimSymbol[] = [];
  readonly #total: number;
  /** One symbol on one interval: the common case has a shorter way through quiet bars. */
  readonly #isSingle: boolean;
  #lastExecution = 0;
  #done = 0;
  #now = 0;
  #isOver = false;

  constructor(config: BacktestConfig) {
    this.config = config;
    const slots = positionSlots(config.symbols, config.settings.positionMode);
    this.symbols = slots.map(({ market }) => market);
    const count = this.symbols.length;
    const series: EngineSeries[] = [];
    const bindings = slots.map((slot, symbol) => bindMarket(slot, symbol, series));
    this.#series = series;
    this.#clocks = bindings.map((binding) => binding.clock);
    const instruments = this.symbols.map((one) => one.instrument);
    this.engine = new Engine({
      instruments,
      clocks: this.#clocks,
      series,
      ruleSeries: bindings.map(({ own }, at) =>
        slots[at]?.side === -1 ? (bindings[at - 1] as BoundSeries).own : own,
      ),
      startBalance: config.startBalance,
      leverage: config.leverage,
      decideFrom: config.from,
      rules: config.rules,
      aged: config.aged ? { config: config.aged, prices: BACKTEST_PRICES } : null,
      risk: config.risk,
      reconcile: reconcileSettings(config, slots, (now) => this.#cut.take(now)),
      recordSink: config.recordSink,
    });
    this.exchange = new SimulatedExchange(
      this.symbols.map((one, at) => simSymbol(one, at, config.settings, config.leverage)),
      config.settings,
      config.startBalance,
      (event) => this.#deliver(event),
    );
    this.#cut = new AccountCut(this.exchange, slots.map(slotName));
    this.engine.addStrategy({
      index: STRATEGY_INDEX,
      strategy: config.strategy,
      params: config.params,
      symbols: config.symbols.map((one) => strategySymbol(one, slots, bindings)),
    });
    this.#next = new Int32Array(count);
    this.#seriesNext = new Int32Array(series.length);
    this.#funding = new FundingExchange(this.symbols, this.engine, this.exchange, config.settings);
    this.#isSingle = count === 1 && series.length === 1;
    this.#total = this.symbols.reduce((sum, one) => sum + one.bars.length, 0);
    this.recorder = new EquityRecorder(this.engine, instruments, this.#clocks, config.from);
  }

  /** Bars handled and bars in all, over all symbols. */
  get progress(): { readonly done: number; readonly total: number; readonly time: number } {
    return { done: this.#done, total: this.#total, time: this.#now };
  }

  /** The finest candles of a symbol, by its place in the sorted list. */
  clock(symbol: number): EngineSeries {
    return this.#clocks[symbol] as EngineSeries;
  }

  /** Runs until so many further bars are handled, the data ends or a strategy throws. Returns whether more is left. */
  advance(bars: number): boolean {
    const until = this.#done + bars;
    while (this.#done < until) {
      if (this.#isSingle) {
        this.#advanceQuiet(until);
        // Not a bar more than asked for: a run that is done again as far must end at the same one.
        if (this.#done >= until && this.#done < this.#total) continue;
      }
      const time = this.#nextTime();
      if (time === Number.POSITIVE_INFINITY || this.engine.failures.length > 0) {
        this.#isOver = true;
        this.engine.records.flush();
        return false;
      }
      this.#now = time;
      if (!this.#closeBars(time)) this.#endGap(time);
      if (this.engine.failures.length > 0) continue;
      this.#openBars(time);
    }
    return true;
  }

  /**
   * Passes over bars in which the exchange has nothing to do: no order, no command on its way, no funding stamp, and
   * a position, if there is one, that the mark does not liquidate. The engine sees the same events in the same
   * order as on the full path; a test runs both and compares the records.
   */
  #advanceQuiet(until: number): void {
    const symbol = this.exchange.symbols[0] as SimSymbol;
    if (symbol.orders.length > 0 || symbol.pending.length > 0) return;
    const { engine, recorder } = this;
    const { bars } = symbol;
    const stamp = this.#funding.nextStamp;
    let isFlat = symbol.isFlat;
    // A bar that has opened without anything left to do in it is as good as one that is still to come.
    let first = symbol.isBarOpen ? symbol.bar : (this.#next[0] as number);
    const end = Math.min(bars.length, first + until - this.#done);
    let next = isFlat && first < end ? this.#leaveOut(first, end, stamp) : first;
    while (next < end) {
      const time = (bars.time[next] as number) + bars.intervalMs;
      if (stamp < time) break;
      if (!isFlat && (symbol.isLiquidatedIn(next) || symbol.isGapBefore(next))) break;
      this.#publishBar(symbol, next, time, isFlat);
      next += 1;
      if (engine.outbox.length > 0 || engine.failures.length > 0) {
        this.#leaveQuiet(symbol, next, next - first);
        this.exchange.passOver(symbol);
        this.#carryOut(time);
        if (engine.failures.length > 0 || stamp <= time) return;
        if (!this.#openNext(symbol, next, time)) return;
        first = next;
        isFlat = symbol.isFlat;
        continue;
      }
      if (isFlat) recorder.recordFlat(time);
      else recorder.record(time);
    }
    if (next > first) this.#leaveQuiet(symbol, next, next - first);
  }

  /** Leaves out the bars that nobody wants to see; at least one remains, for the exchange to go on from. */
  #leaveOut(next: number, end: number, stamp: number): number {
    const { bars } = this.exchange.symbols[0] as SimSymbol;
    const wanted = Math.min(this.engine.nextRow(next), end - 1);
    let row = next;
    while (row < wanted && (bars.time[row] as number) + bars.intervalMs <= stamp) {
      this.recorder.recordFlat((bars.time[row] as number) + bars.intervalMs);
      row += 1;
    }
    return row;
  }

  /** Opens the bar that follows at once, if one does; returns whether nothing is left to do inside it. */
  #openNext(symbol: SimSymbol, next: number, time: number): boolean {
    if (next >= symbol.bars.length || symbol.bars.time[next] !== time) return false;
    this.#next[0] = next + 1;
    if (this.exchange.openBar(symbol, next)) {
      this.exchange.matchOpen(symbol);
      this.exchange.admit(symbol);
    }
    return symbol.orders.length === 0 && symbol.pending.length === 0;
  }

  /** The closed bar, the mark and the decision of one timestamp, for a single symbol. */
  #publishBar(symbol: SimSymbol, row: number, time: number, isFlat: boolean): void {
    const { engine } = this;
    const event = this.#event;
    event.time = time;
    event.symbol = 0;
    event.series = 0;
    event.index = row;
    event.kind = EVENT.barClosed;
    engine.process(event);
    if (!isFlat && symbol.mark.isStored) {
      event.kind = EVENT.markPrice;
      event.price = symbol.mark.closeOf(row);
      engine.process(event);
    }
    event.kind = EVENT.decide;
    engine.process(event);
  }

  /** Puts the exchange where the full path would have left it after the close of the bar before `next`. */
  #leaveQuiet(symbol: SimSymbol, next: number, handled: number): void {
    // A bar that was open already may have had executions: what they left of its volume stays.
    if (symbol.bar !== next - 1) symbol.open(next - 1);
    symbol.isBarOpen = false;
    this.#next[0] = next;
    this.#seriesNext[0] = next;
    this.#done += handled;
    this.#now = symbol.closeTime;
  }

  /** Runs to the end in one go. */
  run(): void {
    while (this.advance(1_000_000));
  }

  /** Ends an unfinished run after the last whole timestamp, for a partial result. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.recorder.restate(this.#now);
    this.engine.records.flush();
  }

  /** The earliest close of an open bar, open of a next bar or funding stamp; Infinity when the data has ended. */
  #nextTime(): number {
    let time = Number.POSITIVE_INFINITY;
    let hasBars = false;
    const symbols = this.exchange.symbols;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] as SimSymbol;
      if (symbol.isBarOpen) {
        hasBars = true;
        if (symbol.closeTime < time) time = symbol.closeTime;
      } else {
        const next = this.#next[at] as number;
        if (next >= symbol.bars.length) continue;
        hasBars = true;
        const open = symbol.bars.time[next] as number;
        if (open < time) time = open;
      }
    }
    // Funding after the last bar of every symbol belongs to nobody's period.
    return hasBars ? Math.min(time, this.#funding.nextStamp) : Number.POSITIVE_INFINITY;
  }

  /** Returns whether any bar has closed. */
  #closeBars(time: number): boolean {
    const symbols = this.exchange.symbols;
    let hasClosed = false;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] as SimSymbol;
      if (!symbol.isBarOpen || symbol.closeTime !== time) continue;
      hasClosed = true;
      this.exchange.closeBar(symbol);
      this.#done += 1;
    }
    if (!hasClosed) return false;
    this.exchange.settleCloses(time);
    this.#publishBars(time);
    const event = this.#event;
    event.kind = EVENT.decide;
    event.time = time;
    this.engine.process(event);
    this.#carryOut(time);
    return true;
  }

  /** Bars begin after a gap: what time alone decides (a time stop) is decided before they open. */
  #endGap(time: number): void {
    for (const symbol of this.exchange.symbols) {
      const next = this.#next[symbol.index] as number;
      if (symbol.isBarOpen || symbol.bars.time[next] !== time || !symbol.isGapBefore(next))
        continue;
      const event = this.#event;
      event.kind = EVENT.decide;
      event.time = time;
      this.engine.process(event);
      if (this.engine.outbox.length > 0) this.#drain();
      return;
    }
  }

  /** What was decided at this close goes to the venue, and the equity of the close is taken. */
  #carryOut(time: number): void {
    if (this.engine.outbox.length > 0) this.#drain();
    if (this.config.settings.fillAt === "close") this.#settleAtClose(time);
    this.recorder.record(time);
  }

  #publishBars(time: number): void {
    const event = this.#event;
    const series = this.#series;
    for (let at = 0; at < series.length; at++) {
      const one = series[at] as EngineSeries;
      const { bars } = one;
      // A higher bar that ends in a gap of the clock is published with the next bar that closes.
      for (let next = this.#seriesNext[at] as number; next < bars.length; next++) {
        if ((bars.time[next] as number) + bars.intervalMs > time) break;
        this.#seriesNext[at] = next + 1;
        event.kind = EVENT.barClosed;
        event.time = time;
        event.symbol = one.symbol;
        event.series = at;
        event.index = next;
        this.engine.process(event);
      }
    }
    const symbols = this.exchange.symbols;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] as SimSymbol;
      if (symbol.isFlat || !symbol.mark.isStored || symbol.closeTime !== time) continue;
      event.kind = EVENT.markPrice;
      event.time = time;
      event.symbol = at;
      event.price = symbol.mark.closeOf(symbol.bar);
      this.engine.process(event);
    }
  }

  /** Each step for all symbols before the next one; what only closes goes before what opens. */
  #openBars(time: number): void {
    if (!this.#hasBars()) return;
    this.#funding.settle(time, "open");
    const { exchange } = this;
    const { symbols } = exchange;
    let opened = 0;
    for (let at = 0; at < symbols.length; at++) {
      const symbol = symbols[at] as SimSymbol;
      const next = this.#next[at] as number;
      if (symbol.isBarOpen || next >= symbol.bars.length) continue;
      if (symbol.bars.time[next] !== time) continue;
      this.#next[at] = next + 1;
      if (exchange.openBar(symbol, next)) this.#opened[opened++] = symbol;
    }
    exchange.settleOpens(time);
    for (let at = 0; at < opened; at++) exchange.matchOpen(this.#opened[at] as SimSymbol);
    for (let at = 0; opened > 1 && at < opened; at++) {
      const symbol = this.#opened[at] as SimSymbol;
      if (symbol.sendsNoEntry) exchange.admit(symbol);
    }
    for (let at = 0; at < opened; at++) exchange.admit(this.#opened[at] as SimSymbol);
  }

  /** Whether any symbol has a bar open or to come. */
  #hasBars(): boolean {
    for (const { isBarOpen, index, bars } of this.exchange.symbols) {
      if (isBarOpen || (this.#next[index] as number) < bars.length) return true;
    }
    return false;
  }

  /** Funding first: a fill at the stamp counts as after it. */
  #settleAtClose(time: number): void {
    for (const symbol of this.exchange.symbols) {
      if (symbol.pending.length === 0) continue;
      this.#funding.settle(time, "close");
      this.exchange.settleAtClose(symbol, time);
    }
  }

  /** Hands an event of the venue to the engine and its commands back to the venue. */
  #deliver(event: EngineEvent): void {
    if (event.executionId !== 0 && event.executionId !== this.#lastExecution) {
      this.#lastExecution = event.executionId;
      this.recorder.see(event);
    }
    this.engine.process(event);
    if (this.engine.outbox.length > 0) this.#drain();
  }

  #drain(): void {
    const { outbox } = this.engine;
    for (let at = 0; at < outbox.length; at++) this.exchange.submit(outbox.at(at));
    outbox.clear();
  }
}
