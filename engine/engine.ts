import { type AgedSettings, EngineAged } from "#engine/aged/engine-aged.ts";
import { AssertionFailed, assertNever } from "#engine/assert.ts";
import type { AccountState, EngineState, SymbolState } from "#engine/engine-state.ts";
import { Executions } from "#engine/executions.ts";
import { EngineFlattenDesk } from "#engine/flatten/engine-flatten-desk.ts";
import { Flatten } from "#engine/flatten/flatten.ts";
import { fromJsonNumber, toJsonNumber } from "#engine/json-number.ts";
import { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { Outbox } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, PURPOSE, type Purpose } from "#engine/model/order-terms.ts";
import { Desk } from "#engine/orders/desk.ts";
import { OrderManager } from "#engine/orders/order-manager.ts";
import { OrderNews } from "#engine/orders/order-news.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { ENGINE_STRATEGY } from "#engine/orders/protective-orders.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { RECORD, RecordLog, type RecordSink } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { RiskManager } from "#engine/risk/risk-manager.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { Protection } from "#engine/rules/protection.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";
import {
  type RunnerState,
  type StrategyBinding,
  StrategyRunner,
} from "#engine/strategy/strategy-runner.ts";

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
  /** What becomes of positions that grow too old; without them nothing. */
  readonly aged?: AgedSettings | null | undefined;
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
  readonly orderNews: OrderNews;
  readonly desk: Desk;
  readonly executions: Executions;
  readonly risk: RiskManager;
  /** The kill switch; `flatten` starts it, cuts of the account let it prove that nothing is left. */
  readonly flattening: Flatten;
  readonly failures: StrategyFailure[] = [];
  /** Null where the aged rules are off. */
  readonly aged: EngineAged | null;
  /** Price at which the venue liquidates, as it told last; NaN without a position. */
  readonly liquidationPrices: Float64Array;
  readonly #config: EngineConfig;
  readonly #runners: StrategyRunner[] = [];
  readonly #protections: readonly Protection[];
  /** Whether risk asks how old a price is. */
  readonly #agesPrices: boolean = false;

  constructor(config: EngineConfig) {
    this.#config = config;
    const count = config.instruments.length;
    this.ledger = new Ledger(config.instruments, config.startBalance, config.leverage);
    this.records = new RecordLog(config.recordSink);
    this.liquidationPrices = new Float64Array(count).fill(Number.NaN);
    this.risk = new RiskManager({
      instruments: config.instruments,
      ledger: this.ledger,
      limits: config.risk ?? {},
    });
    this.#agesPrices = this.risk.limits.maxPriceAgeSeconds !== undefined;
    this.orderManager = new OrderManager({
      instruments: config.instruments,
      outbox: this.outbox,
      records: this.records,
      risk: this.risk,
    });
    this.orderNews = new OrderNews(this.orderManager, RESOLVE_TERMS);
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
    const { desk, ledger, records } = this;
    const agedParts = { ...config, desk, ledger, records, protections: this.#protections };
    this.aged = config.aged ? new EngineAged(config.aged, agedParts) : null;
    this.executions = new Executions({
      instruments: config.instruments,
      clocks: config.clocks,
      ledger: this.ledger,
      records: this.records,
      orderManager: this.orderManager,
      orderNews: this.orderNews,
      risk: this.risk,
      desk: this.desk,
      protections: this.#protections,
      aged: this.aged,
    });
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

  /** When the engine wants to be told the time again (`EVENT.timer`), epoch ms; Infinity while it waits for nothing. */
  get nextTimerAt(): number {
    return this.orderNews.unresolved.nextTimerAt;
  }

  /** What must outlive the process; see `EngineState`. */
  state(): EngineState {
    return {
      orders: this.orderManager.store.state(),
      account: this.accountState(),
      symbols: this.#config.instruments.map((_, symbol) => this.symbolState(symbol)),
      strategies: this.strategyStates(),
    };
  }

  strategyStates(): readonly RunnerState[] {
    return this.#runners.map((runner) => runner.state());
  }

  accountState(): AccountState {
    return {
      ledger: this.ledger.state(),
      groups: this.desk.groups(),
      foreignIds: this.executions.foreignIds.state(),
    };
  }

  symbolState(symbol: number): SymbolState {
    return {
      books: this.ledger.symbolState(symbol),
      protection: (this.#protections[symbol] as Protection).state(),
      liquidationPrice: toJsonNumber(this.liquidationPrices[symbol] as number),
    };
  }

  /** Goes on from a state that an engine of the same configuration told; before any event. */
  restore(state: EngineState): void {
    const { account, orders, symbols, strategies } = state;
    this.orderManager.restore(orders);
    this.orderNews.restore(orders);
    this.ledger.restore(
      account.ledger,
      symbols.map(({ books }) => books),
    );
    this.desk.restoreGroups(account.groups);
    this.executions.foreignIds.restore(account.foreignIds);
    symbols.forEach(({ protection, liquidationPrice }, symbol) => {
      (this.#protections[symbol] as Protection).restore(protection);
      this.liquidationPrices[symbol] = fromJsonNumber(liquidationPrice);
    });
    for (const runner of this.#runners) {
      const kept = strategies.find(({ strategy }) => strategy === runner.index);
      if (kept !== undefined) runner.restore(kept);
    }
  }

  /** Handles one event. The object belongs to the caller and is not kept. */
  process(event: EngineEvent): void {
    this.records.now = event.time;
    switch (event.kind) {
      case EVENT.barClosed:
        this.#onBarClosed(event);
        return;
      case EVENT.decide:
        if (event.asOf === 0) this.#decide(event.time);
        else this.#decideLate(event.asOf);
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
        this.executions.onLiquidated(event);
        if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
        return;
      case EVENT.externalFill:
        this.executions.onExternalFill(event, false);
        if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
        return;
      case EVENT.orderPartiallyFilled:
      case EVENT.orderFilled:
        this.executions.onFill(event);
        if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
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
      case EVENT.orderNotFound:
      case EVENT.commandAccepted:
        this.#onOrderNews(event);
        return;
      case EVENT.timer:
        this.orderNews.onTime(event.time);
        return;
      case EVENT.lastPrice:
        this.desk.lastPrices[event.symbol] = event.price;
        if (this.#agesPrices) this.risk.priceAsOf[event.symbol] = event.asOf;
        return;
      case EVENT.restarted:
        this.#onRestarted(event.time);
        return;
      case EVENT.balanceChanged:
      case EVENT.connectionLost:
      case EVENT.connectionRestored:
      case EVENT.snapshot:
      case EVENT.snapshotFailed:
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
    if (this.#agesPrices) this.risk.priceAsOf[symbol] = event.time;
    this.desk.marks[symbol] = close;
    if ((this.ledger.positions[symbol] as Position).qtyLots === 0) return;
    const high = series.bars.high[event.index] as number;
    const low = series.bars.low[event.index] as number;
    this.ledger.seeRange(symbol, low, high);
  }

  /** The bars of a close are complete only now: what is decided on them is the same as it would have been then. */
  #decideLate(asOf: number): void {
    this.orderManager.decisionAt = asOf;
    this.#decide(asOf);
    this.orderManager.decisionAt = Number.NaN;
  }

  /** Exits before reconcile before entries (the order of the design at one timestamp). */
  #decide(time: number): void {
    if (this.risk.isAwake) this.risk.onTime(this.records.now);
    if (this.flattening.isActive) this.flattening.onTime(this.records.now);
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
    if (this.aged !== null) this.aged.decide(time);
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

  #onOrderNews(event: EngineEvent): void {
    const order = this.orderManager.store.find(event.requestId);
    // News of an order that ended long ago (a duplicate, a late cancel) changes nothing.
    if (order === undefined) return;
    const { status } = order;
    const hadEnded = isTerminal(status);
    this.#takeNews(event, order);
    const hasMoved = order.status !== status;
    if (hasMoved && this.flattening.isActive) this.flattening.onOrderEnded(event.time);
    const isAged = this.aged !== null && order.purpose === PURPOSE.aged;
    if (isAged && !hadEnded && isTerminal(order.status)) this.aged?.onOrderEnded(order, event);
  }

  #takeNews(event: EngineEvent, order: Order): void {
    if (event.kind === EVENT.commandAccepted) {
      this.orderNews.onCommandAccepted(order, event.amount);
      return;
    }
    if (event.kind === EVENT.orderNotFound) {
      this.orderManager.store.touch(order);
      if (this.orderNews.unresolved.isProvenAbsent(order, event.amount)) this.#onAbsent(order);
      return;
    }
    this.orderNews.onNews(event, order);
    if (event.kind === EVENT.orderAccepted) {
      this.#dropStale(order);
      return;
    }
    const isGone = event.kind === EVENT.orderRejected || event.kind === EVENT.orderCancelled;
    if (isGone && order.filledLots < order.qtyLots && event.reason !== 0) {
      const protection = this.#protections[event.symbol] as Protection;
      protection.onRejected(order.requestId, order.purpose as Purpose);
    }
  }

  /**
   * No request for the order ever took effect, or it was dropped. What closes is asked for once more while there is
   * something to close; an entry is late by now and is the strategy's to decide anew.
   */
  #onAbsent(order: Order): void {
    const { symbol } = order;
    const held = (this.ledger.positions[symbol] as Position).qtyLots;
    const protection = this.#protections[symbol] as Protection;
    const isOwn = order.strategy === ENGINE_STRATEGY && order.type !== ORDER_TYPE.market;
    const isOrphan = isOwn && !this.#isOwned(order, protection);
    const isWanted = order.reduceOnly && order.side * held < 0 && !isOrphan;
    if (isWanted && !order.isAccepted) {
      this.orderNews.resend(order);
      return;
    }
    this.orderNews.onAbsent(order);
    protection.onRejected(order.requestId, order.purpose as Purpose);
  }

  #onRestarted(time: number): void {
    for (let symbol = 0; symbol < this.#config.instruments.length; symbol++) {
      for (const order of this.orderManager.store.working(symbol)) {
        this.orderNews.onRestarted(order, time + RESOLVE_TERMS.fenceMs);
      }
    }
  }

  /** A resting order of the engine's own that protects nothing any more: its cancel was faster than itself. */
  #dropStale(order: Order): void {
    if (order.strategy !== ENGINE_STRATEGY || order.type === ORDER_TYPE.market) return;
    const protection = this.#protections[order.symbol] as Protection;
    if (!this.#isOwned(order, protection)) this.orderManager.cancel(order);
  }

  /** Whether a resting order of the engine's own belongs to the position of now. */
  #isOwned(order: Order, protection: Protection): boolean {
    return protection.owns(order.requestId) || this.aged?.owns(order) === true;
  }
}
