import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/** From a cut that is due to its end, with every page of it, ms. */
const CUT_MS_MAX = 120_000;

/** I16: whatever else goes on, every account of the run is still reconciled at quiet, those that stand idle too. */
export const allTargets: CheckerTerms = {
  invariant: "I16",
  make: (run, tell) => {
    const cutAt = new Map<TargetView, number>();
    return {
      onRecord: ({ kind, target, time }) => {
        if (kind === "snapshot") cutAt.set(target, time);
      },
      atQuiet: () => {
        const { time, plan } = run.world;
        const since = time.now - plan.reconcileMs - CUT_MS_MAX;
        for (const target of run.targets) {
          const last = cutAt.get(target) ?? Number.NEGATIVE_INFINITY;
          if (last < since)
            tell(`${target.key} is reconciled since ${since}: it was at ${last} last`);
        }
      },
    };
  },
};
