import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  type Outcome,
  PINNED_NODE,
  parseDocument,
  spawnDrydock,
} from "#cli/testing/spawn-drydock.ts";
import { runKernel } from "#engine/indicators/kernel.ts";
import { rsi } from "#engine/indicators/rsi.ts";
import { makeBars } from "#engine/market/bars.ts";

const START = Date.parse("2024-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
const COUNT = 400;

const ESCAPE_OR_CUT = new RegExp(`${String.fromCharCode(27)}|…`);

let folder = "";

/** A close that wanders without any randomness. */
function closeAt(index: number): number {
  return Number((100 + 10 * Math.sin(index / 9) + (index % 7) * 0.3).toFixed(2));
}

function csv(from: number, to: number, volume = 10): string {
  const lines = ["timestamp,open,high,low,close,volume"];
  for (let index = from; index < to; index++) {
    const [open, close] = [closeAt(index - 1), closeAt(index)];
    const [high, low] = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.5];
    lines.push(
      `${START + index * HOUR_MS},${open},${high.toFixed(2)},${low.toFixed(2)},${close},${volume}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function drydock(...words: string[]): Promise<Outcome> {
  return spawnDrydock(words, { cwd: folder });
}

interface ShowData {
  readonly series: { readonly interval: string; readonly resampledFrom: string | null };
  readonly total: number;
  readonly rows: readonly Readonly<Record<string, number | string | null>>[];
}

async function show(...words: string[]): Promise<ShowData> {
  return parseDocument(await drydock("data", "show", ...words, "--json")).data as ShowData;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-data-"));
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", "bybit_BTCUSDT_1h.csv"), csv(0, COUNT));
  const { exit, stderr } = await drydock("data", "import", "files", "--exchange", "bybit");
  if (exit !== 0 || stderr !== "") throw new Error(`The import failed: ${stderr}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a second import changes nothing, and its document says so", async () => {
  const outcome = await drydock("data", "import", "files", "--exchange", "bybit", "--json");
  const { data } = parseDocument(outcome);
  expect(data).toMatchObject({
    summary: { stored: 0, unchanged: 1, refused: 0 },
    items: [
      {
        outcome: "unchanged",
        series: { kind: "candles", exchange: "bybit", symbol: "BTCUSDT", interval: "1h" },
        rowsRead: COUNT,
        inserted: 0,
        unchanged: COUNT,
      },
    ],
  });
});

test("good files are stored although others are refused, and the exit code is 4", async () => {
  const mixed = join(folder, "mixed");
  mkdirSync(mixed);
  writeFileSync(join(mixed, "ETHUSDT_1h.csv"), csv(0, 50));
  writeFileSync(join(mixed, "broken.csv"), "timestamp,open,high,low,close,volume\n1,2,x,4,5,6\n");
  const outcome = await drydock("data", "import", "mixed", "--exchange", "bybit", "--json");
  expect(outcome.exit).toBe(4);
  const document = parseDocument(outcome);
  expect(document.ok).toBe(false);
  const { items } = document.data as {
    items: { path: string; outcome: string; error: { hint: string } | null }[];
  };
  expect(items.map((item) => [item.path, item.outcome, item.error === null])).toEqual([
    ["mixed/ETHUSDT_1h.csv", "stored", true],
    ["mixed/broken.csv", "refused", false],
  ]);
  const { data } = parseDocument(await drydock("data", "ls", "ETHUSDT", "--json"));
  expect(data).toMatchObject({
    series: [{ rows: 50, from: "2024-01-01T00:00:00Z", missingBars: 0 }],
  });
});

test("without a terminal a missing name is not asked for: the refusal names the flags", async () => {
  writeFileSync(join(folder, "nameless.csv"), csv(0, 1));
  const outcome = await drydock("data", "import", "nameless.csv");
  expect(outcome.exit).toBe(4);
  expect(outcome.stdout).toContain("tells the exchange and the symbol and the interval");
  expect(outcome.stdout).toContain(
    "fix    Name it, such as --exchange bybit --symbol BTCUSDT --interval 1h",
  );
});

test("other values than the stored ones are refused, and taken with --replace", async () => {
  writeFileSync(join(folder, "changed.csv"), csv(0, 3, 11));
  const words = [
    "data",
    "import",
    "changed.csv",
    "--exchange",
    "bybit",
    "--symbol",
    "XRPUSDT",
    "--json",
  ];
  writeFileSync(join(folder, "first.csv"), csv(0, 3));
  await drydock("data", "import", "first.csv", "--exchange", "bybit", "--symbol", "XRPUSDT");
  const refused = await drydock(...words);
  expect(refused.exit).toBe(4);
  expect(parseDocument(refused).data).toMatchObject({
    items: [{ error: { code: "E_DATA_CONFLICT" } }],
  });
  const replaced = await drydock(...words, "--replace");
  expect(replaced.exit).toBe(0);
  expect(parseDocument(replaced).data).toMatchObject({
    items: [{ outcome: "stored", replaced: 3 }],
  });
});

test("--dry-run checks and stores nothing", async () => {
  const words = ["data", "import", "files", "--exchange", "okx", "--dry-run", "--json"];
  const { data } = parseDocument(await drydock(...words));
  expect(data).toMatchObject({ dryRun: true, summary: { checked: 1 } });
  expect(
    parseDocument(await drydock("data", "ls", "--exchange", "okx", "--json")).data,
  ).toMatchObject({ series: [] });
});

test("indicators are computed over the whole series before it is cut", async () => {
  const bars = makeBars(HOUR_MS, COUNT);
  for (let index = 0; index < COUNT; index++) bars.close[index] = closeAt(index);
  const [expected = new Float64Array()] = runKernel(rsi(14), bars);

  const { rows, total } = await show("BTCUSDT", "--with", "rsi(14),macd(12,26,9)", "--limit", "3");
  expect(total).toBe(COUNT);
  expect(rows.map((row) => row["rsi(14)"])).toEqual([...expected.subarray(COUNT - 3)]);
  expect(Object.keys(rows[0] ?? {})).toEqual([
    "time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "rsi(14)",
    "macd(12,26,9).macd",
    "macd(12,26,9).signal",
    "macd(12,26,9).histogram",
  ]);
  const from = await show(
    "BTCUSDT",
    "--with",
    "rsi(14)",
    "--from",
    "2024-01-10",
    "--to",
    "2024-01-11",
  );
  expect(from.rows.length).toBe(24);
  expect(from.rows[0]).toMatchObject({ time: "2024-01-10T00:00:00Z", "rsi(14)": expected[9 * 24] });
  const whole = await show("BTCUSDT", "--with", "rsi(14)");
  expect(whole.rows.slice(0, 15).map((row) => row["rsi(14)"] === null)).toEqual([
    ...Array.from({ length: 14 }, () => true),
    false,
  ]);
});

test("a file gives the same rows as the store it was imported into, as CSV too", async () => {
  const words = ["data", "show", "--with", "ema(20,volume)", "--format", "csv"];
  const fromStore = await drydock(...words, "BTCUSDT");
  const fromFile = await drydock(...words, "--file", "files/bybit_BTCUSDT_1h.csv");
  expect(fromFile.stdout).toBe(fromStore.stdout);
  const lines = fromStore.stdout.split("\n");
  expect(lines[0]).toBe('time,open,high,low,close,volume,"ema(20,volume)"');
  expect(lines[1]).toBe(`2024-01-01T00:00:00Z,${closeAt(-1)},100.5,98.09,${closeAt(0)},10,`);
  expect(lines.length).toBe(COUNT + 2);
});

test("a longer interval is built from what is stored, whole bars only", async () => {
  const { series, rows } = await show("BTCUSDT", "--interval", "1d");
  expect(series).toMatchObject({ interval: "1d", resampledFrom: "1h" });
  expect(rows.length).toBe(Math.floor(COUNT / 24));
  expect(rows[0]).toMatchObject({ open: closeAt(-1), close: closeAt(23), volume: 240 });
});

test("json by --format is the same document as by --json, and --with list names everything", async () => {
  const byFormat = parseDocument(
    await drydock("data", "show", "BTCUSDT", "--format", "json", "--limit", "1"),
  );
  expect((byFormat.data as ShowData).rows.length).toBe(1);
  const { data } = parseDocument(await drydock("data", "show", "--with", "list", "--json"));
  const { indicators } = data as {
    indicators: { name: string; arguments: object[]; outputs: string[] }[];
  };
  expect(indicators.find(({ name }) => name === "macd")).toMatchObject({
    outputs: ["macd", "signal", "histogram"],
  });
});

test("check: exit 0 with findings, 7 where they are a gate, and damage is found", async () => {
  writeFileSync(join(folder, "gap.csv"), csv(0, 20) + csv(30, 60).split("\n").slice(1).join("\n"));
  await drydock("data", "import", "gap.csv", "--exchange", "bybit", "--symbol", "GAPUSDT");
  const found = await drydock("data", "check", "GAPUSDT", "--json");
  expect(found.exit).toBe(0);
  expect(parseDocument(found).data).toMatchObject({
    series: [{ findings: [{ code: "gap", severity: "warning" }] }],
  });
  expect((await drydock("data", "check", "GAPUSDT", "--fail-on", "error")).exit).toBe(0);
  expect((await drydock("data", "check", "GAPUSDT", "--fail-on", "warning")).exit).toBe(7);
  expect((await drydock("data", "check", "NOPE")).exit).toBe(4);
});

test("doctor opens the store and finds the rows as they were written", async () => {
  const { data } = parseDocument(await drydock("doctor", "--json"));
  const { checks } = data as { checks: { name: string; status: string }[] };
  const statusOf = (name: string) => checks.find((check) => check.name === name)?.status;
  expect([statusOf("market store"), statusOf("integrity")]).toEqual(["pass", "pass"]);
});

test("export writes a file that imports as the same series, and overwrites only when told", async () => {
  const words = ["data", "export", "BTCUSDT", "--out", "out.csv"];
  expect((await drydock(...words)).exit).toBe(0);
  expect((await drydock(...words)).exit).toBe(9);
  expect((await drydock(...words, "--replace")).exit).toBe(0);
  const again = await drydock(
    "data",
    "import",
    "out.csv",
    "--exchange",
    "bybit",
    "--symbol",
    "BTCUSDT",
    "--json",
  );
  expect(parseDocument(again).data).toMatchObject({
    items: [{ outcome: "unchanged", unchanged: COUNT }],
  });
});

test("rm asks, or is told; without either it removes nothing and exits 9", async () => {
  await drydock("data", "import", "files", "--exchange", "kraken");
  const words = ["data", "rm", "BTCUSDT", "--exchange", "kraken"];
  expect((await drydock(...words)).exit).toBe(9);
  const removed = await drydock(...words, "--yes", "--json");
  expect(parseDocument(removed).data).toMatchObject({
    removed: [{ exchange: "kraken", rows: COUNT }],
  });
  expect((await drydock(...words, "--yes")).exit).toBe(4);
  expect((await drydock("data", "rm", "--yes")).exit).toBe(2);
});

test.each([
  ["data", "ls"],
  ["data", "check"],
  ["data", "show", "BTCUSDT", "--with", "rsi(14)"],
  ["data", "import", "files", "--exchange", "bybit"],
])("%s %s: a pipe gets no escapes and every character, at any width", async (...words) => {
  for (const form of [[], ["--plain"]]) {
    const outcome = await spawnDrydock([...words, ...form], {
      cwd: folder,
      env: { COLUMNS: "20" },
    });
    expect(outcome.exit).toBe(0);
    expect(outcome.stdout + outcome.stderr).not.toMatch(ESCAPE_OR_CUT);
  }
});

test("Ctrl-C during an import: what was stored stays, nothing is half there, exit 130", async () => {
  const many = join(folder, "many");
  mkdirSync(many);
  for (let index = 0; index < 60; index++) {
    writeFileSync(join(many, `C${String(index).padStart(2, "0")}USDT_1h.csv`), csv(0, 3_000));
  }
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const child = spawn(
    PINNED_NODE,
    [main, "data", "import", "many", "--exchange", "bybit", "--json", "--data-dir", "interrupted"],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  // Some series are in the store by the time its file is there.
  while (!existsSync(join(folder, "interrupted", "market.duckdb"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  const exit = await new Promise<number>((resolve) =>
    child.on("close", (code) => resolve(code ?? -1)),
  );
  expect(exit).toBe(130);
  const document = parseDocument({ stdout, stderr: "", exit });
  const { items } = document.data as { items: { outcome: string; inserted: number }[] };
  expect(document.ok).toBe(false);
  expect(items.length).toBeLessThan(60);

  const { data } = parseDocument(
    await drydock("data", "ls", "--data-dir", "interrupted", "--json"),
  );
  const { series } = data as { series: { rows: number }[] };
  expect(series.length).toBe(items.filter(({ outcome }) => outcome === "stored").length);
  expect(series.every(({ rows }) => rows === 3_000)).toBe(true);
});

const REAL = new URL("../../../shared/data/real/", import.meta.url);

test("real files of a dozen formats: each is stored, or refused with a next step", async () => {
  if (!existsSync(REAL)) {
    console.log("left out: ../shared/data is not here");
    return;
  }
  const names = readdirSync(REAL);
  expect(names.length).toBeGreaterThan(5);
  const outcome = await drydock(
    "data",
    "import",
    fileURLToPath(REAL),
    "--json",
    "--data-dir",
    "real",
  );
  expect(outcome.exit).toBe(4);
  const { items } = parseDocument(outcome).data as {
    items: { path: string; outcome: string; error: { code: string; hint: string | null } | null }[];
  };
  const refused = items.filter((item) => item.outcome === "refused");
  expect(items.filter((item) => item.outcome === "stored").length).toBeGreaterThan(60);
  expect(refused.filter(({ error }) => error === null || error.hint === null)).toEqual([]);
  const checked = await drydock("data", "check", "--json", "--data-dir", "real");
  const { summary } = parseDocument(checked).data as { summary: { errors: number } };
  expect(summary.errors).toBe(0);
  expect(readFileSync(join(folder, "real", ".gitignore"), "utf8")).toBe("*\n");
});
