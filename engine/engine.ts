import type { EngineAged } from "#engine/aged/engine-aged.ts";
import { AssertionFailed, assertNever } from "#engine/assert.ts";
import type { EngineConfig } from "#engine/engine-config.ts";
import { EngineControl } from "#engine/engine-control.ts";
import { makeParts } from "#engine/engine-parts.ts";
import type { AccountState, ControlState, EngineState, SymbolState } from "#engine/engine-state.ts";
import type { Executions } from "#engine/executions.ts";
import type { Flatten } from "#engine/flatten/flatten.ts";
import { fromJsonNumber, toJsonNumber } from "#engine/json-number.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { Outbox } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import type { OrderOutcomes } from "#engine/order-outcomes.ts";
import type { Desk } from "#engine/orders/desk.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { OrderNews } from "#engine/orders/order-news.ts";
import type { EngineReconcile } from "#engine/reconcile/engine-reconcile.ts";
import { RECORD, type RecordLog } from "#engine/records/record-log.ts";
import type { RiskManager } from "#engine/risk/risk-manager.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";
import {
  type RunnerState,
  type StrategyBinding,
  StrategyRunner,
} from "#engine/strategy/strategy-runner.ts";

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
  readonly outbox: Outbox;
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
  /** Null where nobody reconciles. */
  readonly reconcile: EngineReconcile | null;
  /** Price at which the venue liquidates, as it told last; NaN without a position. */
  readonly liquidationPrices: Float64Array;
  readonly #config: EngineConfig;
  readonly #runners: StrategyRunner[] = [];
  /** Of strategies that threw: what they have decided on is not decided on again by another process. */
  readonly #stopped: RunnerState[] = [];
  readonly #protections: readonly Protection[];
  readonly #outcomes: OrderOutcomes;
  readonly #control: EngineControl;
  /** Reconcile, where it hears of every execution; null where its venue is at hand. */
  readonly #hearer: EngineReconcile | null;
  readonly #strategyNames = new Map<number, string>();

  constructor(config: EngineConfig) {
    this.#config = config;
    const parts = makeParts(config, (strategy) => this.#strategyNames.get(strategy) ?? null);
    this.outbox = parts.outbox;
    this.ledger = parts.ledger;
    this.records = parts.records;
    this.risk = parts.risk;
    this.orderManager = parts.orderManager;
    this.orderNews = parts.orderNews;
    this.desk = parts.desk;
    this.flattening = parts.flattening;
    this.aged = parts.aged;
    this.executions = parts.executions;
    this.reconcile = parts.reconcile;
    this.#hearer = parts.reconcile?.hearsNews === true ? parts.reconcile : null;
    this.#protections = parts.protections;
    this.#outcomes = parts.outcomes;
    this.#control = new EngineControl(parts);
    this.liquidationPrices = new Float64Array(config.instruments.length).fill(Number.NaN);
  }

  addStrategy(binding: StrategyBinding): void {
    this.#strategyNames.set(binding.index, binding.strategy.name);
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

  /** When the engine wants to be told the time again (`EVENT.timer`), epoch ms; Infinity while it waits for nothing. */
  get nextTimerAt(): number {
    return this.#control.nextTimerAt;
  }

  /** From when on a cut of the account lists executions, the venue's time. */
  get executionsSince(): number {
    return this.reconcile?.executionsSince ?? 0;
  }

  /** What must outlive the process; see `EngineState`. */
  state(): EngineState {
    return {
      orders: this.orderManager.store.state(),
      account: this.accountState(),
      symbols: this.#config.instruments.map((_, symbol) => this.symbolState(symbol)),
      strategies: this.strategyStates(),
      control: this.#control.state(),
    };
  }

  controlState(): ControlState {
    return this.#control.state();
  }

  strategyStates(): readonly RunnerState[] {
    const running = this.#runners.map((runner) => runner.state());
    return [...running, ...this.#stopped].sort((a, b) => a.strategy - b.strategy);
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
      (this.#protections[symbol] as Protection).resume(protection);
      this.liquidationPrices[symbol] = fromJsonNumber(liquidationPrice);
    });
    for (const runner of this.#runners) {
      const kept = strategies.find(({ strategy }) => strategy === runner.index);
      if (kept !== undefined) runner.restore(kept);
    }
    this.#control.restore(state.control);
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
        if (event.asOf === 0) this.#decide(event.time, false);
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
        if (this.#hearer === null) this.executions.onLiquidated(event);
        else this.#hearer.onExternal(event);
        if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
        return;
      case EVENT.externalFill:
        if (this.#hearer === null) this.executions.onExternalFill(event, false);
        else this.#hearer.onExternal(event);
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
        this.#outcomes.onNews(event);
        if (this.flattening.isActive) this.flattening.onOrderEnded(event.time);
        return;
      case EVENT.orderNotFound:
      case EVENT.orderFoundOpen:
      case EVENT.commandAccepted:
        this.#onAnswer(event);
        return;
      case EVENT.timer:
      case EVENT.lastPrice:
      case EVENT.restarted:
      case EVENT.connectionLost:
      case EVENT.connectionRestored:
      case EVENT.snapshot:
      case EVENT.snapshotFailed:
      case EVENT.balanceChanged:
      case EVENT.operator:
        this.#control.process(event, event.kind);
        return;
      default:
        assertNever(event.kind, "event kind");
    }
  }

  /** Nothing has happened on the account: a cut that is being made stays good. */
  #onAnswer(event: EngineEvent): void {
    if (event.kind === EVENT.orderFoundOpen) this.#hearer?.onOrderFound(event);
    this.#outcomes.onNews(event);
  }

  #onBarClosed(event: EngineEvent): void {
    const series = this.#config.series[event.series] as EngineSeries;
    // Spelled out where every bar passes: the lazy message of an assertion would be an allocation.
    if (event.index <= series.index) throw new AssertionFailed("A bar closes once, in order");
    series.index = event.index;
    const symbol = series.symbol;
    if (series !== this.#config.clocks[symbol]) return;
    const close = series.bars.close[event.index] as number;
    // A candle that a feed brings late says nothing about the price now.
    if (this.risk.seePrice(symbol, close, event.asOf === 0 ? event.time : event.asOf))
      this.desk.marks[symbol] = close;
    if ((this.ledger.positions[symbol] as Position).qtyLots === 0) return;
    const high = series.bars.high[event.index] as number;
    const low = series.bars.low[event.index] as number;
    // One from before the trade, as those that are loaded at a start, is none of its excursions.
    if (event.asOf !== 0 && !this.ledger.wouldWiden(symbol, low, high, event.asOf)) return;
    this.ledger.seeRange(symbol, low, high);
  }

  /** The bars of a close are complete only now: what is decided on them is the same as it would have been then. */
  #decideLate(asOf: number): void {
    this.orderManager.decisionAt = asOf;
    this.#decide(asOf, true);
    this.orderManager.decisionAt = Number.NaN;
  }

  /** Exits before reconcile before entries (the order of the design at one timestamp). */
  #decide(time: number, isLate: boolean): void {
    // A decision on bars that became complete late is made now all the same.
    if (this.risk.isAwake) this.risk.onTime(this.records.now);
    if (this.flattening.isActive) this.flattening.onTime(this.records.now);
    // A backtest has no timer: what is owed is tried again at the close after.
    if (time >= this.#outcomes.owed.nextTimerAt)
      this.#outcomes.onTime(this.records.now, this.flattening.isActive);
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
    // Its clock never goes back: behind real time prices and timers tell it what a late candle would.
    if (this.aged !== null && time === this.records.now) this.aged.decide(time);
    if (this.reconcile !== null && time >= this.reconcile.nextCutAt)
      this.reconcile.compareNow(time);
    for (let at = 0; at < this.#runners.length; at++) {
      const runner = this.#runners[at] as StrategyRunner;
      try {
        runner.decide(time, isLate);
      } catch (error) {
        // A fault of ours is not the strategy's: it stops the run.
        if (error instanceof AssertionFailed) throw error;
        this.failures.push({ strategy: runner.index, time, error });
        this.#stopped.push(runner.state());
        this.#runners.splice(at, 1);
        at -= 1;
      }
    }
  }

  #onFundingPaid(event: EngineEvent): void {
    if (!this.executions.foreignIds.take(event.executionId)) return;
    if (this.#hearer !== null) this.#hearer.onMoney(event.time);
    this.ledger.bookFunding(event.symbol, event.amount);
    const { rows } = this.records;
    const at = this.records.add(RECORD.funding, event.symbol, null);
    rows[at] = event.amount;
    rows[at + 1] = this.ledger.wallet;
    rows[at + 2] = 0;
    rows[at + 3] = 0;
    rows[at + 4] = 0;
  }
}
