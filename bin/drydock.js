#!/usr/bin/env node
// Starts drydock on the pinned Node: machines often come with an older one, which can not run TypeScript.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "cli", "main.ts");
const entry = existsSync(source) ? source : join(root, "dist", "cli", "main.js");

if (Number(process.versions.node.split(".")[0]) === NODE_MAJOR) {
  await import(pathToFileURL(entry).href);
} else {
  const pinned = join(
    dirname(createRequire(import.meta.url).resolve("node/package.json")),
    "bin",
    "node",
  );
  if (!existsSync(pinned)) {
    process.stderr.write(
      `error E_NODE_VERSION  drydock runs on Node ${NODE_MAJOR}, this is ${process.version} and the pinned one is not installed\n` +
        "  fix    npm rebuild node\n",
    );
    process.exit(1);
  }
  const child = spawn(pinned, [entry, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both processes: the child decides, this one waits for its answer.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0));
  });
}
