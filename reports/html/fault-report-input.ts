/** One bad day as the report shows it. Times are ISO-8601 UTC, money is in quote units. */
export interface FaultReportDay {
  readonly seed: string;
  readonly from: string;
  readonly to: string;
  readonly passed: boolean;
  readonly invariant: string | null;
  readonly faults: number;
  readonly restarts: number;
  readonly unknowns: number;
  readonly pnl: number;
  readonly calmPnl: number;
  /** Null where the day ended early. */
  readonly difference: number | null;
  readonly maxDrawdownPct: number;
  /** Null where no stop was ever asked for. */
  readonly unprotectedMinutes: number | null;
  readonly calmUnprotectedMinutes: number | null;
}

/** Everything the page shows, already computed. */
export interface FaultReportInput {
  readonly version: string;
  readonly build: string;
  readonly profile: string;
  readonly strategy: string;
  /** Where it was tried: exchange, symbols, interval, period. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly verdict: "survived" | "hurt" | "failed";
  readonly advice: readonly string[];
  /** What happened in all days together, for the tiles. */
  readonly tiles: readonly {
    readonly label: string;
    readonly value: string;
    readonly note: string;
  }[];
  readonly exceptions: readonly {
    readonly message: string;
    readonly place: string | null;
    readonly excerpt: string | null;
    readonly when: string;
  }[];
  readonly failures: readonly {
    readonly invariant: string;
    readonly message: string;
    readonly replay: string;
  }[];
  readonly days: readonly FaultReportDay[];
  readonly findings: readonly { readonly name: string; readonly count: number }[];
  readonly faults: readonly {
    readonly code: string;
    readonly what: string;
    readonly count: number;
  }[];
}
