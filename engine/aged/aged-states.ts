import type {
  AgedHistoryRow,
  AgedReason,
  AgedRecord,
  AgedStatus,
} from "#engine/aged/aged-record.ts";
import { agedHours } from "#engine/aged/aged-stages.ts";
import { assert } from "#engine/assert.ts";

/**
 * The edges of the life of an aged position (I27). `closed` follows from any other state once the position is flat,
 * `error` from any that is under way after the last failed attempt.
 */
export const NEXT_AGED: Readonly<Record<AgedStatus, readonly AgedStatus[]>> = {
  detected: ["grace_pending", "closed", "error"],
  grace_pending: ["grace_active", "closed", "error"],
  grace_active: ["progressive_active", "closed", "error"],
  progressive_active: ["closed", "error"],
  // Re-armed by the next detection, or flat.
  error: ["detected", "closed"],
  closed: [],
};

/** Takes every transition as it happens; what it keeps it copies. */
export type AgedTransitionSink = (row: AgedHistoryRow, record: AgedRecord) => void;

/** The only place that moves an aged record: along the edges, one history row each, numbered without a hole (I28). */
export class AgedStates {
  readonly #sink: AgedTransitionSink;

  constructor(sink: AgedTransitionSink) {
    this.#sink = sink;
  }

  /** The first row of a record that was made in `detected`. */
  begin(record: AgedRecord): void {
    assert(record.status === "detected" && record.seq === 0, () => "A record begins as detected");
    this.#write(record, null, record.detectedAt, null);
  }

  /** @param price what led to it, null where no price is known */
  move(
    record: AgedRecord,
    to: AgedStatus,
    now: number,
    reason: AgedReason,
    price: number | null,
  ): void {
    const from = record.status;
    assert(NEXT_AGED[from].includes(to), () => `An aged position goes from ${from} to ${to}`);
    record.status = to;
    record.reason = reason;
    if (to === "grace_active") record.graceAt ??= now;
    if (to === "progressive_active") record.progressiveAt ??= now;
    if (to === "closed") record.closedAt = now;
    this.#write(record, from, now, price);
  }

  #write(record: AgedRecord, from: AgedStatus | null, now: number, price: number | null): void {
    record.seq += 1;
    this.#sink(
      {
        recordId: record.id,
        seq: record.seq,
        symbol: record.symbol,
        time: now,
        from,
        to: record.status,
        reason: record.reason,
        price,
        target: record.target,
        tolerancePct: record.tolerancePct,
        hours: agedHours(record, now),
      },
      record,
    );
  }
}
