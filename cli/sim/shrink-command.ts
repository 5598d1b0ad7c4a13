import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { printable } from "#cli/output/printable.ts";
import { type NamedSeedArgs, namedSeed } from "#cli/sim/named-seed.ts";
import type { ShrinkAnswer, ShrinkTask } from "#cli/sim/shrink-worker.ts";
import { isoTime } from "#data/store/csv-text.ts";
import { DrydockError } from "#engine/errors.ts";
import { eventLines, scenarioFile } from "#live/faults/batch/scenario-file.ts";
import { eventsOf, type Shrunk } from "#live/faults/batch/shrink-plan.ts";

interface Args extends NamedSeedArgs {
  readonly tries: number;
  readonly out: string | undefined;
}

/** Exit 0 with the smallest scenario, 7 when the seed does not fail at all: then there is nothing to make small. */
export async function run(context: CommandContext, args: Args): Promise<CommandResult> {
  const { seed, build, plan } = namedSeed(context, args);
  context.progress.start("shrinking", args.tries);
  const shrunk = await shrinkInThread(context, { plan, tries: args.tries, canary: args.canary });
  context.progress.done();
  if (shrunk === null) throw nothingToShrink(context, seed);
  const file = scenarioFile(shrunk, { seed, build, canary: args.canary });
  if (args.out !== undefined) writeScenario(args.out, file);
  const { violation, report, tries } = shrunk;
  const lines = eventLines(shrunk.plan);
  const data = {
    seed,
    build,
    invariant: violation.invariant,
    message: violation.message,
    time: isoTime(violation.time),
    record: violation.seq,
    hash: report.hash,
    events: eventsOf(shrunk.plan),
    minutes: shrunk.plan.durationMs / 60_000,
    tries,
    what: lines,
    plan: shrunk.plan,
    file: args.out ?? null,
    test: file,
  };
  return {
    data,
    text: ({ style }) => {
      if (args.out === undefined) return file;
      const head = `${style("bad", violation.invariant)}  ${printable(violation.message.split("\n")[0] ?? "")}`;
      const size = `${data.events ?? "many"} events in ${data.minutes} minutes after ${tries} runs`;
      return [head, ...lines.map((line) => `  ${line}`), size, `written to ${args.out}`].join("\n");
    },
  };
}

function nothingToShrink({ signal }: CommandContext, seed: string): DrydockError {
  if (signal.aborted)
    return new DrydockError("E_INTERRUPTED", "Interrupted before the first run was over");
  return new DrydockError(
    "E_EXPECTATION",
    `Seed ${seed} does not fail: there is nothing to make small`,
    {
      hint: "Give the options of the replay command as well, such as --profile and --order",
    },
  );
}

/** In a thread, so that an interrupt is heard: it ends the search with the smallest so far. */
async function shrinkInThread(
  { progress, signal }: CommandContext,
  task: ShrinkTask,
): Promise<Shrunk | null> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const isStopped = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL(`./shrink-worker.${extension}`, import.meta.url), {
    workerData: { task, isStopped },
  });
  const stop = (): void => void Atomics.store(isStopped, 0, 1);
  signal.addEventListener("abort", stop);
  try {
    return await new Promise((resolve, reject) => {
      thread.on("message", (answer: ShrinkAnswer) => {
        if (answer.kind === "done") resolve(answer.shrunk);
        else if (answer.kind === "failed") reject(answer.error as Error);
        else progress.update(answer.progress.tries, progressText(answer.progress));
      });
      thread.on("error", reject);
    });
  } finally {
    signal.removeEventListener("abort", stop);
    await thread.terminate();
  }
}

function progressText({
  stage,
  events,
}: {
  readonly stage: string;
  readonly events: number | null;
}): string {
  return events === null ? stage : `${stage}  ${events} events`;
}

function writeScenario(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrydockError("E_NOT_WRITABLE", `Cannot write "${path}": ${why}`, {
      hint: "--out with a file that can be written",
      cause,
    });
  }
}
