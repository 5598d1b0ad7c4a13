import { Worker } from "node:worker_threads";

import type { DayTold, SimAnswer, SimTask } from "#cli/sim/sim-task.ts";
import type { StrategyOffer } from "#cli/sim/strategy-offer.ts";
import { must } from "#engine/assert.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";

interface NumberedTask {
  readonly at: number;
  readonly task: SimTask;
}

export interface PoolTerms {
  readonly jobs: number;
  /** Aborted: what is at hand is finished, nothing is begun. */
  readonly signal: AbortSignal;
  /** `at`: the place of the task. */
  readonly onReport: (report: SeedReport, at: number, day: DayTold | null) => void;
  /** What runs in place of the workload; null: that. */
  readonly offer: StrategyOffer | null;
}

/** So many seeds wait in a thread besides the one at hand, so that it never waits for the next. */
const AHEAD = 1;

/**
 * Runs tasks in threads, in their order as far as they begin. Resolves when all are done, or when what was at hand at
 * an interrupt is.
 *
 * @throws what went wrong in the harness itself
 */
export async function runTasks(tasks: Iterable<SimTask>, terms: PoolTerms): Promise<void> {
  const { signal } = terms;
  const source = tasks[Symbol.iterator]();
  let begun = 0;
  const next = (): NumberedTask | null => {
    if (signal.aborted) return null;
    const { done, value } = source.next();
    return done === true ? null : { at: begun++, task: value };
  };
  const threads = Array.from({ length: terms.jobs }, () => startThread(terms.offer));
  try {
    await Promise.all(threads.map((thread) => feed(thread, next, terms.onReport)));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function startThread(offer: StrategyOffer | null): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./sim-worker.${extension}`, import.meta.url), { workerData: offer });
}

/** A thread answers in the order in which it is asked. */
function feed(
  thread: Worker,
  next: () => NumberedTask | null,
  onReport: PoolTerms["onReport"],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const waiting: number[] = [];
  const fill = (): void => {
    while (waiting.length <= AHEAD) {
      const wanted = next();
      if (wanted === null) break;
      waiting.push(wanted.at);
      thread.postMessage(wanted.task);
    }
    if (waiting.length === 0) resolve();
  };
  thread.on("message", (answer: SimAnswer) => {
    const at = must(waiting.shift(), "It was asked");
    if (answer.kind === "failed") {
      reject(answer.error as Error);
      return;
    }
    onReport(answer.report, at, answer.day);
    fill();
  });
  thread.on("error", reject);
  thread.on("exit", (code) => reject(new Error(`A thread of the simulator ended with ${code}`)));
  fill();
  return promise;
}
