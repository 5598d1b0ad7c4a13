import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { toStoreError } from "./store-errors.ts";

/** The folder in which drydock keeps what it stores, `.drydock` unless said otherwise. Absolute paths. */
export interface Workspace {
  readonly root: string;
  readonly marketPath: string;
  readonly statePath: string;
  /** The journal as tables. */
  readonly livePath: string;
  readonly journalFolder: string;
  readonly cacheFolder: string;
  /** One folder per run, named by its id. */
  readonly runsFolder: string;
}

/** Where the workspace is: `DRYDOCK_DIR` (relative to the working folder), else `.drydock` in it. Creates nothing. */
export function workspaceAt(
  cwd: string,
  env: { readonly DRYDOCK_DIR?: string | undefined } = {},
): Workspace {
  const named = env.DRYDOCK_DIR?.trim();
  const root = resolve(cwd, named === undefined || named === "" ? ".drydock" : named);
  return {
    root,
    marketPath: join(root, "market.duckdb"),
    statePath: join(root, "state.duckdb"),
    livePath: join(root, "live.duckdb"),
    journalFolder: join(root, "journal"),
    cacheFolder: join(root, "cache"),
    runsFolder: join(root, "runs"),
  };
}

/**
 * Creates the workspace where it is missing, with a `.gitignore` that keeps all of it out of version control.
 *
 * @throws E_NOT_WRITABLE, E_DISK_FULL
 */
export function createWorkspace(workspace: Workspace): void {
  const ignore = join(workspace.root, ".gitignore");
  try {
    mkdirSync(workspace.root, { recursive: true });
    if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
  } catch (error) {
    throw toStoreError(error, { path: workspace.root, while: `creating ${workspace.root}` });
  }
}
