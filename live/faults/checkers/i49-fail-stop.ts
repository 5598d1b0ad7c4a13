import type { CheckerTerms } from "./checker.ts";
import { isChanging } from "./i02-written-ahead.ts";

/** I49: after a failed write or sync of the journal nothing leaves the process that may change something. */
export const failStop: CheckerTerms = {
  invariant: "I49",
  make: (run, tell) => {
    let fired = 0;
    let isFailed = false;
    return {
      onStarted: () => {
        isFailed = false;
        fired = run.world.faults.fired.P6;
      },
      onAsk: ({ ask }) => {
        const { journal } = run.simulation.program?.driver ?? {};
        const failure = journal?.failure ?? null;
        if (run.world.faults.fired.P6 > fired) isFailed = true;
        if (!isChanging(ask) || (failure === null && !isFailed)) return;
        tell(
          `Nothing leaves after a failure of the journal: ${ask.kind} does after ${failure?.message ?? "a failed sync"}`,
        );
      },
    };
  },
};
