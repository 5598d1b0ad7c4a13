import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import {
  type Outcome,
  PINNED_NODE,
  parseDocument,
  spawnDrydock,
} from "#cli/testing/spawn-drydock.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "drydock-partial-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function drydock(...words: string[]): Promise<Outcome> {
  return spawnDrydock(words, { cwd: folder });
}

test("Ctrl-C in the middle of a backtest keeps a partial run and exits 130", async () => {
  writeFileSync(
    join(folder, "slow.ts"),
    `import { defineStrategy } from "drydock";
export const slow = defineStrategy({
  name: "slow",
  description: "Takes its time",
  onBar(ctx) {
    for (let i = 0, x = 0; i < 3e5; i++) x += Math.sqrt(i);
    if (ctx.position.isFlat) ctx.enterLong({ qty: 1 }); else ctx.exit();
  },
});
`,
  );
  await spawnDrydock(
    [
      "data",
      "generate",
      "--symbol",
      "SOLUSDT",
      "--interval",
      "1m",
      "--from",
      "2024-01-01",
      "--to",
      "2024-07-01",
    ],
    { cwd: folder },
  );
  // A run to the end beside it: it has no place where it ended.
  const market = ["--exchange", "synthetic", "--symbol", "SOLUSDT", "--interval", "1h"];
  const other = await drydock("backtest", "sma-cross", ...market, "--no-report");
  expect(other.exit).toBe(0);
  const words = [
    "backtest",
    "./slow.ts",
    "--exchange",
    "synthetic",
    "--symbol",
    "SOLUSDT",
    "--interval",
    "1m",
    "--progress",
    "json",
  ];
  const child = spawn(PINNED_NODE, [MAIN, ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  let stdout = "";
  let isStopped = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    // Some hundred bars in: the loop is at work, the market was loaded.
    const done = [...stderr.matchAll(/"phase":"backtest","done":(\d+)/g)].at(-1)?.[1];
    if (isStopped || Number(done ?? 0) < 300) return;
    isStopped = true;
    child.kill("SIGINT");
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const exit = await new Promise((resolve) => child.once("close", resolve));
  expect({ exit, isInterrupted: stderr.includes("Stopping after the step") }).toEqual({
    exit: 130,
    isInterrupted: true,
  });
  expect(stdout).toContain("partial-run");
  const runs = readdirSync(join(folder, ".drydock", "runs")).filter((id) => id.startsWith("slow-"));
  expect(runs).toHaveLength(1);
  const record = JSON.parse(
    readFileSync(join(folder, ".drydock", "runs", runs[0] as string, "run.json"), "utf8"),
  );
  expect(record.status).toBe("partial");
  expect(record.tradeCount).toBeGreaterThan(10);
  expect(record.end.bars).toBeLessThan(record.end.of);

  const verified = await drydock("verify", runs[0] as string, "--json");
  expect(parseDocument(verified)).toMatchObject({
    ok: true,
    data: { same: true, status: "partial", end: record.end },
  });
  const again = await drydock("report", runs[0] as string, "--out", join(folder, "again.html"));
  expect(again.exit).toBe(0);
  expect(again.stderr).not.toContain("does not come out");
  const shown = await drydock("runs", "show", runs[0] as string);
  expect(shown.stdout).toContain(`ended   ${record.end.time}, bar ${record.end.bars} of`);
  const listed = parseDocument(await drydock("runs", "ls", "--json"));
  const rows = (listed.data as { runs: { id: string; end?: object }[] }).runs;
  expect(rows.find(({ id }) => id === runs[0])?.end).toEqual(record.end);
  const whole = rows.find(({ id }) => id !== runs[0]);
  expect(whole).toBeDefined();
  expect(whole?.end).toBeUndefined();
});
