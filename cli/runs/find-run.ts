import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { RUN_FILE } from "#cli/runs/run-folder.ts";
import type { RunRecord } from "#cli/runs/run-record.ts";
import { closestName } from "#engine/indicators/closest-name.ts";
import { DrydockError } from "#engine/errors.ts";

/** One word per line, the tags of a run; beside `run.json`, which never changes. */
export const TAGS_FILE = "tags.txt";

export interface FoundRun {
  readonly id: string;
  readonly path: string;
  readonly record: RunRecord;
  readonly tags: readonly string[];
}

/** All finished runs below a data folder, the oldest first. A folder without `run.json` was never finished. */
export function listRuns(dataDir: string): readonly FoundRun[] {
  const runs = join(dataDir, "runs");
  if (!existsSync(runs)) return [];
  const found: FoundRun[] = [];
  for (const id of readdirSync(runs)) {
    const path = join(runs, id);
    if (!existsSync(join(path, RUN_FILE))) continue;
    found.push({ id, path, record: readRecord(path), tags: readTags(path) });
  }
  return found.sort(
    (a, b) => compareText(a.record.startedAt, b.record.startedAt) || compareText(a.id, b.id),
  );
}

/**
 * The run that a word means: an id, a unique prefix, `@last`, `@-2` (the last but one) or a tag.
 * @throws E_UNKNOWN_RUN, listing the candidates of a prefix that several share
 */
export function findRun(dataDir: string, word: string): FoundRun {
  const runs = listRuns(dataDir);
  if (runs.length === 0) {
    throw new DrydockError("E_UNKNOWN_RUN", `There is no run "${word}": none was made here yet`, {
      hint: "drydock backtest sma-cross …, or drydock demo",
    });
  }
  const back = word === "@last" ? 1 : Number(/^@-(\d+)$/.exec(word)?.[1] ?? 0);
  const counted = back > 0 ? runs[runs.length - back] : undefined;
  const exact = counted ?? runs.find((run) => run.id === word);
  if (exact !== undefined) return exact;
  const matches = runs.filter((run) => run.tags.includes(word) || run.id.startsWith(word));
  const [only, second] = matches;
  if (only !== undefined && second === undefined) return only;
  const ids = matches.map((run) => run.id);
  const near = closestName(
    word,
    runs.map((run) => run.id),
  );
  throw new DrydockError(
    "E_UNKNOWN_RUN",
    ids.length > 1 ? `Several runs are meant by "${word}"` : `There is no run "${word}"`,
    {
      hint:
        ids.length > 1
          ? ids.slice(0, 8).join(", ")
          : near === undefined
            ? "@last is the newest"
            : `Did you mean "${near}"?`,
      or: "drydock runs ls",
    },
  );
}

export function removeRun(run: FoundRun): void {
  rmSync(run.path, { recursive: true });
}

function readRecord(path: string): RunRecord {
  const file = join(path, RUN_FILE);
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as RunRecord;
    if (record.format === 1) return record;
  } catch (cause) {
    throw new DrydockError("E_FILE_UNREADABLE", `"${file}" is no record of a run`, {
      hint: `Move ${path} away, or restore the file`,
      cause,
    });
  }
  throw new DrydockError("E_STORE_VERSION", `"${file}" was written by a newer drydock`, {
    hint: "Use the drydock that wrote it, or a newer one",
  });
}

function readTags(path: string): readonly string[] {
  const file = join(path, TAGS_FILE);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
