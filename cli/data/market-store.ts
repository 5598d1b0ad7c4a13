import { existsSync } from "node:fs";

import type { CommandContext } from "#cli/command-context.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { type MarketStore, openMarketStore } from "#data/store/market-store.ts";
import { createWorkspace, type Workspace, workspaceAt } from "#data/store/workspace.ts";

/** The folder of the stores that the settings name. */
export async function workspaceOf(
  context: CommandContext,
  args: Readonly<Record<string, unknown>>,
): Promise<Workspace> {
  const { "data-dir": dataDir } = args;
  const { values } = await context.loadConfig(configFlags({ "data-dir": dataDir }));
  return workspaceAt(process.cwd(), { DRYDOCK_DIR: values.dataDir });
}

/** Opens the market store for reading, hands it over and closes it. @throws E_DATA_MISSING without a store */
export async function withMarketStore<T>(
  workspace: Workspace,
  work: (store: MarketStore) => Promise<T>,
): Promise<T> {
  const store = await openMarketStore(workspace.marketPath, { mode: "read" });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens the market store for writing, made where it is missing. The caller closes it. */
export async function openForWriting(workspace: Workspace): Promise<MarketStore> {
  createWorkspace(workspace);
  return openMarketStore(workspace.marketPath, { mode: "write" });
}

/** Whether anything was ever stored: a list of nothing is an answer, not an error. */
export function hasMarketStore(workspace: Workspace): boolean {
  return existsSync(workspace.marketPath);
}
