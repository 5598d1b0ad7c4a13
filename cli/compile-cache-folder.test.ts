import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { compileCacheFolder } from "#cli/compile-cache-folder.ts";

test("the folder is made in the user's cache, and null where that is impossible", () => {
  const base = mkdtempSync(join(tmpdir(), "drydock-cache-"));
  try {
    const folder = compileCacheFolder({ XDG_CACHE_HOME: join(base, "new") });
    expect(folder).toBe(join(base, "new", "drydock", "compiled"));
    expect(existsSync(folder ?? "")).toBe(true);
    writeFileSync(join(base, "file"), "");
    expect(compileCacheFolder({ XDG_CACHE_HOME: join(base, "file") })).toBeNull();
    expect(compileCacheFolder({ XDG_CACHE_HOME: "/proc/nowhere" })).toBeNull();
  } finally {
    rmSync(base, { recursive: true });
  }
});
