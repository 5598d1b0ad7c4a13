import { DrydockError } from "#engine/errors.ts";
import { findRunByName, sortRuns } from "./find-run.ts";
import { isLocked, whileLocked } from "./lock-wait.ts";
import type { RunFile, StoredRun } from "./run-file.ts";
import {
  listRunFolders,
  readRunFolder,
  removeRunFolder,
  reserveRunFolder,
  writeRunFile,
  writeTags,
} from "./run-folders.ts";
import { type Projected, projectRuns, rebuildTables } from "./state-projection.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/**
 * Runs of a workspace: their folders, which are the source, and `state.duckdb`, which shows them as tables. The
 * database is opened for each change and closed again, so that processes that end at one time wait for each other
 * instead of failing; when one holds it for longer, the run is saved all the same and entered by the next one.
 */
export class StateStore {
  readonly workspace: Workspace;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /**
   * Takes the next free id, `<strategy>-<8 of runHash>-<n>`, and creates its folder, which nobody else gets then.
   *
   * @throws E_NOT_WRITABLE, E_DISK_FULL
   */
  nextRunId(strategy: string, runHash: string): string {
    createWorkspace(this.workspace);
    return reserveRunFolder(this.workspace, strategy, runHash);
  }

  /**
   * Writes `run.json` and enters the run into the tables. The other files of the run are in its folder already.
   *
   * @throws E_NOT_WRITABLE, E_DISK_FULL
   */
  async saveRun(run: RunFile): Promise<Projected> {
    createWorkspace(this.workspace);
    await writeRunFile(this.workspace, run);
    return this.sync();
  }

  /** Brings the tables up to date with the run folders, whoever wrote them. */
  async sync(): Promise<Projected> {
    try {
      return await whileLocked(() => projectRuns(this.workspace));
    } catch (error) {
      if (!isLocked(error)) throw error;
      const notice = `${error.message}: the next command enters the new runs into the tables`;
      return { entered: 0, removed: 0, notices: [notice] };
    }
  }

  /** All runs, newest first; damaged ones are left out and told. */
  listRuns(): { readonly runs: readonly StoredRun[]; readonly notices: readonly string[] } {
    const runs: StoredRun[] = [];
    const notices: string[] = [];
    for (const folder of listRunFolders(this.workspace)) {
      try {
        runs.push(readRunFolder(folder));
      } catch (error) {
        if (!(error instanceof DrydockError)) throw error;
        notices.push(`${error.message}; it is left out`);
      }
    }
    return { runs: sortRuns(runs), notices };
  }

  /**
   * The run that a word means: an id or the unique beginning of one, a tag, `@last`, `@-2`.
   *
   * @throws E_UNKNOWN_RUN when it means none or several; E_STORE_CORRUPT when that very run is damaged.
   */
  findRun(word: string): StoredRun {
    const exact = listRunFolders(this.workspace).find(({ id }) => id === word);
    if (exact !== undefined) return readRunFolder(exact);
    return findRunByName(this.listRuns().runs, word);
  }

  /**
   * Removes a run with all its files.
   *
   * @throws E_UNKNOWN_RUN, E_NOT_WRITABLE
   */
  async removeRun(word: string): Promise<Projected> {
    removeRunFolder(this.workspace, this.findRun(word).id);
    return this.sync();
  }

  /**
   * Adds and removes tags, and returns the run as it is then.
   *
   * @throws E_UNKNOWN_RUN, E_USAGE for a tag that could be taken for something else.
   */
  async tagRun(
    word: string,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): Promise<StoredRun> {
    const run = this.findRun(word);
    for (const tag of change.add ?? []) checkTag(tag);
    const kept = run.tags.filter((tag) => !change.remove?.includes(tag));
    await writeTags(this.workspace, run.id, [...new Set([...kept, ...(change.add ?? [])])]);
    await this.sync();
    return readRunFolder({ path: run.folder });
  }

  /**
   * Makes the tables again from the run folders.
   *
   * @throws E_STORE_LOCKED, E_NOT_WRITABLE, E_DISK_FULL
   */
  rebuild(): Promise<Projected> {
    createWorkspace(this.workspace);
    return rebuildTables(this.workspace);
  }
}

/** Opens nothing yet: folders and tables are touched by what is asked of them. */
export function openStateStore(workspace: Workspace): StateStore {
  return new StateStore(workspace);
}

function checkTag(tag: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(tag)) return;
  throw new DrydockError("E_USAGE", `"${tag}" cannot be a tag`, {
    hint: "Use letters, digits, dots, dashes and underscores, such as best-2025",
  });
}
