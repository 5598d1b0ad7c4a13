import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { querySql } from "#data/store/query-sql.ts";
import type { RunFile } from "#data/store/run-file.ts";
import { openStateStore, type StateStore } from "#data/store/state-store.ts";
import { workspaceAt } from "#data/store/workspace.ts";
import { SAMPLE_EQUITY, SAMPLE_TRADES, sampleRun } from "#data/testing/sample-run.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";

export const HASH_A = `aaaa1111${"0".repeat(56)}`;
export const HASH_B = `bbbb2222${"0".repeat(56)}`;

export function newStore(): StateStore {
  return openStateStore(workspaceAt(temporaryFolder()));
}

/** Saves a run the way the program does: id, tables, `run.json`. */
export async function save(
  store: StateStore,
  hash = HASH_A,
  change: Partial<RunFile> & { readonly net?: number } = {},
): Promise<string> {
  const id = store.nextRunId("sma", hash);
  writeTables(store, id);
  await store.saveRun(sampleRun(id, change));
  return id;
}

export function writeTables(store: StateStore, id: string): void {
  const folder = join(store.workspace.runsFolder, id);
  writeFileSync(join(folder, "trades.csv"), SAMPLE_TRADES);
  writeFileSync(join(folder, "equity.csv"), SAMPLE_EQUITY);
}

export async function rowsOf(store: StateStore, sql: string): Promise<readonly unknown[]> {
  return (await querySql(store.workspace, sql)).rows;
}
