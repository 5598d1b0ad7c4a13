import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { BUILD_ID_FILE, hashSources } from "#cli/backtest/build-id.ts";

/** Folders whose code decides what a simulated run gives. */
const DECIDING = ["engine", "sim", "strategies", "data", "live"];
/** Digits of the hash that are shown and compared. */
const DIGITS = 12;

let known: string | undefined;

/** A short hash of the code that decides what a seed gives: the same seed gives the same run under the same build. */
export function simBuild(): string {
  known ??= readBuild(fileURLToPath(new URL("../../", import.meta.url)));
  return known;
}

function readBuild(root: string): string {
  const recorded = join(root, BUILD_ID_FILE);
  const id = existsSync(recorded)
    ? readFileSync(recorded, "utf8").trim()
    : hashSources(root, DECIDING);
  return id.slice(0, DIGITS);
}
