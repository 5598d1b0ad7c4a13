import { type PlanArgs, seedTerms } from "#cli/sim/sim-options.ts";
import { canaryOf } from "#live/faults/batch/run-plan.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { canaryPlan } from "#live/faults/canaries/hunt-canary.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** The plan of a seed: of a planted bug the small one that shows it. @throws E_USAGE */
export function planOf(seed: string, args: PlanArgs): WorldPlan {
  if (args.canary === undefined) return seedPlan(seed, seedTerms(args));
  return { ...canaryPlan(seed, canaryOf(args.canary).plan), tieBreak: args.order };
}
