import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { throwIfAborted } from "./byte-source.ts";
import { causeText } from "./data-fault.ts";

export interface ListedFile {
  readonly path: string;
  /** Null for a file to read; otherwise why it is left out. */
  readonly skipped: string | null;
}

/** A deeper tree is a mistake (a whole disk), not a collection of market data. */
const DEPTH_MAX = 16;

const MARKET_FILE =
  /\.(?:csv|tsv|txt|json|jsonl|ndjson|feather|ftr|arrow|ipc|parquet|zip|gz|zst|data)$/i;

/** Names of data formats that belong to projects, not to markets. */
const PROJECT_FILE =
  /^(?:package(?:-lock)?\.json|tsconfig.*\.json|requirements.*\.txt|readme.*|licen[cs]e.*|changelog.*)$/i;

/**
 * The files below the given paths, folders recursively, in order of name. A file that is named itself is always read;
 * inside folders, what is no market data by its name is listed as skipped. Hidden files and folders are left out.
 *
 * @throws E_INTERRUPTED when the signal says so
 */
export async function* expandPaths(
  paths: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<ListedFile> {
  const seen = new Set<string>();
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      // What cannot be looked at is reported when it is read.
      () => false,
    );
    if (isFolder) yield* expandFolder(path, seen, 0, signal);
    else yield { path, skipped: null };
  }
}

async function* expandFolder(
  folder: string,
  seen: Set<string>,
  depth: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedFile> {
  // A tree without any file to list hears of an interruption too.
  throwIfAborted(signal, folder);
  const listed = await listFolder(folder);
  if (typeof listed === "string") {
    yield { path: folder, skipped: listed };
    return;
  }
  if (seen.has(listed.real)) return;
  seen.add(listed.real);
  if (depth > DEPTH_MAX) {
    yield { path: folder, skipped: `folders more than ${DEPTH_MAX} deep are not searched` };
    return;
  }
  for (const name of listed.names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) yield* expandFolder(path, seen, depth + 1, signal);
    else if (PROJECT_FILE.test(name) || !MARKET_FILE.test(name)) {
      yield { path, skipped: "no market data by its name" };
    } else yield { path, skipped: null };
  }
}

/** The names in a folder, sorted; or why it cannot be looked into. */
async function listFolder(
  folder: string,
): Promise<{ readonly real: string; readonly names: readonly string[] } | string> {
  try {
    const names = await readdir(folder);
    const visible = names.filter((name) => !name.startsWith("."));
    return { real: await realpath(folder), names: visible.sort() };
  } catch (cause) {
    return `the folder cannot be opened: ${causeText(cause)}`;
  }
}
