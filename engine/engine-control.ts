import { assertNever } from "#engine/assert.ts";
import type { EngineParts } from "#engine/engine-parts.ts";
import type { ControlState } from "#engine/engine-state.ts";
import { type EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";

/** Kinds of events that `Engine.process` hands on. */
export type ControlKind = Extract<
  EventKind,
  | typeof EVENT.timer
  | typeof EVENT.lastPrice
  | typeof EVENT.restarted
  | typeof EVENT.connectionLost
  | typeof EVENT.connectionRestored
  | typeof EVENT.snapshot
  | typeof EVENT.snapshotFailed
  | typeof EVENT.balanceChanged
  | typeof EVENT.operator
>;

/** Time, connection, cuts of the account and orders of a person: what a backtest seldom or never sees. */
export class EngineControl {
  readonly #parts: EngineParts;
  /** When the last price that was told of each symbol was made: one that is not newer is no price. */
  readonly #toldAsOf: Float64Array;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#toldAsOf = new Float64Array(parts.protections.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** When the engine wants to be told the time again (`EVENT.timer`), epoch ms; Infinity while it waits for nothing. */
  get nextTimerAt(): number {
    const lookupAt = this.#parts.orderNews.unresolved.nextTimerAt;
    const cutAt = this.#parts.reconcile?.nextTimerAt ?? Number.POSITIVE_INFINITY;
    const agedAt = this.#parts.aged?.positions.nextTimerAt ?? Number.POSITIVE_INFINITY;
    const owedAt = this.#parts.outcomes.owed.nextTimerAt;
    return Math.min(lookupAt, cutAt, agedAt, owedAt, this.#parts.flattening.nextTimerAt);
  }

  process(event: EngineEvent, kind: ControlKind): void {
    switch (kind) {
      case EVENT.timer:
        this.#onTimer(event.time);
        return;
      case EVENT.lastPrice:
        this.#onPrice(event);
        return;
      case EVENT.restarted:
        this.#parts.outcomes.onRestarted(event.time);
        return;
      case EVENT.connectionLost:
        this.#parts.reconcile?.onConnectionLost(event.time);
        return;
      case EVENT.connectionRestored:
        this.#parts.reconcile?.onConnectionRestored(event.time);
        return;
      case EVENT.snapshot:
      case EVENT.snapshotFailed:
        this.#parts.reconcile?.onSnapshot(event);
        if (event.snapshot !== null) this.#parts.flattening.onSnapshot(event.snapshot, event.time);
        return;
      case EVENT.operator:
        this.#obey(event);
        return;
      case EVENT.balanceChanged:
        // The ledger folds executions, funding and transfers; reconcile compares the outcome with the venue's.
        return;
      default:
        assertNever(kind, "event kind");
    }
  }

  #onTimer(now: number): void {
    if (this.#parts.risk.isAwake) this.#parts.risk.onTime(now);
    this.#parts.orderNews.onTime(now);
    this.#parts.outcomes.onTime(now, this.#parts.flattening.isActive);
    this.#parts.reconcile?.onTime(now);
    if (this.#parts.flattening.isActive) {
      this.#parts.flattening.onTime(now);
      if (this.#parts.flattening.takesCut(now)) this.#parts.orderManager.cutAccount();
    }
    const { aged, orderManager } = this.#parts;
    if (aged === null) return;
    aged.positions.onTime(now);
    for (const symbol of aged.positions.takePolls(now)) orderManager.pollPrice(symbol);
  }

  /** A person says so. */
  #obey({ order, text, time }: EngineEvent): void {
    switch (order) {
      case "halt":
        this.#parts.risk.halt(text, time);
        return;
      case "resume":
        this.#parts.risk.resume();
        return;
      case "flatten":
        this.#parts.flattening.start(text, time);
        return;
      case "none":
        return;
      default:
        assertNever(order, "order of a person");
    }
  }

  state(): ControlState {
    return {
      risk: this.#parts.risk.state(this.#parts.records.now),
      flatten: this.#parts.flattening.state(),
      aged: this.#parts.aged?.positions.state() ?? null,
      reconcile: this.#parts.reconcile?.state() ?? null,
    };
  }

  restore({ risk, flatten, aged, reconcile }: ControlState): void {
    this.#parts.risk.restore(risk);
    this.#parts.flattening.restore(flatten);
    if (aged !== null) this.#parts.aged?.positions.restore(aged);
    if (reconcile !== null) this.#parts.reconcile?.restore(reconcile);
  }

  #onPrice({ symbol, price, asOf, time }: EngineEvent): void {
    if (!(price > 0) || asOf <= (this.#toldAsOf[symbol] as number)) return;
    this.#toldAsOf[symbol] = asOf;
    const { risk, aged } = this.#parts;
    if (risk.seePrice(symbol, price, asOf)) aged?.positions.onPrice(symbol, price, asOf, time);
  }
}
