import type { SimAnswer, SimTask } from "#cli/sim/sim-task.ts";
import { checkSeed } from "#live/faults/batch/check-seed.ts";

/** Runs what a task names. A failure of the harness is an answer as well: a thread goes on. */
export function answerTask({ plan, how }: SimTask): SimAnswer {
  try {
    return { kind: "done", report: checkSeed(plan, how) };
  } catch (error) {
    return { kind: "failed", error };
  }
}
