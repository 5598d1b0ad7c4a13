import { basename, dirname } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { inspect, type JournalArgs, journalFolderOf } from "#cli/journal/find-journal.ts";
import { printable } from "#cli/output/printable.ts";
import { acquireEngineLock } from "#data/journal/engine-lock.ts";
import type { JournalState } from "#data/journal/inspect-journal.ts";
import { damagedError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { planRepair, type RepairPlan, repairJournal } from "#data/journal/repair-journal.ts";
import { plural } from "#data/quality/wording.ts";

interface RepairArgs extends JournalArgs {
  readonly yes: boolean;
}

export async function run(
  context: CommandContext,
  args: RepairArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const folder = await journalFolderOf(context, args);
  const found = inspect(folder);
  const plan = planRepair(nodeDisk, found);
  if (plan === null) return nothingToDo(folder, found.lastSeq);
  if (!args.yes) {
    // A torn end is cut by the next start as well, so only damage asks for a decision.
    return resultOf(found, plan, { isDone: false, exit: found.damage === null ? 0 : 9 });
  }
  const lock = await acquireEngineLock(lockFolderOf(folder), () => Date.now());
  try {
    // Looked at again: until the lock was held, an engine may have started and ended.
    const now = inspect(folder);
    const done = repairJournal(nodeDisk, now);
    if (done === null) return nothingToDo(folder, now.lastSeq);
    return resultOf(now, done, { isDone: true, exit: 0 });
  } finally {
    await lock.release();
  }
}

/** The data directory of an engine; a copy that lies elsewhere is locked by itself. */
function lockFolderOf(folder: string): string {
  return basename(folder) === "journal" ? dirname(folder) : folder;
}

function nothingToDo(folder: string, lastSeq: number): CommandResult {
  return {
    data: { folder, state: "sound", isDone: false, damage: null, keptTo: lastSeq, pieces: [] },
    text: () => `${printable(folder)} is sound: nothing to repair\n`,
  };
}

function resultOf(
  found: JournalState,
  plan: RepairPlan,
  { isDone, exit }: { readonly isDone: boolean; readonly exit: 0 | 9 },
): CommandResult {
  const folder = found.folder.path;
  const damage = found.damage === null ? null : damagedError(found.damage).message;
  const pieces = plan.pieces.map(({ file, from, offset, bytes }) => ({
    from,
    offset,
    bytes,
    to: file === "" ? null : file,
  }));
  return {
    data: {
      folder,
      state: damage === null ? "torn-tail" : "damaged",
      isDone,
      damage,
      keptTo: plan.lastSeq,
      pieces,
    },
    exit,
    text: ({ style }) => {
      const lines = [damage ?? "The last write did not end: the next start cuts it by itself"];
      for (const { from, offset, bytes, to } of pieces) {
        const what = `${from} from byte ${offset}: ${plural(bytes, "byte")}`;
        const verb = isDone ? "kept" : "would be kept";
        lines.push(`  ${what} ${to === null ? "" : `${verb} as ${to}`}`.trimEnd());
      }
      const end = `the journal ${isDone ? "ends" : "would end"} with record ${plan.lastSeq}`;
      const next = isDone
        ? "What is missing is taken from the exchange when the engine reconciles"
        : `drydock journal repair "${folder}" --yes`;
      return [...lines.map(printable), end, style("strong", printable(next))].join("\n");
    },
  };
}
