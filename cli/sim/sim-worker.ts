import "#cli/engine-flags.ts";

import { parentPort } from "node:worker_threads";

import { answerTask } from "#cli/sim/answer-task.ts";
import type { SimAnswer, SimTask } from "#cli/sim/sim-task.ts";
import { must } from "#engine/assert.ts";

/** A thread that runs one seed after the other; started by `seed-pool.ts`. */
const port = must(parentPort, "This file is the start of a thread");
port.on("message", (task: SimTask) => {
  const answer: SimAnswer = answerTask(task);
  port.postMessage(answer);
});
