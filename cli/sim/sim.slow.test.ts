/** The commands of the fault simulator as a user meets them: batches, replays, small scenarios, bad input, Ctrl-C. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { BatchDocument } from "#cli/sim/batch-document.ts";
import { simBuild } from "#cli/sim/sim-build.ts";
import {
  type Outcome,
  PINNED_NODE,
  parseDocument,
  spawnDrydock,
} from "#cli/testing/spawn-drydock.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const CANARY = ["--canary", "retries-without-look-up"];
let folder = "";
const drydock = (...words: string[]): Promise<Outcome> => spawnDrydock(words, { cwd: folder });

async function batchOf(...words: string[]): Promise<{ exit: number; data: BatchDocument }> {
  const outcome = await drydock("sim", "run", ...words, "--json");
  return { exit: outcome.exit, data: parseDocument(outcome).data as BatchDocument };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drydock-sim-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("sim run", () => {
  test("the runs of every change: regressions and 300 seeds of the swarm, three times each", {
    timeout: 600_000,
  }, async () => {
    const { exit, data } = await batchOf("--seeds", "300", "--profile", "swarm");
    expect(data.failures.map(({ invariant, replay }) => `${invariant} ${replay}`)).toEqual([]);
    expect(data).toMatchObject({ passed: true, seeds: 300, runs: 900, runsPerSeed: 3, failed: 0 });
    expect(data.regressions.length).toBeGreaterThan(0);
    expect(data.virtualHours).toBeGreaterThan(24);
    expect(exit).toBe(0);
  });

  test("the result does not depend on the number of threads", async () => {
    const words = ["--seeds", "6", "--seed", "40", "--minutes", "10", "--single"];
    const one = await batchOf(...words, "--jobs", "1");
    const three = await batchOf(...words, "--jobs", "3");
    expect(three.data).toEqual(one.data);
  });

  test("every profile runs; without faults nothing is missed", async () => {
    for (const profile of ["lite", "crash", "live-parity"]) {
      const { exit, data } = await batchOf(
        "--profile",
        profile,
        "--seeds",
        "3",
        "--minutes",
        "10",
        "--jobs",
        "1",
      );
      expect({ exit, profile: data.profile, seeds: data.seeds }).toEqual({
        exit: 0,
        profile,
        seeds: 3,
      });
      const zeros = profile === "live-parity" ? data.zeros : [];
      expect(zeros).toEqual([]);
    }
  });

  test("a planted bug: exit 7, and a person reads what, where, when and how to see it again", async () => {
    const out = join(folder, "out");
    const { stdout, exit } = await drydock(
      "sim",
      "run",
      ...CANARY,
      "--seeds",
      "2",
      "--jobs",
      "1",
      "--single",
      "--out",
      out,
    );
    expect(exit).toBe(7);
    const order = [
      "FAILED  I1",
      "seed     1",
      `build    ${simBuild()}`,
      "time     2024-01-01T",
      "records  the last ",
      `drydock sim replay 1@${simBuild()} --canary`,
    ];
    const places = order.map((text) => stdout.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(existsSync(join(out, "seed-1.txt"))).toBe(true);
    expect(JSON.parse(readFileSync(join(out, "sim-run.json"), "utf8"))).toMatchObject({
      passed: false,
    });
  });

  test.each([
    [["--profile", "storm"], "swarm, lite, crash, live-parity"],
    [["--seed", "-4"], '"-4" is no seed'],
    [["--seed", "18446744073709551616"], "is no seed"],
    [["--seeds", "0"], "--seeds"],
    [["--canary", "none"], 'no planted bug "none"'],
    [["--data", "synthetic"], "--data goes with --strategy"],
    [["--strategy", "sma-cross", ...CANARY], "--canary plants a bug under the workload"],
    [["--strategy", "no-such-strategy", "--data", "synthetic"], "no-such-strategy"],
    [["--strategy", "sma-cross"], "Which market?"],
    [["--strategy", "sma-cross", "--data", "BTCUSDT"], "names no candles"],
    [["--strategy", "sma-cross", "--data", "synthetic", "--param", "fsat=3"], "fsat"],
  ])("%j is refused: exit 2", async (words, message) => {
    const { stderr, exit } = await drydock("sim", "run", "--seeds", "1", ...words);
    expect(stderr).toContain(message);
    expect(exit).toBe(2);
  });

  test("a strategy file or a store that is not there: exit 4", async () => {
    const missing = await drydock("sim", "run", "--strategy", "./none.ts", "--data", "synthetic");
    expect(missing.stderr).toContain("none.ts");
    expect(missing.exit).toBe(4);
    const empty = await drydock(
      "sim",
      "run",
      "--strategy",
      "sma-cross",
      "--data",
      "bybit:BTCUSDT:1h",
    );
    expect(empty.stderr).toContain("drydock data");
    expect(empty.exit).toBe(4);
  });

  test("Ctrl-C ends it with what is done so far", async () => {
    const words = [
      MAIN,
      "sim",
      "run",
      "--seeds",
      "100000",
      "--single",
      "--jobs",
      "1",
      "--json",
      "--progress",
      "json",
    ];
    const child = spawn(PINNED_NODE, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let isSent = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (isSent || !/"phase":"seeds","done":[2-9]/.test(stderr)) return;
      isSent = true;
      child.kill("SIGINT");
    });
    const exit = await new Promise<number>((resolve) => {
      child.once("close", (code) => resolve(code ?? -1));
    });
    expect(exit).toBe(130);
    const { data } = parseDocument({ stdout, stderr, exit });
    const { seeds, seedsWanted } = data as BatchDocument;
    expect(seedsWanted).toBe(100_000);
    expect(seeds).toBeGreaterThanOrEqual(2);
    expect(seeds).toBeLessThan(1_000);
  });
});

describe("sim replay", () => {
  test("a failing seed fails again at the same record with the same hash, in another process", async () => {
    const { data } = await batchOf(...CANARY, "--seeds", "1", "--jobs", "1", "--single");
    const [failure] = data.failures;
    const named = `1@${data.build}`;
    const again = await drydock("sim", "replay", named, ...CANARY, "--json");
    expect(again.exit).toBe(7);
    const first = { invariant: "I1", record: failure?.record, message: failure?.message };
    expect(parseDocument(again).data).toMatchObject({
      hash: failure?.hash,
      // One callback may break a rule more than once.
      violations: expect.arrayContaining([expect.objectContaining(first)]),
      lastRecords: failure?.lastRecords,
    });
  });

  test("until a record, with every record as a line", async () => {
    const words = ["sim", "replay", "3", "--minutes", "10", "--until", "80", "--trace"];
    const { stdout, exit } = await drydock(...words);
    expect(exit).toBe(0);
    const lines = stdout.split("\n").filter((line) => /^ +\d+ {2}2024-/.test(line));
    expect(lines).toHaveLength(80);
    expect(lines[79]).toMatch(/^ +80 {2}2024-01-01T/);
    const json = parseDocument(await drydock(...words, "--json"));
    expect(json.data).toMatchObject({ stoppedAt: 80, trace: lines });
  });

  test("another build is refused with exit 9, and run with --any-build and a warning", async () => {
    const refused = await drydock("sim", "replay", "3@deadbeefdead", "--minutes", "5");
    expect(refused.exit).toBe(9);
    expect(refused.stderr).toContain("under build deadbeefdead, and this is build");
    const run = await drydock(
      "sim",
      "replay",
      "3@deadbeefdead",
      "--minutes",
      "5",
      "--any-build",
      "--json",
    );
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain("other-build");
  });

  test.each(["seventeen", "17@", "-1", "17@no"])("%j names no seed: exit 2", async (text) => {
    const { stderr, exit } = await drydock("sim", "replay", `--any-build`, "--", text);
    expect(stderr).toContain("names no seed of a build");
    expect(exit).toBe(2);
  });
});

describe("sim shrink", () => {
  test("a planted bug becomes a test file of at most 15 events that fails by the same invariant", async () => {
    const file = join(folder, "small.test.ts");
    const outcome = await drydock(
      "sim",
      "shrink",
      `1@${simBuild()}`,
      ...CANARY,
      "--out",
      file,
      "--json",
    );
    expect(outcome.exit).toBe(0);
    const { data } = parseDocument(outcome) as {
      data: { events: number; invariant: string; plan: object };
    };
    expect(data.invariant).toBe("I1");
    expect(data.events).toBeLessThanOrEqual(15);
    const text = readFileSync(file, "utf8");
    expect(text).toContain('import { expect, test } from "vitest"');
    expect(text).toContain('runPlan(PLAN, { canary: "retries-without-look-up" })');
    const again = await import("#live/faults/batch/run-plan.ts");
    const [violation] = again.runPlan(data.plan as never, { canary: CANARY[1] }).violations;
    expect(violation?.invariant).toBe("I1");
    expect(again.runPlan(data.plan as never).violations).toEqual([]);
  });

  test("a seed that holds: exit 7, nothing to make small", async () => {
    const { stderr, exit } = await drydock("sim", "shrink", "3", "--minutes", "5");
    expect(stderr).toContain("does not fail");
    expect(exit).toBe(7);
  });
});

describe("sim run --strategy", () => {
  const DAY = [
    "--data",
    "synthetic",
    "--interval",
    "5m",
    "--minutes",
    "240",
    "--jobs",
    "1",
    "--seeds",
    "2",
  ];

  test("a strategy of one's own: verdict, days beside calm ones, one page", async () => {
    writeFileSync(
      join(folder, "good.ts"),
      `import { defineStrategy } from "drydock";
export const good = defineStrategy({ name: "good", onBar: (ctx) => {
  const isOdd = Math.floor(ctx.bar.time / 1_800_000) % 2 === 1;
  if (!ctx.position.isFlat && isOdd) ctx.exit();
  if (ctx.position.isFlat && !isOdd) ctx.enterLong({ qty: ctx.size.percentOfEquity(20), stopLoss: ctx.bar.close * 0.97 });
} });\n`,
    );
    const out = join(folder, "good");
    const { exit, data } = await batchOf(
      "--strategy",
      "./good.ts",
      ...DAY,
      "--single",
      "--out",
      out,
    );
    expect(data.failures.map(({ invariant, message }) => `${invariant} ${message}`)).toEqual([]);
    expect(exit).toBe(0);
    const { strategy } = data;
    expect(strategy).toMatchObject({
      name: "good",
      exceptions: [],
      doubledOrders: 0,
      unknownsLeft: 0,
    });
    expect(strategy?.days).toHaveLength(2);
    expect(strategy?.orders).toBeGreaterThan(0);
    for (const day of strategy?.days ?? []) {
      expect(day.calm.orders).toBeGreaterThan(0);
      expect(day.difference).toBeCloseTo(day.pnl - day.calm.pnl, 5);
    }
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("<h1>good</h1>");
  });

  test("one that throws: exit 6 with the user's line", async () => {
    writeFileSync(
      join(folder, "throws.ts"),
      `import { defineStrategy } from "drydock";
export const s = defineStrategy({ name: "throws", onBar: (ctx) => {
  if (ctx.bar.count > 60) throw new Error("no more");
} });\n`,
    );
    const words = ["--strategy", "./throws.ts", ...DAY, "--single", "--profile", "live-parity"];
    const { exit, data } = await batchOf(...words);
    expect(data.strategy).toMatchObject({ verdict: "failed" });
    expect(data.strategy?.exceptions).toMatchObject([
      { message: "Error: no more", place: "throws.ts:3:33", alsoWithoutFaults: true },
    ]);
    expect(data.strategy?.advice[0]).toContain("Mend throws.ts:3:33");
    expect(exit).toBe(6);
  });

  test("one that draws at random is not repeatable: I38, exit 7", async () => {
    writeFileSync(
      join(folder, "random.ts"),
      `import { defineStrategy } from "drydock";
export const s = defineStrategy({ name: "random", onBar: (ctx) => {
  if (Math.random() < 0.3) ctx.enterLong({ qty: ctx.size.percentOfEquity(5 + 10 * Math.random()) });
} });\n`,
    );
    const { exit, data } = await batchOf("--strategy", "./random.ts", ...DAY);
    expect(exit).toBe(7);
    expect(data.failures[0]).toMatchObject({ invariant: "I38", moment: "D" });
    expect(data.strategy?.advice.join()).toContain("no Math.random");
  });

  test("on candles of a file", async () => {
    const rows = Array.from({ length: 900 }, (_, at) => {
      const price = 100 + 5 * Math.sin(at / 40);
      const time = Date.UTC(2024, 0, 1) + at * 300_000;
      return [time, price, price + 0.2, price - 0.2, price + 0.1, 1_000]
        .map((one) => (one > 1e9 ? one : one.toFixed(2)))
        .join(",");
    });
    writeFileSync(
      join(folder, "BTCUSDT_5m.csv"),
      ["time,open,high,low,close,volume", ...rows].join("\n"),
    );
    const words = [
      "--strategy",
      "sma-cross",
      "--file",
      "BTCUSDT_5m.csv",
      "--minutes",
      "600",
      "--seeds",
      "1",
    ];
    const { data } = await batchOf(...words, "--single", "--jobs", "1", "--profile", "lite");
    expect(data.strategy).toMatchObject({ name: "sma-cross", interval: "5m", isSynthetic: false });
    expect(data.strategy?.days[0]?.calm.orders).toBeGreaterThan(0);
  });
});
