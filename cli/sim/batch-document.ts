import type { StrategyDocument } from "#cli/sim/strategy-document.ts";
import { isoTime } from "#data/store/csv-text.ts";
import type { SeedFailure, SeedReport } from "#live/faults/batch/check-seed.ts";
import type { Regression } from "#live/faults/batch/regression.ts";
import type { SeedTerms } from "#live/faults/batch/seed-terms.ts";
import { type Totals, zerosOf } from "#live/faults/batch/totals.ts";
import { FAULTS, type FaultCode } from "#live/faults/world/fault-codes.ts";

/** What became of a regression. */
export interface RegressionResult {
  readonly regression: Regression;
  readonly report: SeedReport;
}

export interface Batch {
  readonly build: string;
  readonly terms: SeedTerms;
  readonly how: "single" | "thorough";
  /** Seeds that were asked for; fewer are run when it is interrupted. */
  readonly wanted: number;
  readonly first: string;
  readonly regressions: readonly RegressionResult[];
  readonly totals: Totals;
  readonly failed: readonly SeedReport[];
  /** Something that never came up fails it. */
  readonly needsAll: boolean;
  /** The options with which a run in that order is done again. */
  readonly replayWords: (tieBreak: string) => readonly string[];
  /** What the days made of a strategy; null for the workload. */
  readonly strategy: StrategyDocument | null;
}

const HOUR = 3_600_000;

export type BatchDocument = ReturnType<typeof batchDocument>;
export type FailureDocument = BatchDocument["failures"][number];

/** The `data` of `drydock.sim.run/1`. */
export function batchDocument(batch: Batch) {
  const { build, terms, totals, regressions } = batch;
  const needsNone = terms.profile === "live-parity" || batch.strategy !== null;
  const zeros = needsNone ? [] : zerosOf(totals);
  const regressed = regressions.filter(({ report }) => report.failure !== null);
  const isWhole = !(batch.needsAll && zeros.length > 0);
  return {
    passed:
      totals.failed === 0 &&
      regressed.length === 0 &&
      isWhole &&
      batch.strategy?.verdict !== "failed",
    build,
    profile: terms.profile,
    minutes: terms.minutes,
    order: terms.tieBreak,
    runsPerSeed: batch.how === "single" ? 1 : 3,
    firstSeed: batch.first,
    seedsWanted: batch.wanted,
    seeds: totals.seeds,
    failed: totals.failed,
    runs: totals.runs,
    events: totals.events,
    records: totals.records,
    virtualHours: Math.round((totals.virtualMs / HOUR) * 1_000) / 1_000,
    restarts: totals.ends,
    faults: (Object.entries(totals.fired) as [FaultCode, number][]).map(([code, fired]) => ({
      code,
      what: FAULTS[code].what,
      fired,
    })),
    sometimes: Object.entries(totals.sometimes).map(([name, times]) => ({ name, times })),
    zeros,
    zerosFail: batch.needsAll,
    regressions: regressions.map(({ regression, report }) => ({
      name: regression.name,
      invariant: regression.invariant,
      why: regression.why,
      passed: report.failure === null,
    })),
    strategy: batch.strategy,
    failures: [
      ...regressed.flatMap(({ regression, report }) =>
        failureDocument(report.failure, batch, regression.name),
      ),
      ...batch.failed.flatMap(({ failure }) => failureDocument(failure, batch, null)),
    ],
  };
}

function failureDocument(
  failure: SeedFailure | null,
  { build, replayWords }: Batch,
  regression: string | null,
) {
  if (failure === null) return [];
  const { invariant, moment, seed, tieBreak, time, seq, hash, others, message, tail } = failure;
  return [
    {
      invariant,
      message,
      seed,
      build,
      time: isoTime(time),
      record: seq,
      moment,
      order: tieBreak,
      regression,
      hash,
      otherViolations: others,
      lastRecords: tail,
      replay: ["drydock sim replay", `${seed}@${build}`, ...replayWords(tieBreak)].join(" "),
    },
  ];
}
