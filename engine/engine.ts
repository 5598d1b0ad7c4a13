import { AssertionFailed, assertNever } from "#engine/assert.ts";
import { EngineFlattenDesk } from "#engine/flatten/engine-flatten-desk.ts";
import { Flatten } from "#engine/flatten/flatten.ts";
import { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { OpenTrade } from "#engine/ledger/trade-log.ts";
import { Outbox } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, PURPOSE, type Purpose } from "#engine/model/order-terms.ts";
import { Desk } from "#engine/orders/desk.ts";
import { OrderManager } from "#engine/orders/order-manager.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { ENGINE_STRATEGY } from "#engine/orders/protective-orders.ts";
import { orAbsent, RECORD, RecordLog, type RecordSink } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { RiskManager } from "#engine/risk/risk-manager.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { Protection } from "#engine/rules/protection.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";
import { type StrategyBinding, StrategyRunner } from "#engine/strategy/strategy-runner.ts";

export interface EngineConfig {
  /** Sorted by canonical id in code-unit order: the index is the symbol's place in every tie. */
  readonly instruments: readonly Instrument[];
  /** The finest candles of each symbol: prices, excursions and the count of bars. */
  readonly clocks: readonly EngineSeries[];
  /** Every series that arrives, clocks included; an event names it by its place here. */
  readonly series: readonly EngineSeries[];
  readonly startBalance: number;
  readonly leverage: number;
  /** The strategy's own candles of each symbol: exit rules follow and count them. */
  readonly ruleSeries: readonly EngineSeries[];
  /** No decision before this time, epoch ms. */
  readonly decideFrom: number;
  readonly rules: ExitRules;
  /** What the account may risk; without it there is no limit. */
  readonly risk?: RiskLimits | undefined;
  readonly recordSink: RecordSink;
}

/** A strategy threw: it is stopped, its positions keep their protection. */
export interface StrategyFailure {
  readonly strategy: number;
  readonly time: number;
  readonly error: unknown;
}

/**
 * The deterministic core: takes one event, changes state, appends records and commands. It never waits, reads a
 * clock or draws a random number. Records written before a command must be durable before the command is sent.
 */
export class Engine {
  readonly outbox = new Outbox();
  readonly ledger: Ledger;
  readonly records: RecordLog;
  readonly orderManager: OrderManager;
  readonly desk: Desk;
  readonly risk: RiskManager;
  /** The kill switch; `flatten` starts it, cuts of the account let it prove that nothing is left. */
  readonly flattening: Flatten;
  readonly failures: StrategyFailure[] = [];
  /** Price at which the venue liquidates, as it told last; NaN without a position. */
  readonly liquidationPrices: Float64Array;
  readonly #config: EngineConfig;
  readonly #runners: StrategyRunner[] = [];
  readonly #protections: readonly Protection[];
  /** Liquidation told last, per symbol: a venue may tell of one twice. */
  readonly #liquidationIds: Float64Array;
  /** Whether risk asks how old a price is. */
  readonly #agesPrices: boolean = false;

  constructor(config: EngineConfig) {
    this.#config = config;
    const count = config.instruments.length;
    this.ledger = new Ledger(config.instruments, config.startBalance, config.leverage);
    this.records = new RecordLog(config.recordSink);
    this.liquidationPrices = new Float64Array(count).fill(Number.NaN);
    this.#liquidationIds = new Float64Array(count);
    this.risk = new RiskManager({
      instruments: config.instruments,
      ledger: this.ledger,
      limits: config.risk ?? {},
    });
    this.#agesPrices = this.risk.limits.maxPriceAgeSeconds !== undefined;
    this.orderManager = new OrderManager(config.instruments, this.outbox, this.records, this.risk);
    this.desk = new Desk(config.instruments, this.ledger, this.orderManager);
    this.flattening = new Flatten(
      new EngineFlattenDesk({
        instruments: config.instruments,
        ledger: this.ledger,
        orderManager: this.orderManager,
        protective: this.desk.protective,
      }),
    );
    this.#protections = config.ruleSeries.map(
      ({ intervalMs }, symbol) => new Protection(this.desk.protective, symbol, intervalMs),
    );
    this.desk.bindProtections(this.#protections);
    for (const protection of this.#protections) protection.setRules(config.rules);
  }

  addStrategy(binding: StrategyBinding): void {
    this.#runners.push(new StrategyRunner(binding, this.desk, this.#config.decideFrom));
  }

  /**
   * The row of the next bar at or after `row` that anybody here wants to see, of a run on one series: a driver may
   * leave out the bars before it while nothing is held.
   */
  nextRow(row: number): number {
    const runners = this.#runners;
    if (runners.length === 0) return row;
    let next = (runners[0] as StrategyRunner).nextRow(row);
    for (let at = 1; at < runners.length; at++) {
      const other = (runners[at] as StrategyRunner).nextRow(row);
      if (other < next) next = other;
    }
    return next;
  }

  /** Halts, cancels every order and closes every position; what it asks for stands in the outbox afterwards. */
  flatten(reason: string): void {
    this.flattening.start(reason, this.records.now);
  }

  /** Handles one event. The object belongs to the caller and is not kept. */
  process(event: EngineEvent): void {
    this.records.now = event.time;
    switch (event.kind) {
      case EVENT.barClosed:
        this.#onBarClosed(event);
        return;
      case EVENT.decide:
        this.#decide(event.time);
        return;
      case EVENT.markPrice:
        this.desk.marks[event.symbol] = event.price;
        return;
      case EVENT.fundingRate:
        this.desk.fundingRates[event.symbol] = event.price;
        return;
      case EVENT.fundingPaid:
        this.#onFundingPaid(event);
        return;
      case EVENT.liquidated:
        this.#onLiquidated(event);
        return;
      case EVENT.orderPartiallyFilled:
      case EVENT.orderFilled:
        this.#onFill(event);
        return;
      case EVENT.positionChanged:
        this.liquidationPrices[event.symbol] = event.price;
        if (event.amount > 0) this.ledger.setLeverage(event.symbol, event.amount);
        return;
      case EVENT.orderAccepted:
      case EVENT.orderRejected:
      case EVENT.orderTriggered:
      case EVENT.orderAmended:
      case EVENT.orderCancelled:
      case EVENT.orderExpired:
      case EVENT.commandRejected:
      case EVENT.unknownOutcome:
        this.#onOrderNews(event);
        return;
      case EVENT.balanceChanged:
      case EVENT.connectionLost:
      case EVENT.connectionRestored:
      case EVENT.snapshot:
        // News for reconcile, which compares the venue's word with the ledger; the ledger folds executions only.
        return;
      default:
        assertNever(event.kind, "event kind");
    }
  }

  #onBarClosed(event: EngineEvent): void {
    const series = this.#config.series[event.series] as EngineSeries;
    // Spelled out where every bar passes: the lazy message of an assertion would be an allocation.
    if (event.index <= series.index) throw new AssertionFailed("A bar closes once, in order");
    series.index = event.index;
    const symbol = series.symbol;
    if (series !== this.#config.clocks[symbol]) return;
    const close = series.bars.close[event.index] as number;
    this.desk.lastPrices[symbol] = close;
    this.desk.marks[symbol] = close;
    if (this.#agesPrices) this.risk.priceAsOf[symbol] = event.time;
    if ((this.ledger.positions[symbol] as Position).qtyLots === 0) return;
    const high = series.bars.high[event.index] as number;
    const low = series.bars.low[event.index] as number;
    this.ledger.seeRange(symbol, low, high);
  }

  /** Exits before reconcile before entries (the order of the design at one timestamp). */
  #decide(time: number): void {
    if (this.risk.isAwake) this.risk.onTime(time);
    if (this.flattening.isActive) this.flattening.onTime(time);
    const { ruleSeries } = this.#config;
    for (let symbol = 0; symbol < ruleSeries.length; symbol++) {
      const protection = this.#protections[symbol] as Protection;
      if (!protection.followsBars) continue;
      const { bars, index } = ruleSeries[symbol] as EngineSeries;
      if (index < 0) continue;
      const hasClosed = (bars.time[index] as number) + bars.intervalMs === time;
      if (!hasClosed) protection.onTime(time);
      else protection.onBarClosed(bars.high[index] as number, bars.low[index] as number, time);
    }
    for (let at = 0; at < this.#runners.length; at++) {
      const runner = this.#runners[at] as StrategyRunner;
      try {
        runner.decide(time);
      } catch (error) {
        // A fault of ours is not the strategy's: it stops the run.
        if (error instanceof AssertionFailed) throw error;
        this.failures.push({ strategy: runner.index, time, error });
        this.#runners.splice(at, 1);
        at -= 1;
      }
    }
  }

  #onFundingPaid(event: EngineEvent): void {
    this.ledger.bookFunding(event.symbol, event.amount);
    const { rows } = this.records;
    const at = this.records.add(RECORD.funding, event.symbol, null);
    rows[at] = event.amount;
    rows[at + 1] = this.ledger.wallet;
    rows[at + 2] = 0;
    rows[at + 3] = 0;
    rows[at + 4] = 0;
  }

  #onFill(event: EngineEvent): void {
    const order = this.orderManager.store.find(event.requestId);
    if (order === undefined) {
      throw new AssertionFailed(`A fill names an order of ours: ${event.requestId}`);
    }
    if (!order.takeExecution(event.executionId)) return;
    order.filledLots += event.qtyLots;
    if (order.filledLots > order.qtyLots) {
      throw new AssertionFailed("An order is never filled beyond its quantity");
    }
    const signedLots = event.side * event.qtyLots;
    const { rows } = this.records;
    const at = this.records.add(RECORD.fill, event.symbol, order);
    rows[at] = signedLots;
    rows[at + 1] = orAbsent(event.priceTicks);
    rows[at + 2] = event.liquidity;
    rows[at + 3] = event.fee;
    rows[at + 4] = 0;
    const isDone = order.filledLots === order.qtyLots;
    this.orderManager.transition(order, isDone ? STATUS.filled : STATUS.partiallyFilled, 0);
    this.#book(event, order);
    if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
  }

  /** The venue closed the position or a part of it: an execution without an order of ours. */
  #onLiquidated(event: EngineEvent): void {
    if (event.executionId !== 0) {
      if (this.#liquidationIds[event.symbol] === event.executionId) return;
      this.#liquidationIds[event.symbol] = event.executionId;
    }
    const signedLots = event.side * event.qtyLots;
    const { rows } = this.records;
    const at = this.records.add(RECORD.liquidation, event.symbol, null);
    rows[at] = signedLots;
    rows[at + 1] = event.priceTicks;
    rows[at + 2] = event.fee;
    rows[at + 3] = 0;
    rows[at + 4] = 0;
    this.#book(event, null);
    if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
  }

  #book(event: EngineEvent, order: Order | null): void {
    const symbol = event.symbol;
    const position = this.ledger.positions[symbol] as Position;
    const before = position.qtyLots;
    const clock = this.#config.clocks[symbol] as EngineSeries;
    const { tick } = this.#config.instruments[symbol] as Instrument;
    if (before !== 0 && event.lowTicks < event.highTicks) {
      const low = fromUnits(tick, event.lowTicks);
      this.ledger.seeRange(symbol, low, fromUnits(tick, event.highTicks));
    }
    const bar = event.index >= 0 ? event.index : clock.index + 1;
    if (order === null) this.ledger.book(event, bar, PURPOSE.liquidation, null);
    else this.ledger.book(event, bar, purposeOf(order, before, event.side), order.tag);
    this.desk.lastPrices[symbol] = this.ledger.price;
    if (this.#agesPrices) this.risk.priceAsOf[symbol] = event.time;
    // The mark known last may be as old as the bar before: a position that begins is worth what it cost.
    if (before === 0) this.desk.marks[symbol] = fromUnits(tick, event.referenceTicks);
    const { rows } = this.records;
    const at = this.records.add(RECORD.ledger, symbol, order);
    rows[at] = this.ledger.realised;
    rows[at + 1] = event.fee;
    rows[at + 2] = this.ledger.wallet;
    rows[at + 3] = position.qtyLots;
    rows[at + 4] = 0;
    // Asked first: a read beyond the end would make an object of every time.
    const barAt = bar < clock.bars.length ? (clock.bars.time[bar] as number) : event.time;
    this.#protect(symbol, before, position, event.time, barAt, order);
  }

  #protect(
    symbol: number,
    before: number,
    position: Position,
    time: number,
    barAt: number,
    order: Order | null,
  ): void {
    const after = position.qtyLots;
    const protection = this.#protections[symbol] as Protection;
    if (after === 0) {
      protection.onFlat();
      return;
    }
    const isLarger = before > 0 !== after > 0 || Math.abs(after) > Math.abs(before);
    if (order === null) return;
    if (!isLarger) {
      const isDone = order.filledLots === order.qtyLots;
      if (isDone) protection.onFilledShort(order.requestId, order.purpose as Purpose, time);
      return;
    }
    protection.onIncrease(after > 0 ? 1 : -1, position.entryPrice, time, barAt, order.protection);
    this.#addRisk(symbol, before, after, order);
  }

  /** Money between the fills of the order that opened a trade and the stop that protects it. */
  #addRisk(symbol: number, before: number, after: number, order: Order): void {
    const stop = (this.#protections[symbol] as Protection).stopPrice;
    const trade = this.ledger.trades.open[symbol] as OpenTrade;
    const isOpening = before === 0 || before > 0 !== after > 0;
    if (isOpening) trade.entryRequest = order.requestId;
    if (stop !== stop || trade.entryRequest !== order.requestId || trade.exitQty > 0) return;
    const { lot } = this.#config.instruments[symbol] as Instrument;
    const qty = fromUnits(lot, Math.abs(isOpening ? after : after - before));
    const risk = Math.abs(this.ledger.price - stop) * qty;
    trade.initialRisk = Number.isNaN(trade.initialRisk) ? risk : trade.initialRisk + risk;
  }

  #onOrderNews(event: EngineEvent): void {
    const order = this.orderManager.store.find(event.requestId);
    // News of an order that ended long ago (a duplicate, a late cancel) changes nothing.
    if (order === undefined) return;
    this.orderManager.onNews(event, order);
    if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
    if (event.kind === EVENT.orderAccepted) {
      this.#dropStale(order);
      return;
    }
    const isGone = event.kind === EVENT.orderRejected || event.kind === EVENT.orderCancelled;
    if (isGone && order.filledLots < order.qtyLots && event.reason !== 0) {
      const protection = this.#protections[event.symbol] as Protection;
      protection.onRejected(order.requestId, order.purpose as (typeof PURPOSE)["stopLoss"]);
    }
  }

  /** A resting order of the engine's own that protects nothing any more: its cancel was faster than itself. */
  #dropStale(order: Order): void {
    if (order.strategy !== ENGINE_STRATEGY || order.type === ORDER_TYPE.market) return;
    const protection = this.#protections[order.symbol] as Protection;
    if (!protection.owns(order.requestId)) this.orderManager.cancel(order);
  }
}

/** A take-profit order that closes is an exit by its kind, whether or not it may open something too. */
function purposeOf(order: Order, before: number, side: number): Purpose {
  const { purpose, type } = order;
  if (purpose !== PURPOSE.entry || type === ORDER_TYPE.market || before * side >= 0) return purpose;
  const isTarget = type === ORDER_TYPE.takeProfitMarket || type === ORDER_TYPE.takeProfitLimit;
  return isTarget ? PURPOSE.takeProfit : purpose;
}
