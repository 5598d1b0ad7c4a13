import type { RunDocument, RunFacts } from "#cli/backtest/run-document.ts";
import type { FileRequest } from "#cli/market/market-request.ts";
import type { RunEnd } from "#cli/runs/run-end.ts";

/** Where a run came from: what `verify` needs to do it again and what no hash may depend on. */
export interface RunSource {
  /** The strategy as it was named; a file as its full path. */
  readonly strategy: string;
  readonly files: FileRequest | null;
  readonly command: string;
}

/** The file `run.json` of a run's folder: everything but the tables. */
export interface RunRecord {
  readonly format: 1;
  readonly status: "complete" | "partial";
  /** How far a partial run came; a complete one has none. */
  readonly end?: RunEnd | undefined;
  /** Wall clock, ISO-8601; not part of any hash. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly source: RunSource;
  readonly facts: RunFacts;
  /** The document without its trades and aged positions, which are tables of their own. */
  readonly document: Omit<RunDocument, "trades" | "openTrades" | "aged">;
  readonly tradeCount: number;
  /** Number of trading records. */
  readonly recordCount: number;
}
