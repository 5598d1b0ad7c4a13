import type { AgedState } from "#engine/aged/aged-state.ts";
import type { FlattenState } from "#engine/flatten/flatten.ts";
import type { JsonNumber } from "#engine/json-number.ts";
import type { LedgerState, SymbolBooks } from "#engine/ledger/ledger.ts";
import type { OrderStoreState } from "#engine/orders/order-store.ts";
import type { ReconcilerState } from "#engine/reconcile/reconciler.ts";
import type { RiskState } from "#engine/risk/risk-manager.ts";
import type { ProtectionState } from "#engine/rules/protection.ts";
import type { RunnerState } from "#engine/strategy/strategy-runner.ts";

/**
 * Everything of an engine that must not be lost, as plain JSON: intents and orders, books, protection, latches. Market
 * data and indicators are not part of it: they are loaded again. Restoring it into an engine of the same configuration
 * leads to one that goes on as if it had never stopped.
 */
export interface EngineState {
  readonly orders: OrderStoreState;
  readonly account: AccountState;
  readonly symbols: readonly SymbolState[];
  readonly strategies: readonly RunnerState[];
  readonly control: ControlState;
}

/** Latches and limits, kill switch, aged positions, reconcile; null where a part is off. */
export interface ControlState {
  readonly risk: RiskState;
  readonly flatten: FlattenState;
  readonly aged: AgedState | null;
  readonly reconcile: ReconcilerState | null;
}

export interface AccountState {
  readonly ledger: LedgerState;
  /** One-cancels-the-other groups by strategy and word. */
  readonly groups: readonly (readonly [name: string, group: number])[];
  /** Executions of others that are booked. */
  readonly foreignIds: readonly number[];
}

export interface SymbolState {
  readonly books: SymbolBooks;
  readonly protection: ProtectionState;
  readonly liquidationPrice: JsonNumber;
}
