/** What the data commands say to wrong flags, absent series, empty periods and hostile names. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type Outcome, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";
import { openMarketStore } from "#data/store/market-store.ts";
import { SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { sampleBars } from "#data/testing/sample-bars.ts";

const START = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;
const KEY = { kind: "candles", exchange: "bybit", symbol: "BTCUSDT", interval: "1h" } as const;
const ESCAPE = "\u001b[31m";
const HOSTILE = `X${ESCAPE}\u009b2JY`;
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

let folder = "";

function drydock(...words: string[]): Promise<Outcome> {
  return spawnDrydock(words, { cwd: folder });
}

async function failure(...words: string[]) {
  const outcome = await drydock(...words, "--json");
  const { error } = parseDocument(outcome);
  const { hint } = (error ?? {}) as { hint?: string };
  return { exit: outcome.exit, code: error?.code, message: error?.message ?? "", hint: hint ?? "" };
}

function candles(start: number, rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${start + row * HOUR},5,7,4,6,10`);
  return `time,open,high,low,close,volume\n${lines.join("\n")}\n`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-mistakes-"));
  mkdirSync(join(folder, ".drydock"));
  const store = await openMarketStore(join(folder, ".drydock", "market.duckdb"), { mode: "write" });
  // 50 hours: twelve whole bars of four and two hours more.
  await store.writeBars(KEY, sampleBars(50, { start: START, intervalMs: HOUR }), SAMPLE_SOURCE);
  const hostile = { ...KEY, exchange: "kraken", symbol: HOSTILE };
  await store.writeBars(hostile, sampleBars(50, { start: START, intervalMs: HOUR }), SAMPLE_SOURCE);
  await store.close();
  writeFileSync(join(folder, "ok.csv"), candles(START, 30));
  writeFileSync(join(folder, "bybit_ETHUSDT_1h.csv"), candles(START, 30));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["--interval", "7x", '"7x" is not an interval'],
  ["--interval", "0m", '"0m" is not an interval'],
  ["--interval", "30d", "Bars of 30d are not supported"],
  ["--exchange", "../../x", '"../../x" is no name of an exchange'],
  ["--symbol", HOSTILE, "is no symbol"],
])("data import %s %j is a usage error before any file is read", async (flag, value, message) => {
  const found = await failure("data", "import", "no-such-file.csv", flag, value);
  expect(found).toMatchObject({ exit: 2, code: "E_USAGE" });
  expect(found.message).toContain(message);
});

test("control characters of file names and content never come out raw", async () => {
  const name = `a${ESCAPE}b_1h.csv`;
  writeFileSync(join(folder, name), `${candles(START, 5)}${START + 2 * HOUR},5,9,4,6,10\n`);
  const words = ["data", "import", name, "--exchange", "bybit", "--symbol", "LTCUSDT", "--verbose"];
  for (const flags of [["--dry-run"], ["--dry-run", "--repair"], ["--dry-run", "--plain"]]) {
    const { stdout, stderr } = await drydock(...words, ...flags);
    expect(stdout).toContain("\\x1b[31m");
    expect(`${stdout}${stderr}`.replaceAll("\t", "")).not.toMatch(RAW);
  }
});

test.each([
  ["data", "check"],
  ["data", "check", "--exchange", "kraken"],
  ["data", "ls"],
  ["data", "show", "--exchange", "kraken"],
  ["data", "show", "--exchange", "kraken", "--from", "2030-01-01"],
  ["data", "export", "--exchange", "kraken", "--out", "hostile.csv", "--replace"],
  ["data", "rm", "--exchange", "kraken"],
])(
  "a stored symbol with control characters does not come out raw of %s %s %s",
  async (...words) => {
    const { stdout, stderr } = await drydock(...words);
    expect(`${stdout}${stderr}`).not.toMatch(RAW);
  },
);

test("data show of an empty period says what there is, in every form", async () => {
  for (const form of [[], ["--format", "csv"], ["--interval", "4h"]]) {
    const found = await drydock("data", "show", "BTCUSDT", "--from", "2030-01-01", ...form);
    expect(found.exit).toBe(4);
    expect(found.stdout).toBe("");
    expect(found.stderr).toContain("E_DATA_PERIOD");
    expect(found.stderr).toContain("It has 2024-01-01T00:00:00Z to 2024-01-03T0");
  }
});

test("data show --limit 0 is a usage error", async () => {
  expect(await failure("data", "show", "BTCUSDT", "--limit", "0")).toMatchObject({
    exit: 2,
    code: "E_USAGE",
  });
});

test("data export builds complete longer bars as data show does", async () => {
  const out = ["--interval", "4h", "--out", "four.csv", "--replace"];
  const { exit, stdout, stderr } = await drydock("data", "export", "BTCUSDT", ...out);
  expect(exit).toBe(0);
  expect(stdout).toContain("bybit BTCUSDT 4h candles built from 1h: 12 rows");
  expect(stderr).toContain("1 bar of 4h left out");
  const shown = await drydock("data", "show", "BTCUSDT", "--interval", "4h", "--format", "csv");
  expect(readFileSync(join(folder, "four.csv"), "utf8")).toBe(shown.stdout);
  const period = ["--from", "2024-01-02", "--to", "2024-01-02T08:00"];
  const cut = await drydock("data", "export", "BTCUSDT", ...out, ...period, "--json");
  expect(parseDocument(cut).data).toMatchObject({ rows: 2, series: { interval: "4h" } });
  expect(readFileSync(join(folder, "four.csv"), "utf8").split("\n")[1]).toMatch(/^2024-01-02T00/);
  const empty = await failure("data", "export", "BTCUSDT", ...out, "--from", "2030-01-01");
  expect(empty.code).toBe("E_DATA_PERIOD");
});

test("data export into a folder that is not there names that folder", async () => {
  const found = await failure("data", "export", "BTCUSDT", "--out", "no/such/btc.csv");
  expect(found).toMatchObject({ exit: 4, code: "E_NOT_WRITABLE", hint: 'mkdir -p "no/such"' });
  expect(found.message).toBe('There is no folder "no/such"');
  expect(existsSync(join(folder, "no"))).toBe(false);
});

test.each([
  [["data", "check", "NOPE"], '"NOPE"'],
  [["data", "rm", "--exchange", "nope", "--yes"], '"nope candles"'],
  [["data", "rm", "--exchange", "nope", "--all", "--yes"], '"nope"'],
])("%j names what did not match", async (words, what) => {
  const found = await failure(...words);
  expect(found).toMatchObject({ exit: 4, code: "E_DATA_UNKNOWN_SERIES" });
  expect(found.message).toBe(`Nothing stored matches ${what}`);
});

test("an unknown exchange is answered with those that are stored", async () => {
  const found = await failure("data", "rm", "--exchange", "bybt", "--all", "--yes");
  expect(found.hint).toBe('Did you mean "bybit"?');
});

test.each([
  [["--file", "ok.csv", "BTCUSDT", "--exchange", "foo"], "Both a file and a stored series"],
  [["--file", "bybit_ETHUSDT_1h.csv", "--symbol", "BTCUSDT"], "says that it is of"],
  [["--file", "bybit_ETHUSDT_1h.csv", "--exchange", "kraken"], "says that it is of"],
])("data show %j contradicts itself and is refused", async (words, message) => {
  const found = await failure("data", "show", ...words);
  expect(found).toMatchObject({ exit: 2, code: "E_USAGE" });
  expect(found.message).toContain(message);
});

test("names beside a file say what it does not tell", async () => {
  const words = ["--file", "ok.csv", "--symbol", "BTC/USDT", "--exchange", "kraken", "--json"];
  const { data } = parseDocument(await drydock("data", "show", ...words));
  expect(data).toMatchObject({ series: { exchange: "kraken" }, total: 30 });
  const same = ["--file", "bybit_ETHUSDT_1h.csv", "--symbol", "ETH/USDT", "--json"];
  expect(parseDocument(await drydock("data", "show", ...same)).ok).toBe(true);
});
