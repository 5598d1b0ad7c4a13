import { type AccountStory, AccountWatch } from "#live/faults/batch/account-watch.ts";
import { checkSeed, type SeedReport } from "#live/faults/batch/check-seed.ts";
import { type RunReport, runPlan, type StrategyRun } from "#live/faults/batch/run-plan.ts";
import { calmPlan, marketsFrom } from "#live/faults/batch/strategy-plan.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** One bad day of a strategy, beside the same day without faults. */
export interface StrategyDay {
  readonly report: SeedReport;
  /** Of the safety phase, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** What the account came to with the faults, and without. */
  readonly bad: AccountStory;
  readonly calm: AccountStory;
  /** The first violation of the run without faults; null when it has none. */
  readonly calmFailure: RunReport["violations"][number] | null;
}

/** The strategy with the candles of a plan's day. */
export function dayRun(plan: WorldPlan, given: StrategyRun): StrategyRun {
  const markets = given.material?.markets;
  if (markets === undefined) return given;
  return { ...given, material: { ...given.material, markets: marketsFrom(markets, plan.start) } };
}

/** Runs a strategy through a plan and through the same time without faults. */
export function checkStrategy(
  plan: WorldPlan,
  how: "single" | "thorough",
  given: StrategyRun,
): StrategyDay {
  const strategy = dayRun(plan, given);
  const stories: AccountStory[] = [];
  const run = (one: WorldPlan): RunReport => {
    let watch: AccountWatch | null = null;
    const report = runPlan(one, {
      strategy,
      around: (inner, simulation) => {
        watch = new AccountWatch(inner, simulation);
        return watch;
      },
      look: () => {
        if (watch !== null) stories.push(watch.story());
      },
    });
    return report;
  };
  const report = checkSeed(plan, how, run);
  const bad = stories[0] as AccountStory;
  const calmReport = run(calmPlan(plan));
  return {
    report,
    from: plan.start,
    to: plan.start + plan.durationMs,
    bad,
    calm: stories.at(-1) as AccountStory,
    calmFailure: calmReport.violations[0] ?? null,
  };
}
