import { Worker } from "node:worker_threads";

import type { SimAnswer, SimTask } from "#cli/sim/sim-task.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";

export interface PoolTerms {
  readonly jobs: number;
  /** Aborted: what is at hand is finished, nothing is begun. */
  readonly signal: AbortSignal;
  readonly onReport: (report: SeedReport) => void;
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
  const next = (): SimTask | null => {
    if (signal.aborted) return null;
    const { done, value } = source.next();
    return done === true ? null : value;
  };
  const threads = Array.from({ length: terms.jobs }, () => startThread());
  try {
    await Promise.all(threads.map((thread) => feed(thread, next, terms.onReport)));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function startThread(): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./sim-worker.${extension}`, import.meta.url));
}

function feed(
  thread: Worker,
  next: () => SimTask | null,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let waiting = 0;
  const fill = (): void => {
    while (waiting <= AHEAD) {
      const task = next();
      if (task === null) break;
      waiting += 1;
      thread.postMessage(task);
    }
    if (waiting === 0) resolve();
  };
  thread.on("message", (answer: SimAnswer) => {
    waiting -= 1;
    if (answer.kind === "failed") {
      reject(answer.error as Error);
      return;
    }
    onReport(answer.report);
    fill();
  });
  thread.on("error", reject);
  thread.on("exit", (code) => reject(new Error(`A thread of the simulator ended with ${code}`)));
  fill();
  return promise;
}
