import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { AgedReason, AgedStatus } from "#engine/aged/aged-record.ts";
import type { Side } from "#engine/result/run-result.ts";

/** What the aged rules did in a run. Times epoch ms, prices quote units, percent of the entry price, hours as fractions. */
export interface AgedResult {
  readonly config: AgedConfig;
  /** Every position that became aged, in order of detection. */
  readonly positions: readonly AgedPosition[];
  /** Every transition, in order of time. */
  readonly history: readonly AgedTransition[];
}

/** One position that became aged, as it stood at its close or at the end of the run. */
export interface AgedPosition {
  /** 1, 2, 3 … in order of detection. */
  readonly id: number;
  readonly tradeId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly status: AgedStatus;
  /** Why it was closed; null while it is open. */
  readonly reason: AgedReason | null;
  /** The status that the close found. */
  readonly closedFrom: AgedStatus | null;
  readonly openedAt: number;
  readonly detectedAt: number;
  readonly graceAt: number | null;
  readonly progressiveAt: number | null;
  readonly closedAt: number | null;
  readonly graceEndsAt: number;
  readonly emergencyAt: number;
  /** From the moment it was too old to the close or the end of the run. */
  readonly hoursAged: number;
  readonly hoursInGrace: number | null;
  readonly hoursInProgressive: number | null;
  readonly entryPrice: number;
  readonly breakEven: number;
  readonly target: number | null;
  readonly tolerancePct: number;
  readonly attempts: number;
  /** Request id of the order that was sent last. */
  readonly orderId: number | null;
  /** The price on which the close was decided. */
  readonly decidedPrice: number | null;
  readonly closePrice: number | null;
  /** Close against entry, before fees. */
  readonly pnlPct: number | null;
  /** Of its trade, after fees and funding; null while it is open. */
  readonly netPnl: number | null;
  readonly returnPct: number | null;
}

export interface AgedTransition {
  /** `id` of the position. */
  readonly position: number;
  readonly seq: number;
  readonly symbol: string;
  readonly side: Side;
  readonly time: number;
  readonly from: AgedStatus | null;
  readonly to: AgedStatus;
  readonly reason: AgedReason;
  readonly price: number | null;
  readonly target: number | null;
  readonly tolerancePct: number;
  readonly hours: number;
}
