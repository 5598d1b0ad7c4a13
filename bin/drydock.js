#!/usr/bin/env node
// Starts drydock on the pinned Node: machines often come with an older one, which can not run TypeScript, and
// results are promised for one version only.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "cli", "main.ts");
const entry = existsSync(source) ? source : join(root, "dist", "cli", "main.js");
const pinned = findPinned();

if (pinned !== null && pinned.version !== process.version) startOn(pinned.path);
else if (Number(process.versions.node.split(".")[0]) === NODE_MAJOR)
  await import(pathToFileURL(entry).href);
else
  fail(
    `drydock runs on Node ${NODE_MAJOR}, this is ${process.version} and the pinned one is not installed`,
  );

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

function startOn(node) {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: "inherit" });
  // The child decides what a signal means and this process waits for its answer. A terminal sends Ctrl-C to both,
  // so the child hears it twice within milliseconds and takes that for one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(`Cannot start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0));
  });
}

function fail(message) {
  process.stderr.write(`error E_NODE_VERSION  ${message}\n  fix    npm rebuild node\n`);
  process.exit(1);
}
