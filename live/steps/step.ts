import type { AccountState, ControlState, SymbolState } from "#engine/engine-state.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import type { RowChange } from "#engine/reconcile/active-positions.ts";
import type { FindingNote } from "#engine/reconcile/reconcile-desk.ts";
import type { RunnerState } from "#engine/strategy/strategy-runner.ts";
import type { JsonValue } from "#live/json-value.ts";

/**
 * What one event did to the engine of a target, as one record of the journal: whole or not there at all. Each changed
 * thing is told as it stands afterwards, so that the state after any record is the last that was told of each.
 */
export interface Step {
  readonly event: { readonly [key: string]: JsonValue };
  readonly orders?: readonly OrderState[];
  /** By the engine's index of the symbol. */
  readonly symbols?: Readonly<Record<string, SymbolState>>;
  readonly account?: AccountState;
  readonly strategies?: readonly RunnerState[];
  readonly control?: ControlState;
  /** What reconcile found, and the rows of `active_positions` that it wrote. */
  readonly notes?: readonly (FindingNote | RowChange)[];
  /** Rows of the trading records; see `engine/records/record-log.ts`. */
  readonly records?: readonly (readonly number[])[];
  /** Requests that leave once the record lasts. */
  readonly requests?: readonly RequestRecord[];
}

/** A request that may change something at the venue, as it was about to leave. */
export interface RequestRecord {
  readonly kind: "place" | "amend" | "cancel" | "configure";
  /** The engine's number of the order; −1 for none. */
  readonly order: number;
  readonly intentId: string;
  /** The client id: f(target, intent, attempt). */
  readonly requestId: string;
  readonly attempt: number;
  readonly symbol: string;
  /** After this time the venue does not take it, epoch ms. */
  readonly fenceAt: number;
  /** SHA-256 of what is asked, the same for every sending of one attempt. */
  readonly bytesHash: string;
  readonly reduceOnly: boolean;
}
