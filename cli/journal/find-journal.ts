import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import { workspaceOf } from "#cli/data/market-store.ts";
import { inspectJournal, type JournalState } from "#data/journal/inspect-journal.ts";
import { toJournalError } from "#data/journal/journal-errors.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import type { Envelope } from "#data/journal/record-line.ts";
import { DrydockError } from "#engine/errors.ts";

export interface JournalArgs {
  readonly dir: string | undefined;
}

/** The folder that was named, or the one in the data directory; a data directory stands for its journal. */
export async function journalFolderOf(
  context: CommandContext,
  args: JournalArgs & Readonly<Record<string, unknown>>,
): Promise<string> {
  if (args.dir === undefined) return join((await workspaceOf(context, args)).root, "journal");
  const folder = resolve(args.dir);
  const inner = join(folder, "journal");
  return existsSync(inner) ? inner : folder;
}

/**
 * Reads and checks a journal without changing it.
 *
 * @throws E_FILE_MISSING without a journal, E_JOURNAL_NEWER, E_NOT_WRITABLE when it cannot be read
 */
export function inspect(folder: string, visit?: (record: Envelope) => void): JournalState {
  let found: JournalState | null;
  try {
    found = inspectJournal(nodeDisk, folder, visit);
  } catch (error) {
    throw toJournalError(error, folder, "reading");
  }
  const isThere =
    found !== null && (found.folder.segments.length > 0 || found.folder.snapshots.length > 0);
  if (found !== null && isThere) return found;
  throw new DrydockError("E_FILE_MISSING", `There is no journal in "${folder}"`, {
    while: `reading the journal "${folder}"`,
    hint: "Name its folder (it holds 000001.jsonl), or the data directory with --data-dir",
    or: "nothing to do: the journal is made when an engine starts for the first time",
  });
}
