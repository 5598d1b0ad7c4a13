import type { RunResult } from "#engine/result/run-result.ts";
import type { Summary } from "#reports/metrics/metric-value.ts";

/** What was found in one series of the data. */
export interface DataQuality {
  /** Such as "bybit BTCUSDT 5m candles". */
  readonly series: string;
  /** One sentence each; none means that nothing was found. */
  readonly findings: readonly string[];
}

/** One rule of the simulated exchange as this run used it. */
export interface Assumption {
  readonly label: string;
  readonly value: string;
  /** Whether it errs in favour of the user; such a run is stamped. */
  readonly optimistic?: boolean | undefined;
}

/** Everything that the HTML report of one run shows. Texts may contain anything; they are escaped. */
export interface ReportInput {
  readonly title: string;
  readonly strategy: string;
  readonly version: string;
  readonly run: RunResult;
  readonly summary: Summary;
  /** The resolved configuration, as JSON values. */
  readonly config: object;
  readonly hashes: {
    readonly runHash: string;
    readonly traceHash: string;
    readonly dataFingerprint: string;
  };
  readonly engineVersion: string;
  readonly seed: number;
  /** Reproduces the run. */
  readonly command: string;
  readonly dataQuality: readonly DataQuality[];
  readonly assumptions: readonly Assumption[];
  readonly synthetic: boolean;
  /** Whether the run was interrupted. */
  readonly partial: boolean;
  readonly notes: readonly string[];
  /** How many runs of a sweep this one was chosen from. */
  readonly trials?: number | undefined;
}
