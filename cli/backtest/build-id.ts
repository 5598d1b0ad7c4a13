import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { sha256Hex } from "#data/hashes/sha256.ts";

/** Folders whose code decides what a run gives. */
const DECIDING = ["engine", "sim", "strategies"];
/** Sources, or what a build made of them. */
const CODE = /(?<!\.d)\.[jt]s$/;
/** Written by the build beside the compiled code, so that a package and the sources it was made from agree. */
export const BUILD_ID_FILE = "build-id.txt";

let known: string | undefined;

/** A short hash of the code that decides results: the sources' in a clone, the recorded one in a package. */
export function buildId(): string {
  known ??= readBuildId(fileURLToPath(new URL("../../", import.meta.url)));
  return known;
}

function readBuildId(root: string): string {
  const recorded = join(root, BUILD_ID_FILE);
  return existsSync(recorded) ? readFileSync(recorded, "utf8").trim() : hashSources(root);
}

/** SHA-256 (first 16 hex digits) over the sorted paths and contents of the sources of some folders, tests left out. */
export function hashSources(root: string, folders: readonly string[] = DECIDING): string {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
        .filter(
          (path) => CODE.test(path) && !/\.test\.[jt]s$/.test(path) && !path.includes("/testing/"),
        ),
    )
    .sort();
  const parts = files.map((path) => `${path}\n${sha256Hex(readFileSync(join(root, path)))}\n`);
  return sha256Hex(parts.join("")).slice(0, 16);
}
