import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { createWorkspace, workspaceAt } from "./workspace.ts";

test("workspaceAt() is .drydock in the working folder, or where DRYDOCK_DIR says", () => {
  expect(workspaceAt("/somewhere")).toEqual({
    root: "/somewhere/.drydock",
    marketPath: "/somewhere/.drydock/market.duckdb",
    statePath: "/somewhere/.drydock/state.duckdb",
    livePath: "/somewhere/.drydock/live.duckdb",
    journalFolder: "/somewhere/.drydock/journal",
    cacheFolder: "/somewhere/.drydock/cache",
    runsFolder: "/somewhere/.drydock/runs",
  });
  expect(workspaceAt("/somewhere", { DRYDOCK_DIR: "/data/dd" }).root).toBe("/data/dd");
  expect(workspaceAt("/somewhere", { DRYDOCK_DIR: "../dd" }).root).toBe("/dd");
  expect(workspaceAt("/somewhere", { DRYDOCK_DIR: " " }).root).toBe("/somewhere/.drydock");
});

test("createWorkspace() makes the folder with a .gitignore and leaves one that is there alone", () => {
  const workspace = workspaceAt(join(temporaryFolder(), "deep", "er"));
  createWorkspace(workspace);
  const ignore = join(workspace.root, ".gitignore");
  expect(readFileSync(ignore, "utf8")).toBe("*\n");
  writeFileSync(ignore, "mine\n");
  createWorkspace(workspace);
  expect(readFileSync(ignore, "utf8")).toBe("mine\n");
});

test("createWorkspace() says when a file is in the way", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "plain"), "");
  expect(() => createWorkspace(workspaceAt(join(folder, "plain")))).toThrow(
    expect.objectContaining({ code: "E_NOT_WRITABLE" }),
  );
});
