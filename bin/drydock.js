#!/usr/bin/env node
// Starts drydock on the pinned Node: machines often come with an older one, which can not run TypeScript, and
// results are promised for one version only.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MAJOR = 24;
/** Commands that load a strategy file. */
const USER_CODE = ["backtest", "bt", "verify", "report", "strategy", "doctor", "sim"];
/** Asked at every Tab: `cli/completion/complete-word.ts`. */
const COMPLETE_WORD = "--complete";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "cli", "main.ts");
const entry = existsSync(source) ? source : join(root, "dist", "cli", "main.js");
const pinned = findPinned();

const isRightNode = pinned === null || pinned.version === process.version;
if (isRightNode && Number(process.versions.node.split(".")[0]) !== NODE_MAJOR) {
  fail(
    `drydock runs on Node ${NODE_MAJOR}, this is ${process.version} and the pinned one is not installed`,
  );
}
// Code of a user may never come back, and a process that is busy hears no signal: then somebody else has to.
const words = process.argv.slice(2);
const runsUserCode =
  words.some((word) => USER_CODE.includes(word)) &&
  words[0] !== COMPLETE_WORD &&
  !words.some((word) => word === "--help" || word === "-h");
if (isRightNode && !runsUserCode) {
  await import(pathToFileURL(entry).href);
} else {
  const { supervise } = await import("./supervise.js");
  supervise(pinned?.path ?? process.execPath, entry, words, fail);
}

/** The Node that comes as the package `node`; null where its install script did not run. */
function findPinned() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const name = process.platform === "win32" ? "node.exe" : "node";
    const path = join(folder, "bin", name);
    if (!existsSync(path)) return null;
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { path, version: `v${version}` };
  } catch {
    return null;
  }
}

function fail(message) {
  process.stderr.write(`error E_NODE_VERSION  ${message}\n  fix    npm rebuild node\n`);
  process.exit(1);
}
