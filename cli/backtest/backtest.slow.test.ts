import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { RunDocument } from "#cli/backtest/run-document.ts";
import {
  type Outcome,
  PINNED_NODE,
  parseDocument,
  spawnDrydock,
} from "#cli/testing/spawn-drydock.ts";

const MARKET = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
const GENERATE = [
  "data",
  "generate",
  "--symbol",
  "BTCUSDT",
  "--from",
  "2024-01-01",
  "--to",
  "2024-07-01",
];

let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-run-"));
  const { exit, stderr } = await drydock(...GENERATE);
  if (exit !== 0) throw new Error(stderr);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function drydock(...words: string[]): Promise<Outcome> {
  return spawnDrydock(words, { cwd: folder });
}

async function backtestJson(
  words: readonly string[],
  env: Record<string, string> = {},
  cwd = folder,
): Promise<RunDocument> {
  const outcome = await spawnDrydock(["backtest", ...words, "--json"], { cwd, env });
  const document = parseDocument(outcome);
  expect(document.ok).toBe(true);
  return document.data as RunDocument;
}

async function failure(...words: string[]): Promise<{ exit: number; code: string; text: string }> {
  const outcome = await drydock(...words, "--json");
  const document = parseDocument(outcome);
  expect(document.ok).toBe(false);
  expect(document.error?.exit).toBe(outcome.exit);
  return {
    exit: outcome.exit,
    code: document.error?.code ?? "",
    text: JSON.stringify(document.error),
  };
}

test("the same run has the same hashes twice, in another folder, zone and locale", async () => {
  const first = await backtestJson(["sma-cross", ...MARKET]);
  const second = await backtestJson(["sma-cross", ...MARKET], {
    TZ: "America/St_Johns",
    LC_ALL: "tr_TR.UTF-8",
    LANG: "ar_EG",
  });
  const other = mkdtempSync(join(tmpdir(), "drydock-elsewhere-"));
  try {
    expect((await spawnDrydock(GENERATE, { cwd: other })).exit).toBe(0);
    const third = await backtestJson(["sma-cross", ...MARKET], { TZ: "Asia/Kathmandu" }, other);
    for (const run of [second, third]) {
      expect(run.run.traceHash).toBe(first.run.traceHash);
      expect(run.run.runHash).toBe(first.run.runHash);
      expect(run.run.dataFingerprint).toBe(first.run.dataFingerprint);
      expect(run.summary).toEqual(first.summary);
      expect(run.trades).toEqual(first.trades);
    }
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
  expect(first.trades.length).toBeGreaterThan(20);
  expect(first.run.id).toMatch(/^sma-cross-[0-9a-f]{8}-1$/);
  expect(second.run.id).toBe(first.run.id.replace(/1$/, "2"));
});

test("verify agrees with a run, and names series and month of one candle changed by one tick", async () => {
  const run = await backtestJson(["sma-cross", ...MARKET]);
  const agreed = parseDocument(await drydock("verify", run.run.id, "--json"));
  expect(agreed.ok).toBe(true);
  expect(agreed.data).toMatchObject({ same: true });

  const changed = mkdtempSync(join(tmpdir(), "drydock-changed-"));
  try {
    await spawnDrydock(GENERATE, { cwd: changed });
    const before = await backtestJson(["sma-cross", ...MARKET], {}, changed);
    await changeOneTick(changed);
    const outcome = await spawnDrydock(["verify", before.run.id, "--json"], { cwd: changed });
    expect(outcome.exit).toBe(7);
    const { data } = parseDocument(outcome) as {
      data: { comparisons: { what: string; same: boolean; where: string[] }[] };
    };
    const part = (what: string) => data.comparisons.find((one) => one.what === what);
    expect(part("dataFingerprint")?.same).toBe(false);
    expect(part("dataFingerprint")?.where).toEqual([
      "synthetic BTCUSDT 1h candles 2024-03 changed",
    ]);
    expect(part("build")?.same).toBe(true);
    expect(part("config")?.same).toBe(true);
    const after = await backtestJson(["sma-cross", ...MARKET], {}, changed);
    expect(after.run.dataFingerprint).not.toBe(before.run.dataFingerprint);
    expect(after.run.runHash).not.toBe(before.run.runHash);
  } finally {
    rmSync(changed, { recursive: true, force: true });
  }
});

/** Exports the candles, raises one close in March by a tick, and imports them over the stored ones. */
async function changeOneTick(cwd: string): Promise<void> {
  const key = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
  const file = join(cwd, "candles.csv");
  const exported = await spawnDrydock(["data", "export", ...key, "--out", file], { cwd });
  expect(exported.stderr + exported.stdout).not.toContain("error");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const header = (lines[0] ?? "").split(",");
  const at = lines.findIndex((line) => line.startsWith("2024-03-10T05:00"));
  expect(at).toBeGreaterThan(0);
  const cells = (lines[at] ?? "").split(",");
  const [high, low, close] = ["high", "low", "close"].map((name) => header.indexOf(name)) as [
    number,
    number,
    number,
  ];
  // Inside the candle, so that it stays a valid one.
  const step = Number(cells[close]) < Number(cells[high]) ? 0.1 : -0.1;
  expect(Number(cells[close]) + step).toBeGreaterThanOrEqual(Number(cells[low]));
  cells[close] = (Number(cells[close]) + step).toFixed(1);
  lines[at] = cells.join(",");
  writeFileSync(file, `${lines.join("\n")}\n`);
  const imported = await spawnDrydock(["data", "import", file, ...key, "--replace"], { cwd });
  expect(imported.exit).toBe(0);
}

test("a strategy file of one's own runs without a build and is part of the run hash", async () => {
  const own = join(folder, "own.ts");
  const source = (period: number): string => `
import { crossedAbove, crossedBelow, defineStrategy, param, sma } from "drydock";
export const own = defineStrategy({
  name: "own",
  description: "A cross of price and average",
  params: { period: param.int(${period}, { min: 2, max: 100 }) },
  indicators: ({ params }) => ({ average: sma(params.period), price: sma(1) }),
  onBar(ctx) {
    if (crossedAbove(ctx.indicators.price, ctx.indicators.average)) ctx.enterLong({ qty: ctx.size.percentOfEquity(20) });
    else if (crossedBelow(ctx.indicators.price, ctx.indicators.average)) ctx.exit({ tag: "below" });
  },
});
`;
  writeFileSync(own, source(20));
  const first = await backtestJson(["./own.ts", ...MARKET]);
  expect(first.trades.length).toBeGreaterThan(10);
  expect(first.trades.every((trade) => trade.side === "long")).toBe(true);
  expect(first.config.params).toEqual({ period: 20 });
  writeFileSync(own, `${source(20)}// a comment\n`);
  const second = await backtestJson(["./own.ts", ...MARKET]);
  expect(second.run.traceHash).toBe(first.run.traceHash);
  expect(second.run.runHash).not.toBe(first.run.runHash);
});

test.each([
  [
    "an unknown strategy",
    ["backtest", "sma-cros", ...MARKET],
    2,
    "E_UNKNOWN_STRATEGY",
    "sma-cross",
  ],
  [
    "an unknown parameter",
    ["backtest", "sma-cross", ...MARKET, "--param", "fats=3"],
    2,
    "E_UNKNOWN_PARAM",
    "fast",
  ],
  [
    "a parameter out of range",
    ["backtest", "sma-cross", ...MARKET, "--param", "fast=0"],
    2,
    "E_PARAM_RANGE",
    "from 1 to",
  ],
  [
    "a symbol without data",
    ["backtest", "sma-cross", "--exchange", "synthetic", "--symbol", "BTCUSD", "--interval", "1h"],
    4,
    "E_DATA_MISSING",
    "BTCUSDT",
  ],
  [
    "an interval the data can not give",
    ["backtest", "sma-cross", "--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "5m"],
    4,
    "E_DATA_INTERVAL",
    "1h",
  ],
  [
    "a period outside the data",
    ["backtest", "sma-cross", ...MARKET, "--from", "2030-01-01"],
    4,
    "E_DATA_PERIOD",
    "2024-07-01",
  ],
  [
    "a missing file",
    ["backtest", "sma-cross", "--file", "nowhere.csv"],
    4,
    "E_FILE_MISSING",
    "nowhere.csv",
  ],
  [
    "a missing strategy file",
    ["backtest", "./nowhere.ts", ...MARKET],
    4,
    "E_FILE_MISSING",
    "nowhere.ts",
  ],
  ["an unknown run", ["verify", "nothing-1"], 2, "E_UNKNOWN_RUN", "nothing-1"],
  [
    "leverage above the contract's",
    ["backtest", "sma-cross", ...MARKET, "--leverage", "500"],
    2,
    "E_USAGE",
    "100",
  ],
  ["neither symbol nor file", ["backtest", "sma-cross"], 2, "E_USAGE", "--symbol"],
] as const)(
  "%s is told with code, exit and the next step",
  async (_name, words, exit, code, hint) => {
    const told = await failure(...words);
    expect(told).toMatchObject({ exit, code });
    expect(told.text).toContain(hint);
  },
);

test("a strategy that throws ends with exit 6, its own line and the bar", async () => {
  writeFileSync(
    join(folder, "throws.ts"),
    `import { defineStrategy } from "drydock";
export const throws = defineStrategy({
  name: "throws",
  description: "",
  onBar(ctx) {
    if (ctx.bar.count === 100) throw new Error("on purpose");
  },
});
`,
  );
  const told = await failure("backtest", "./throws.ts", ...MARKET);
  expect(told).toMatchObject({ exit: 6, code: "E_STRATEGY_THREW" });
  expect(told.text).toContain("throws.ts:6");
  expect(told.text).toContain("on purpose");
  const outcome = await drydock("backtest", "./throws.ts", ...MARKET);
  expect(outcome.stderr).toContain(
    '> 6 |     if (ctx.bar.count === 100) throw new Error("on purpose");',
  );
  expect(outcome.stderr).toContain("2024-01-05T04:00:00.000Z");
});

test("a strategy file with a syntax error ends with exit 3 and the line", async () => {
  writeFileSync(
    join(folder, "broken.ts"),
    'import { defineStrategy } from "drydock";\n\nexport const x = = 3;\n',
  );
  const told = await failure("backtest", "./broken.ts", ...MARKET);
  expect(told).toMatchObject({ exit: 3, code: "E_STRATEGY_FILE" });
  expect(told.text).toContain("broken.ts");
});

test("a corrupt store and a store that another process holds are told and left alone", async () => {
  const broken = mkdtempSync(join(tmpdir(), "drydock-corrupt-"));
  try {
    mkdirSync(join(broken, ".drydock"));
    writeFileSync(join(broken, ".drydock", "market.duckdb"), "this is no database ".repeat(1000));
    const outcome = await spawnDrydock(["backtest", "sma-cross", ...MARKET, "--json"], {
      cwd: broken,
    });
    expect(outcome.exit).toBe(4);
    expect(parseDocument(outcome).error?.code).toBe("E_STORE_CORRUPT");
    expect(readFileSync(join(broken, ".drydock", "market.duckdb"), "utf8")).toContain(
      "this is no database",
    );
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
  const holder = spawn(
    PINNED_NODE,
    [
      "--input-type=module",
      "-e",
      `import { DuckDBInstance } from "@duckdb/node-api";
     const db = await DuckDBInstance.create(${JSON.stringify(join(folder, ".drydock", "market.duckdb"))});
     console.log("held");
     setTimeout(() => db.closeSync(), 20000);`,
    ],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const told = await failure("backtest", "sma-cross", ...MARKET);
    expect(told).toMatchObject({ exit: 4, code: "E_STORE_LOCKED" });
    expect(told.text).toContain(String(holder.pid));
  } finally {
    holder.kill("SIGKILL");
  }
});
