/** A real file system without space: a small one in memory, mounted in a name space of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";

const NODE = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
const FILL = fileURLToPath(new URL("./testing/fill-disk.ts", import.meta.url));

/** Runs a program on a mounted folder; null where this machine lets nobody mount. */
function onSmallDisk(size: string, program: string): string | null {
  const mount = `mount -t tmpfs -o size=${size} tmpfs "$1"`;
  const run = (script: string) =>
    spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", temporaryFolder(), NODE, program], {
      encoding: "utf8",
    });
  if (run(mount).status !== 0) return null;
  const { stdout, stderr, status } = run(`${mount} && exec "$2" "$3" "$1/journal"`);
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

test.each(["200k", "300k", "1m"])("a disk of %s: the ballast lets closes through", (size) => {
  const printed = onSmallDisk(size, FILL);
  if (printed === null) console.log("No small file system can be mounted here: left out");
  const seen = JSON.parse(printed ?? "null") as Record<string, number> | null;
  if (seen === null) return;
  console.log(`${size}: ${printed?.trim()}`);
  expect(seen).toMatchObject({ startedFull: false, code: "E_DISK_FULL", isStillFull: true });
  // 64 KiB of ballast, about 620 bytes a record.
  expect(seen["afterFull"]).toBeGreaterThan(80);
  expect(seen["recovered"]).toBeGreaterThanOrEqual(seen["acknowledged"] as number);
});
