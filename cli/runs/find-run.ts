import type { RunRecord } from "#cli/runs/run-record.ts";
import type { StoredRun } from "#data/store/run-file.ts";
import { openStateStore, type StateStore } from "#data/store/state-store.ts";
import { type Workspace, workspaceAt } from "#data/store/workspace.ts";

/** A stored run with its record as the backtest wrote it. */
export interface FoundRun {
  readonly id: string;
  /** Its folder. */
  readonly path: string;
  readonly record: RunRecord;
  readonly tags: readonly string[];
  /** Where its files lie now. */
  readonly files: StoredRun["files"];
}

/** The workspace of a data folder. */
export function workspaceOf(dataDir: string): Workspace {
  return workspaceAt(process.cwd(), { DRYDOCK_DIR: dataDir });
}

export function stateOf(dataDir: string): StateStore {
  return openStateStore(workspaceOf(dataDir));
}

/** All readable runs, the oldest first; what could not be read is told. */
export function listRuns(dataDir: string): {
  readonly runs: readonly FoundRun[];
  readonly notices: readonly string[];
} {
  const { runs, notices } = stateOf(dataDir).listRuns();
  return { runs: runs.map(found).reverse(), notices };
}

/**
 * The run that a word means: an id, a unique prefix, `@last`, `@-2` (the last but one) or a tag.
 * @throws E_UNKNOWN_RUN, listing the candidates of a prefix that several share
 */
export function findRun(dataDir: string, word: string): FoundRun {
  return found(stateOf(dataDir).findRun(word));
}

function found(run: StoredRun): FoundRun {
  const { id, folder, tags, files } = run;
  // The store has checked what it relies on; the rest of the file is as this program wrote it.
  return { id, path: folder, record: run.content as unknown as RunRecord, tags, files };
}
