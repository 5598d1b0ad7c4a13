import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { assert } from "#engine/assert.ts";
import { makeFile, writeText } from "./atomic-file.ts";
import { formatRun, parseRun, type RunRecord } from "./run-record.ts";
import { toStoreError } from "./store-errors.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The folders of runs, `.drydock/runs/<id>`: the only record of them. A folder is a run once its `run.json` is there,
 * which is written last; without it, it is being written or was given up.
 */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  /** Changes whenever `run.json` does. */
  readonly stamp: string;
}

const RUN_FILE = "run.json";
/** Runs with one hash: more than this is a loop gone wrong. */
const NUMBER_MAX = 100_000;

/** All runs, in order of their ids. */
export function listRunFolders(workspace: Workspace): RunFolder[] {
  return folderNames(workspace).flatMap((id) => {
    const path = join(workspace.runsFolder, id);
    const facts = statSync(join(path, RUN_FILE), { throwIfNoEntry: false });
    if (facts === undefined) return [];
    return [{ id, path, stamp: `${facts.mtimeMs}-${facts.size}` }];
  });
}

/**
 * Takes the next free id of a strategy and a run hash by creating its folder, so that two processes never get the
 * same one.
 *
 * @throws E_NOT_WRITABLE, E_DISK_FULL
 */
export function reserveRunFolder(workspace: Workspace, strategy: string, runHash: string): string {
  assert(/^[0-9a-f]{8}/.test(runHash), () => `A run hash is lower-case hex: ${runHash}`);
  const prefix = `${fileSafe(strategy)}-${runHash.slice(0, 8)}-`;
  const doing = `creating a folder in ${workspace.runsFolder}`;
  try {
    mkdirSync(workspace.runsFolder, { recursive: true });
    let number = Math.max(0, ...folderNames(workspace).map((name) => numberAfter(name, prefix)));
    while (++number < NUMBER_MAX) {
      const id = `${prefix}${number}`;
      if (createFolder(join(workspace.runsFolder, id))) return id;
    }
  } catch (error) {
    throw toStoreError(error, { path: workspace.runsFolder, while: doing });
  }
  throw new RangeError(`There are ${NUMBER_MAX} runs named "${prefix}…"`);
}

export function runFolder(workspace: Workspace, id: string): string {
  assert(/^[A-Za-z0-9_.-]+$/.test(id) && !id.startsWith("."), () => `A run id is a file name: ${id}`);
  return join(workspace.runsFolder, id);
}

/** @throws E_STORE_CORRUPT when `run.json` is damaged. */
export function readRunFile(folder: RunFolder): RunRecord {
  const path = join(folder.path, RUN_FILE);
  return parseRun(readFileSync(path, "utf8"), path);
}

/** Writes `run.json`, which makes the folder a run. */
export async function writeRunFile(workspace: Workspace, run: RunRecord): Promise<void> {
  const folder = runFolder(workspace, run.id);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, RUN_FILE);
  await makeFile({ path, while: `saving the run ${run.id}`, ifExists: "replace" }, (temporary) =>
    writeText(temporary, [formatRun(run)]),
  );
}

/** Removes the folder; `run.json` goes first, so that half a folder is never taken for a run. */
export function removeRunFolder(workspace: Workspace, id: string): void {
  const folder = runFolder(workspace, id);
  rmSync(join(folder, RUN_FILE), { force: true });
  rmSync(folder, { recursive: true, force: true });
}

function folderNames(workspace: Workspace): string[] {
  try {
    return readdirSync(workspace.runsFolder).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw toStoreError(error, { path: workspace.runsFolder, while: "listing runs", mode: "read" });
  }
}

/** Whether the folder was made here, and not by somebody else before. */
function createFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function numberAfter(name: string, prefix: string): number {
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
  return /^[1-9]\d*$/.test(rest) ? Number(rest) : 0;
}

function fileSafe(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]+/g, "-").replaceAll(/^-+|-+$/g, "");
  return safe === "" ? "run" : safe;
}
