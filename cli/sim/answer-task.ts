import type { SimAnswer, SimTask, StoryTold } from "#cli/sim/sim-task.ts";
import type { StrategyOffer } from "#cli/sim/strategy-offer.ts";
import { loadStrategy } from "#cli/strategy-loader.ts";
import { userPlace } from "#cli/user-fault.ts";
import type { AccountStory } from "#live/faults/batch/account-watch.ts";
import { checkSeed } from "#live/faults/batch/check-seed.ts";
import { checkStrategy } from "#live/faults/batch/check-strategy.ts";
import { runPlan, type StrategyRun } from "#live/faults/batch/run-plan.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

/** Loads the code of an offer into this thread. */
export async function strategyRun(offer: StrategyOffer): Promise<StrategyRun> {
  const { wanted, folder, params, rules, aged, risk, history, settings, markets } = offer;
  const { strategy } = await loadStrategy({ wanted, builtIns: BUILT_IN, folder });
  return {
    strategy,
    subject: { params, rules, aged, history },
    risk: risk ?? undefined,
    material: { settings, markets },
  };
}

/** Runs what a task names. A failure of the harness is an answer as well: a thread goes on. */
export function answerTask(
  { plan, how, canary }: SimTask,
  strategy: StrategyRun | null,
): SimAnswer {
  try {
    if (strategy === null) {
      const report = checkSeed(plan, how, (one) => runPlan(one, { canary }));
      return { kind: "done", report, day: null };
    }
    const { bad, calm, ...day } = checkStrategy(plan, how, strategy);
    const told = { ...day, bad: storyTold(bad), calm: storyTold(calm) };
    return { kind: "done", report: day.report, day: told };
  } catch (error) {
    return { kind: "failed", error };
  }
}

function storyTold({ failures, ...story }: AccountStory): StoryTold {
  return {
    ...story,
    failures: failures.map(({ time, error }) => ({
      time,
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      place: userPlace(error),
    })),
  };
}
