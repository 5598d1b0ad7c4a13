import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { DiskFailed } from "./disk.ts";
import { nodeDisk } from "./node-disk.ts";

test.each([0, 1, 1_048_576, 2_500_001])("rewrite() leaves a file of %d bytes as it was", (size) => {
  const folder = temporaryFolder();
  const path = join(folder, "file");
  const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31) ^ (at >> 11)));
  writeFileSync(path, bytes);
  nodeDisk.rewrite(path);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(() => nodeDisk.rewrite(join(folder, "other"))).toThrow(DiskFailed);
});
