import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { assert } from "#engine/assert.ts";
import { makeFile, writeText } from "./atomic-file.ts";
import { parseRun, type RunFile, type StoredRun } from "./run-file.ts";
import { toStoreError } from "./store-errors.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The folders of runs, `.drydock/runs/<id>`: the only record of them. A folder is a run once its `run.json` is there,
 * which is written last; without it, it is being written or was given up. Tags stand in a `tags.json` of their own.
 */
export interface RunFolder {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Changes whenever the run or its tags do. */
  readonly stamp: string;
}

const RUN_FILE = "run.json";
const TAG_FILE = "tags.json";
/** Runs with one hash: more than this is a loop gone wrong. */
const NUMBER_MAX = 100_000;

/** All runs, in order of their ids. */
export function listRunFolders(workspace: Workspace): RunFolder[] {
  return folderNames(workspace).flatMap((id) => {
    const path = join(workspace.runsFolder, id);
    const run = stampOf(join(path, RUN_FILE));
    if (run === null) return [];
    return [{ id, path, stamp: `${run} ${stampOf(join(path, TAG_FILE)) ?? "untagged"}` }];
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
  try {
    mkdirSync(workspace.runsFolder, { recursive: true });
    let number = Math.max(0, ...folderNames(workspace).map((name) => numberAfter(name, prefix)));
    while (++number < NUMBER_MAX) {
      const id = `${prefix}${number}`;
      if (createFolder(join(workspace.runsFolder, id))) return id;
    }
  } catch (error) {
    const doing = `creating a folder in ${workspace.runsFolder}`;
    throw toStoreError(error, { path: workspace.runsFolder, while: doing });
  }
  throw new RangeError(`There are ${NUMBER_MAX} runs named "${prefix}…"`);
}

/** @throws E_STORE_CORRUPT when its files are damaged. */
export function readRunFolder(folder: Pick<RunFolder, "path">): StoredRun {
  const tags = stampOf(join(folder.path, TAG_FILE));
  return parseRun(
    folder.path,
    readFileSync(join(folder.path, RUN_FILE), "utf8"),
    tags === null ? null : readFileSync(join(folder.path, TAG_FILE), "utf8"),
  );
}

/** Writes `run.json`, which makes the folder a run. */
export async function writeRunFile(workspace: Workspace, run: RunFile): Promise<void> {
  const folder = folderOf(workspace, run.facts.id);
  mkdirSync(folder, { recursive: true });
  await writeJson(join(folder, RUN_FILE), `saving the run ${run.facts.id}`, run);
}

export async function writeTags(
  workspace: Workspace,
  id: string,
  tags: readonly string[],
): Promise<void> {
  await writeJson(join(folderOf(workspace, id), TAG_FILE), `tagging the run ${id}`, tags);
}

/** Removes the folder; `run.json` goes first, so that half a folder is never taken for a run. */
export function removeRunFolder(workspace: Workspace, id: string): void {
  const folder = folderOf(workspace, id);
  try {
    rmSync(join(folder, RUN_FILE), { force: true });
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw toStoreError(error, { path: folder, while: `removing the run ${id}` });
  }
}

function folderOf(workspace: Workspace, id: string): string {
  assert(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(id), () => `A run id is a file name: ${id}`);
  return join(workspace.runsFolder, id);
}

async function writeJson(path: string, doing: string, value: unknown): Promise<void> {
  await makeFile({ path, while: doing, ifExists: "replace" }, (temporary) =>
    writeText(temporary, [`${JSON.stringify(value, null, 1)}\n`]),
  );
}

/** Null when the file is not there. */
function stampOf(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? null : `${facts.mtimeMs}/${facts.size}/${facts.ino}`;
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
