import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProjection } from "#data/projection/open-projection.ts";
import { isWorlds } from "#data/projection/projection-file.ts";
import { DrydockError } from "#engine/errors.ts";
import { openModeOf } from "./database.ts";
import type { Workspace } from "./workspace.ts";

/** A closed file with the tables of the journal, for reading. */
export interface LiveFile {
  /** Empty without one. */
  readonly path: string;
  readonly notices: readonly string[];
  /** Removes what was made for this question only. */
  readonly remove: () => void;
}

/**
 * Brings the tables of the journal up to date. While somebody else holds their file, such as a running engine, they are
 * made in a temporary one: the journal can be read at any time. Whatever is wrong with them is told and stops nothing.
 */
export async function liveTables(workspace: Workspace, signal?: AbortSignal): Promise<LiveFile> {
  const { livePath, journalFolder } = workspace;
  if (!existsSync(journalFolder)) return { path: "", notices: [], remove: () => {} };
  const isOurs = openModeOf(livePath) !== undefined;
  const kept = isOurs ? null : await made(livePath, journalFolder, signal);
  if (kept !== null) return { ...kept, remove: () => {} };
  const folder = mkdtempSync(join(tmpdir(), "drydock-live-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const other = await made(join(folder, "live.duckdb"), journalFolder, signal);
  return {
    ...(other ?? { path: "", notices: ["The tables of the journal are left out"] }),
    remove,
  };
}

/** Null when the file cannot be used. */
async function made(
  file: string,
  journalFolder: string,
  signal: AbortSignal | undefined,
): Promise<Omit<LiveFile, "remove"> | null> {
  try {
    const opened = await openProjection({ file, journalFolder, signal, otherwise: "none" });
    if (opened.kind === "noJournal") return { path: "", notices: [] };
    await opened.projection.close();
    return opened.where === "memory" ? null : { path: file, notices: opened.notices };
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    if (isWorlds(error)) return null;
    return { path: "", notices: [`The tables of the journal are left out: ${error.message}`] };
  }
}
