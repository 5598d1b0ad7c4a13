import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

const GOOD = `import { defineStrategy } from "drydock";
export const good = defineStrategy({ name: "good", onBar() {} });\n`;
const BROKEN = `import { defineStrategy } from "drydock";\n\nexport const bad = = 3;\n`;

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

/** The exit code and the checks of strategies in a workspace with these files. */
async function strategyChecks(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "drydock-doctor-"));
  try {
    mkdirSync(join(folder, "strategies"));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const outcome = await spawnDrydock(["doctor", "--json"], { cwd: folder });
    const { checks } = parseDocument(outcome).data as { checks: Check[] };
    return { exit: outcome.exit, checks: checks.filter(({ name }) => name === "strategies") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("strategies that compile pass, tests beside them are not loaded", async () => {
  const { exit, checks } = await strategyChecks({
    "drydock.yaml": "strategy: ./strategies/good.ts\n",
    "strategies/good.ts": GOOD,
    "strategies/levels.ts": "export const level = 3;\n",
    "strategies/good.test.ts": BROKEN,
  });
  expect(exit).toBe(0);
  expect(checks).toMatchObject([{ status: "pass" }]);
  expect(checks[0]?.message).toContain("strategies/good.ts (configured), strategies/levels.ts");
});

test("a syntax error in strategies/ is a failed check with file and line", async () => {
  const { exit, checks } = await strategyChecks({
    "strategies/broken.ts": BROKEN,
    "strategies/good.ts": GOOD,
  });
  expect(exit).toBe(3);
  expect(checks).toMatchObject([{ status: "fail" }]);
  expect(checks[0]?.message).toMatch(/"broken\.ts":3.*strategies\/broken\.ts:3\)$/);
});

test("a configured strategy that does not exist is a failed check", async () => {
  const { exit, checks } = await strategyChecks({ "drydock.yaml": "strategy: sma-cros\n" });
  expect(exit).toBe(3);
  expect(checks).toMatchObject([{ status: "fail", message: 'Unknown strategy "sma-cros"' }]);
});
