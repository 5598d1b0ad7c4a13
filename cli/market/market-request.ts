import type { TimeBound } from "#cli/time-bound.ts";

/** What a run wants to know of the market, before anything is read. */
export interface MarketRequest {
  /** Canonical symbols in the order of the strategy. */
  readonly symbols: readonly string[];
  readonly exchange: string;
  /** The strategy's own interval; null: whatever the file has. */
  readonly interval: string | null;
  /** Further intervals that the strategy reads. */
  readonly higher: readonly string[];
  /** Bars before the start that indicators need, by interval ("" is the own one). */
  readonly warmup: ReadonlyMap<string, number>;
  readonly from: TimeBound | null;
  readonly to: TimeBound | null;
  /** First row to read, when it is known from an earlier run; else the start less the warm-up. */
  readonly readFrom: number | null;
  /** Whether finer stored candles decide what happens inside a bar. */
  readonly detail: "auto" | "required" | "off";
  /** The interval of those candles; null: the finest that serves. */
  readonly detailInterval: string | null;
  readonly funding: "stored" | "none";
  readonly fundingMissing: "error" | "zero" | "last";
  readonly gaps: "skip" | "halt" | "error";
}

/** Files instead of the store. */
export interface FileRequest {
  readonly candles: string;
  readonly funding: string | null;
  readonly mark: string | null;
}
