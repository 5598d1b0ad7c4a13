import type { PlannedImport, ReadyImport } from "#data/import/plan-import.ts";
import type { SeriesKey } from "#data/series.ts";
import { isoTime } from "#data/store/csv-text.ts";
import type { WriteCounts } from "#data/store/write-series.ts";
import type { DrydockError } from "#engine/errors.ts";
import { formatInterval } from "#engine/market/interval.ts";

export type ImportOutcome = "stored" | "unchanged" | "checked" | "refused" | "skipped";

/** What became of one series, file or folder entry: one line of the table, one entry of `data.items`. */
export interface ImportItem {
  readonly path: string;
  readonly outcome: ImportOutcome;
  /** Null where it is not known, or not even a series. */
  readonly series: {
    readonly kind: string;
    readonly exchange: string | null;
    readonly symbol: string | null;
    readonly interval: string | null;
  } | null;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Rows of the file that were left out: duplicates, and with `--repair` what could not be trusted. */
  readonly dropped: number;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: "info" | "warning" | "error";
    readonly count: number;
    readonly message: string;
  }[];
  readonly changes: readonly {
    readonly code: string;
    readonly time: string;
    readonly message: string;
  }[];
  readonly notes: readonly string[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    /** Another way out. */
    readonly or: string | null;
  } | null;
  /** Why a file was skipped. */
  readonly reason: string | null;
}

const NO_COUNTS: WriteCounts = { inserted: 0, replaced: 0, unchanged: 0 };

/** The item of a series that was stored, or only checked when `counts` is null. */
export function readyItem(
  ready: ReadyImport,
  key: SeriesKey,
  counts: WriteCounts | null,
): ImportItem {
  const { inserted, replaced, unchanged } = counts ?? NO_COUNTS;
  const outcome = counts === null ? "checked" : inserted + replaced > 0 ? "stored" : "unchanged";
  return {
    ...factsOf(ready),
    outcome,
    series: { ...key, interval: key.interval === "" ? null : key.interval },
    rowsRead: ready.rowsRead,
    inserted,
    replaced,
    unchanged,
    dropped: ready.changes.filter((change) => change.after === null).length,
    changes: ready.changes.map(({ code, time, message }) => ({
      code,
      time: isoTime(time),
      message,
    })),
    error: null,
  };
}

export function refusedItem(
  planned: Exclude<PlannedImport, { outcome: "skipped" }>,
  error: DrydockError,
): ImportItem {
  const { series } = planned;
  return {
    ...factsOf(planned),
    outcome: "refused",
    series:
      series === null
        ? null
        : {
            kind: series.kind,
            exchange: series.exchange,
            symbol: series.symbol,
            interval: series.intervalMs === null ? null : formatInterval(series.intervalMs),
          },
    rowsRead: series?.rows ?? 0,
    ...NO_COUNTS,
    dropped: 0,
    changes: [],
    error: {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      or: error.or ?? null,
    },
  };
}

export function skippedItem(path: string, reason: string): ImportItem {
  return {
    path,
    outcome: "skipped",
    series: null,
    rowsRead: 0,
    ...NO_COUNTS,
    dropped: 0,
    findings: [],
    changes: [],
    notes: [],
    error: null,
    reason,
  };
}

function factsOf(planned: Exclude<PlannedImport, { outcome: "skipped" }>) {
  return {
    path: planned.path,
    findings: planned.findings.map(({ code, severity, count, message }) => ({
      code,
      severity,
      count,
      message,
    })),
    notes: planned.series?.notes ?? [],
    reason: null,
  };
}
