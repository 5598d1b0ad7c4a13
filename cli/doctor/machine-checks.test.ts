import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  checkDisk,
  checkEnvironment,
  checkNode,
  checkTerminal,
  checkTimeZone,
  checkWorkspace,
} from "#cli/doctor/machine-checks.ts";

test.each([
  { version: "v24.21.0", status: "pass" },
  { version: "v24.1.0", status: "warn" },
  { version: "v20.20.2", status: "fail" },
])("Node $version: $status", ({ version, status }) => {
  expect(checkNode(version).status).toBe(status);
});

test("a variable that is no setting is named, with what was meant", () => {
  expect(checkEnvironment({ DRYDOCK_SEED: "1", DRYDOCK_KEY: "x", PATH: "y" })).toMatchObject({
    status: "pass",
  });
  expect(checkEnvironment({ DRYDOCK_FILLAT: "close" })).toEqual({
    name: "environment",
    status: "warn",
    message: "DRYDOCK_FILLAT: no such setting, so it does nothing",
    fix: "Did you mean DRYDOCK_FILL_AT?",
  });
});

test("a folder that is not there yet counts by the one above it", () => {
  const folder = mkdtempSync(join(tmpdir(), "drydock-doctor-"));
  try {
    expect(checkWorkspace(folder)).toMatchObject({ status: "pass", message: folder });
    expect(checkWorkspace(join(folder, "a", "b")).message).toContain(`to be made in ${folder}`);
    expect(checkDisk(join(folder, "a")).message).toMatch(/^\d+\.\d GB free$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  { stream: { isTTY: false }, env: {}, status: "skip" },
  { stream: { isTTY: true, columns: 120 }, env: {}, status: "pass" },
  { stream: { isTTY: true, columns: 40 }, env: {}, status: "warn" },
  { stream: { isTTY: true, columns: 0 }, env: {}, status: "pass" },
  { stream: { isTTY: true, columns: 120 }, env: { TERM: "dumb" }, status: "pass" },
])("terminal $stream $env: $status", ({ stream, env, status }) => {
  expect(checkTerminal(stream, env).status).toBe(status);
});

test("the time zone is told, and is never a fault", () => {
  expect(checkTimeZone().status).toBe("pass");
});
