/** What a check found in a series: how much of it, where first, and how bad it is. */
export type FindingCode =
  | "gap"
  | "duplicate"
  | "roundedDuplicate"
  | "conflictingDuplicate"
  | "misaligned"
  | "unsorted"
  | "ohlc"
  | "zeroVolume"
  | "flat"
  | "missingVolume"
  | "negativeVolume"
  | "unfinishedLastBar"
  | "nonPositivePrice"
  | "notFinite"
  | "outlier"
  | "absurdPrice"
  | "future"
  | "monthEndStamp"
  | "offStamp"
  | "intervalChange"
  | "absurdRate";

/**
 * `error`: the data would give wrong results, so an import refuses it without repair. `warning`: usable, but a person
 * should know. `info`: ordinary for such a source.
 */
export type Severity = "info" | "warning" | "error";

export interface Place {
  /** Epoch ms. */
  readonly time: number;
  readonly index: number;
  readonly detail: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly count: number;
  /** At most `PLACES_MAX`, in order of time. */
  readonly first: readonly Place[];
  /** One sentence without a full stop. */
  readonly message: string;
  /** Of gaps: rows that are missing in all. */
  readonly missing?: number | undefined;
  /** Of gaps: the longest, by the last row before it. */
  readonly longest?: { readonly after: number; readonly missing: number } | undefined;
}

export const PLACES_MAX = 5;

/** Counts occurrences and keeps the first places. */
export class Tally {
  count = 0;
  readonly first: Place[] = [];

  /** `detail` is made only for the places that are kept. */
  add(time: number, index: number, detail: () => string): void {
    this.count++;
    if (this.first.length < PLACES_MAX) this.first.push({ time, index, detail: detail() });
  }
}

export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
