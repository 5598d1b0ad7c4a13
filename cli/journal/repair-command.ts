import { basename, dirname } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { type CutLatches, latchesIn, latchLines } from "#cli/journal/cut-latches.ts";
import { inspect, type JournalArgs, journalFolderOf } from "#cli/journal/find-journal.ts";
import { printable } from "#cli/output/printable.ts";
import { acquireEngineLock } from "#data/journal/engine-lock.ts";
import type { JournalState } from "#data/journal/inspect-journal.ts";
import { damagedError, noStartError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import {
  planRepair,
  type RepairPlan,
  readCutPart,
  repairJournal,
} from "#data/journal/repair-journal.ts";
import { plural } from "#data/quality/wording.ts";
import { DrydockError } from "#engine/errors.ts";

interface RepairArgs extends JournalArgs {
  readonly yes: boolean;
  /** A person knows that no state is left and wants to go on without any. */
  readonly "begin-anew": boolean;
}

export async function run(
  context: CommandContext,
  args: RepairArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const folder = await journalFolderOf(context, args);
  const found = inspect(folder);
  const plan = planRepair(nodeDisk, found);
  if (plan === null) return alreadyWhole(folder, found.lastSeq);
  refuseOther(found, plan, args["begin-anew"]);
  if (!args.yes) {
    // A torn end is cut by the next start as well, so only damage asks for a decision.
    const latches = latchesIn(readCutPart(nodeDisk, found));
    return resultOf(found, plan, { isDone: false, exit: plan.losesRecords ? 9 : 0, latches });
  }
  const lock = await acquireEngineLock(lockFolderOf(folder), () => Date.now());
  try {
    // Looked at again: until the lock was held, an engine may have started and ended.
    const now = inspect(folder);
    const next = planRepair(nodeDisk, now);
    if (next === null) return alreadyWhole(folder, now.lastSeq);
    refuseOther(now, next, args["begin-anew"]);
    const latches = latchesIn(readCutPart(nodeDisk, now));
    const done = repairJournal(nodeDisk, now, Date.now()) ?? next;
    return resultOf(now, done, { isDone: true, exit: 0, latches });
  } finally {
    await lock.release();
  }
}

/** To lose the whole state is another decision than to lose the end of it. */
function refuseOther({ damage }: JournalState, plan: RepairPlan, beginAnew: boolean): void {
  if (!plan.hasStart && !beginAnew && damage !== null) throw noStartError(damage);
  if (!plan.hasStart || !beginAnew) return;
  throw new DrydockError("E_USAGE", "--begin-anew is for a journal of which no state is left", {
    while: "repairing the journal",
    hint: "Leave it out: a repair keeps what stands before the damage; nothing was changed",
  });
}

/** The data directory of an engine; a copy that lies elsewhere is locked by itself. */
function lockFolderOf(folder: string): string {
  return basename(folder) === "journal" ? dirname(folder) : folder;
}

function alreadyWhole(folder: string, lastSeq: number): CommandResult {
  return {
    data: {
      folder,
      state: "sound",
      isDone: false,
      damage: null,
      keptTo: lastSeq,
      beginsAnew: false,
      haltsNextStart: false,
      pieces: [],
      latches: [],
    },
    text: () => `${printable(folder)} is sound: nothing to repair\n`,
  };
}

function resultOf(
  found: JournalState,
  plan: RepairPlan,
  {
    isDone,
    exit,
    latches,
  }: { readonly isDone: boolean; readonly exit: 0 | 9; readonly latches: readonly CutLatches[] },
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
      beginsAnew: !plan.hasStart,
      haltsNextStart: plan.losesRecords,
      pieces,
      latches,
    },
    exit,
    text: ({ style }) => {
      const lines = [damage ?? "The last write did not end: the next start cuts it by itself"];
      for (const { from, offset, bytes, to } of pieces) {
        const what = `${from} from byte ${offset}: ${plural(bytes, "byte")}`;
        const verb = isDone ? "kept" : "would be kept";
        lines.push(`  ${what} ${to === null ? "" : `${verb} as ${to}`}`.trimEnd());
      }
      lines.push(...latchesText(plan, latches), endText(plan, isDone));
      const flag = plan.hasStart ? "" : " --begin-anew";
      const next = isDone ? doneText(plan) : `drydock journal repair "${folder}"${flag} --yes`;
      return [...lines.map(printable), style("strong", printable(next))].join("\n");
    },
  };
}

function latchesText({ losesRecords }: RepairPlan, latches: readonly CutLatches[]): string[] {
  if (!losesRecords) return [];
  const stood = latchLines(latches);
  if (stood.length === 0) return ["no halt, quarantine or ban can be read in what is taken out"];
  return ["what stood at last in what is taken out:", ...stood.map((line) => `  ${line}`)];
}

function endText({ lastSeq, hasStart, losesRecords }: RepairPlan, isDone: boolean): string {
  const end = hasStart
    ? `the journal ${isDone ? "keeps its records up to" : "would end with"} record ${lastSeq}`
    : `nothing of the journal ${isDone ? "is" : "would be"} left: no repair, the engine begins anew and knows no order, position or latch`;
  return losesRecords ? `${end}; the next start begins halted` : end;
}

function doneText({ losesRecords }: RepairPlan): string {
  if (!losesRecords) return "Nothing that was acknowledged is missing";
  return "Positions and orders are taken from the exchange when the engine reconciles; halts, quarantines and bans are not: look at them before you resume";
}
