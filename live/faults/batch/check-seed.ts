import { type RunReport, runPlan } from "#live/faults/batch/run-plan.ts";
import { OTHER_TIE_BREAK } from "#live/faults/batch/seed-terms.ts";
import type { Violation } from "#live/faults/checkers/checker.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** A seed that failed, with what a person needs to go on. */
export interface SeedFailure extends Violation {
  readonly seed: string;
  readonly tieBreak: string;
  readonly hash: string;
  /** How many other violations the run has. */
  readonly others: number;
  readonly tail: readonly string[];
}

/** What became of a seed. */
export interface SeedReport {
  readonly seed: string;
  /** How often it was run, and the callbacks of all runs. */
  readonly runs: number;
  readonly events: number;
  readonly virtualMs: number;
  /** Of the first run alone. */
  readonly records: number;
  readonly fired: RunReport["fired"];
  readonly ends: RunReport["ends"];
  readonly sometimes: RunReport["sometimes"];
  readonly hash: string;
  readonly failure: SeedFailure | null;
}

/** How a plan is run; for tests. */
export type RunPlan = (plan: WorldPlan) => RunReport;

/**
 * Runs a plan. Thorough: twice, which must give the same journal (I38), and once with what is ready at one time in
 * another order, under which the invariants must hold as well (I44). The first failure ends it.
 */
export function checkSeed(
  plan: WorldPlan,
  how: "single" | "thorough",
  run: RunPlan = runPlan,
): SeedReport {
  const first = run(plan);
  const runs = [first];
  let failure = failureOf(first);
  if (failure === null && how === "thorough") {
    const again = run(plan);
    runs.push(again);
    failure = differenceOf(first, again, plan.start);
  }
  if (failure === null && how === "thorough") {
    const other = run({ ...plan, tieBreak: OTHER_TIE_BREAK });
    runs.push(other);
    failure = failureOf(other);
  }
  return {
    seed: plan.seed,
    runs: runs.length,
    events: sum(runs.map(({ events }) => events)),
    virtualMs: sum(runs.map(({ virtualMs }) => virtualMs)),
    records: first.records,
    fired: first.fired,
    ends: first.ends,
    sometimes: first.sometimes,
    hash: first.hash,
    failure,
  };
}

/** The failure of a run; null when everything held. */
export function failureOf(report: RunReport): SeedFailure | null {
  const { violations, seed, tieBreak, hash, tail } = report;
  const [first] = violations;
  if (first === undefined) return null;
  return { ...first, seed, tieBreak, hash, others: violations.length - 1, tail };
}

/** Two runs of one plan must be one run (I38). */
export function differenceOf(
  first: RunReport,
  again: RunReport,
  start: number,
): SeedFailure | null {
  if (first.hash === again.hash && first.events === again.events) return failureOf(again);
  const { seed, tieBreak, hash } = first;
  const message = `Run twice it gives two journals: ${hash} with ${first.records} records, then ${again.hash} with ${again.records}`;
  const at = { moment: "D", time: start, seq: 0 } as const;
  return { invariant: "I38", ...at, message, seed, tieBreak, hash, others: 0, tail: [] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
