import type { OrderState } from "#engine/orders/order-state.ts";
import type { RecordKind } from "#engine/records/record-log.ts";
import type { JsonValue } from "#live/json-value.ts";
import type { RequestRecord, Step } from "#live/steps/step.ts";
import type { TargetView } from "./target-view.ts";

/** A trading record of a step. */
export interface TradingRow {
  readonly kind: RecordKind;
  readonly values: readonly number[];
}

/** An order as it stood before a step, null for a new one, and after it. */
export interface OrderChange {
  readonly before: OrderState | null;
  readonly after: OrderState;
}

/** A record with what followed from it for what was known before. */
export interface SeenRecord {
  readonly seq: number;
  /** Name of the event of a step, or `started`, `bound`, `data.anomaly`. */
  readonly kind: string;
  readonly target: TargetView;
  readonly data: unknown;
  /** Virtual time. */
  readonly time: number;
  /** Null for what is no step. */
  readonly step: Step | null;
  /** Fields of the event of a step; empty otherwise. */
  readonly event: { readonly [key: string]: JsonValue };
  /** The engine's time of the step. */
  readonly at: number;
  readonly orders: readonly OrderChange[];
  readonly requests: readonly RequestRecord[];
  readonly rows: readonly TradingRow[];
  readonly isReplay: boolean;
}

/** A number of an event; what it says beyond the defaults is all that is kept of it. */
export function numberOf(record: SeenRecord, field: string, otherwise: number): number {
  const value = record.event[field];
  return typeof value === "number" ? value : otherwise;
}
