import "#cli/engine-flags.ts";

import { parentPort, workerData } from "node:worker_threads";

import { answerTask, strategyRun } from "#cli/sim/answer-task.ts";
import type { SimTask } from "#cli/sim/sim-task.ts";
import type { StrategyOffer } from "#cli/sim/strategy-offer.ts";
import { must } from "#engine/assert.ts";

/** A thread that runs one seed after the other; started by `seed-pool.ts`, with the strategy if there is one. */
const port = must(parentPort, "This file is the start of a thread");
const offer = workerData as StrategyOffer | null;
const strategy = offer === null ? null : await strategyRun(offer);
port.on("message", (task: SimTask) => port.postMessage(answerTask(task, strategy)));
