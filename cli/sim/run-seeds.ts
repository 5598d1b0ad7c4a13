import type { CommandContext } from "#cli/command-context.ts";
import { formatCount } from "#cli/output/progress.ts";
import { runTasks } from "#cli/sim/seed-pool.ts";
import type { DayTold, SimTask } from "#cli/sim/sim-task.ts";
import type { StrategyOffer } from "#cli/sim/strategy-offer.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import { TotalsCount } from "#live/faults/batch/totals.ts";

export interface SeedsTerms {
  readonly total: number;
  readonly jobs: number;
  readonly offer: StrategyOffer | null;
}

export interface SeedsRun {
  readonly count: TotalsCount;
  /** In the order in which they are counted, whatever thread was first. */
  readonly failed: readonly SeedReport[];
  readonly days: readonly DayTold[];
}

const DAY = 86_400_000;

/** Runs seeds with progress; an interrupt ends it with those that are done. */
export async function runSeeds(
  { progress, signal, emit }: CommandContext,
  tasks: Iterable<SimTask>,
  { total, jobs, offer }: SeedsTerms,
): Promise<SeedsRun> {
  const count = new TotalsCount();
  const failed = new Map<number, SeedReport>();
  const days = new Map<number, DayTold>();
  progress.start("seeds", total);
  await runTasks(tasks, {
    jobs: Math.min(jobs, total),
    signal,
    offer,
    onReport: (report, at, day) => {
      count.add(report);
      if (report.failure !== null) failed.set(at, report);
      if (day !== null) days.set(at, day);
      const { seeds, virtualMs, events } = count.totals;
      const virtual = `${(virtualMs / DAY).toFixed(1)} days`;
      progress.update(seeds, `${failedWords(failed)}  ${virtual}  ${formatCount(events)} events`);
      void emit({ kind: "seed", seed: report.seed, failure: report.failure, hash: report.hash });
    },
  });
  progress.done();
  return { count, failed: inOrder(failed), days: inOrder(days) };
}

/** With the newest that failed: a long run is looked into before it ends. */
function failedWords(failed: ReadonlyMap<number, SeedReport>): string {
  const newest = [...failed.values()].at(-1);
  return newest === undefined ? "0 failed" : `${failed.size} failed (seed ${newest.seed})`;
}

function inOrder<T>(found: ReadonlyMap<number, T>): readonly T[] {
  return [...found].sort(([a], [b]) => a - b).map(([, one]) => one);
}
