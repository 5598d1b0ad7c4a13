import { existsSync } from "node:fs";
import type { CommandContext } from "#cli/command-context.ts";
import { workspaceOf } from "#cli/data/market-store.ts";
import { linkOf } from "#data/projection/link.ts";
import { openProjection } from "#data/projection/open-projection.ts";
import type { Projection } from "#data/projection/projection.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { createWorkspace } from "#data/store/workspace.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseTargets, type TargetKey, targetKey } from "#engine/model/target.ts";

/** The tables of the journal of a data directory, as a command asks them. */
export interface LiveTables {
  /** The accounts that were asked for; null for all. */
  readonly targets: readonly TargetKey[] | null;
  /** Time of the last record, epoch ms; null before any. */
  readonly asOf: number | null;
  readonly lastSeq: number;
  /** First record that the tables tell of: 1 unless older ones were moved away. */
  readonly historyFrom: number;
  readonly rows: (sql: string) => Promise<readonly Cells[]>;
  /** A condition on the column `target`, for behind WHERE. */
  readonly ofTargets: string;
}

/**
 * Brings the tables up to the journal's last record, asks them and closes them.
 *
 * @throws E_USAGE for a target that is none, E_FILE_MISSING without a journal, E_JOURNAL_DAMAGED
 */
export async function withLiveTables<T>(
  context: CommandContext,
  args: Readonly<Record<string, unknown>>,
  work: (tables: LiveTables) => Promise<T>,
): Promise<T> {
  const { target } = context.globals;
  const targets = target === undefined ? null : parseTargets(target).map(targetKey);
  const workspace = await workspaceOf(context, args);
  const { livePath: file, journalFolder } = workspace;
  if (!existsSync(journalFolder)) throw noJournal(journalFolder);
  createWorkspace(workspace);
  const opened = await openProjection({ file, journalFolder, signal: context.signal });
  if (opened.kind === "noJournal") throw noJournal(journalFolder);
  for (const message of opened.notices) context.warn({ code: "live-tables", message });
  const { projection } = opened;
  try {
    return await work(await tablesOf(projection, targets));
  } finally {
    await projection.close();
  }
}

async function tablesOf(
  projection: Projection,
  targets: readonly TargetKey[] | null,
): Promise<LiveTables> {
  const rows = (sql: string): Promise<readonly Cells[]> =>
    projection.read("reading the tables of the journal", (connection) =>
      linkOf(connection).rows(sql),
    );
  const [last] = await rows("SELECT max(time) AS at FROM events");
  const at = last?.["at"];
  const names = targets?.map((key) => `'${key}'`).join(", ");
  return {
    targets,
    asOf: typeof at === "number" ? at : null,
    lastSeq: projection.lastSeq,
    historyFrom: projection.historyFrom,
    rows,
    ofTargets: names === undefined ? "true" : `target IN (${names})`,
  };
}

function noJournal(folder: string): DrydockError {
  return new DrydockError("E_FILE_MISSING", `There is no journal in "${folder}"`, {
    while: "reading the tables of the journal",
    hint: "Name the data directory of an engine with --data-dir",
    or: "nothing to do: the journal is made when an engine starts for the first time",
  });
}
