import type { AgedRecord } from "#engine/aged/aged-record.ts";
import {
  AGED_REASONS,
  AGED_STATUSES,
  type AgedReason,
  type AgedStatus,
} from "#engine/aged/aged-record.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { SeenRecord } from "./seen-record.ts";

/** A row of the history of aged positions, as the trading records tell it. */
export interface AgedRow {
  readonly key: string;
  readonly symbol: number;
  readonly openedAt: number;
  readonly seq: number;
  readonly status: AgedStatus;
  readonly reason: AgedReason;
  /** The engine's time. */
  readonly time: number;
}

export function agedRowsOf({ rows, target }: SeenRecord): readonly AgedRow[] {
  const found: AgedRow[] = [];
  for (const { kind, values } of rows) {
    if (kind !== RECORD.aged) continue;
    const [, time = 0, symbol = 0, openedAt = 0, seq = 0, status = 0, , , , reason = 0] = values;
    found.push({
      key: `${target.key} ${symbol} ${openedAt}`,
      symbol,
      openedAt,
      seq,
      status: AGED_STATUSES[status] as AgedStatus,
      reason: AGED_REASONS[reason] as AgedReason,
      time,
    });
  }
  return found;
}

/** The aged positions that are not closed, where a record tells of them; null where it does not. */
export function agedHeldIn({ kind, step, data }: SeenRecord): readonly AgedRecord[] | null {
  const control = kind === "started" ? (data as StartRecord).state.control : step?.control;
  if (control?.aged === undefined || control.aged === null) return null;
  return control.aged.held.flatMap(({ record }) => (record === null ? [] : [record]));
}
