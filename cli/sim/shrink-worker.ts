import "#cli/engine-flags.ts";

import { parentPort, workerData } from "node:worker_threads";

import { must } from "#engine/assert.ts";
import { runPlan } from "#live/faults/batch/run-plan.ts";
import { type ShrinkProgress, type Shrunk, shrinkPlan } from "#live/faults/batch/shrink-plan.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/** What a thread is to make small. */
export interface ShrinkTask {
  readonly plan: WorldPlan;
  readonly tries: number;
  /** A known bug to plant. */
  readonly canary: string | undefined;
}

export type ShrinkAnswer =
  | { readonly kind: "progress"; readonly progress: ShrinkProgress }
  | { readonly kind: "done"; readonly shrunk: Shrunk | null }
  | { readonly kind: "failed"; readonly error: unknown };

/** One search; started by `shrink-command.ts`, which sets the flag to end it early. */
const port = must(parentPort, "This file is the start of a thread");
const { task, isStopped } = workerData as { task: ShrinkTask; isStopped: Int32Array };
const answer = (message: ShrinkAnswer): void => port.postMessage(message);
try {
  const shrunk = shrinkPlan(task.plan, {
    tries: task.tries,
    run: (plan, options) => runPlan(plan, { ...options, canary: task.canary }),
    onTry: (progress) => {
      answer({ kind: "progress", progress });
      return Atomics.load(isStopped, 0) === 0;
    },
  });
  answer({ kind: "done", shrunk });
} catch (error) {
  answer({ kind: "failed", error });
}
