import { dirname } from "node:path";
import { expect, test } from "vitest";
import { describeImport } from "./describe-import.ts";
import { type ImportOptions, type PlannedImport, planImport } from "./plan-import.ts";
import { makeZip } from "./testing/make-zip.ts";
import { type SampleRow, sampleRows, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(60);
const table = (list: readonly SampleRow[]): string =>
  `time,open,high,low,close,volume\n${toCsv(list)}\n`;

async function plan(
  paths: string | readonly string[],
  options?: ImportOptions,
): Promise<PlannedImport[]> {
  const items: PlannedImport[] = [];
  for await (const item of planImport(paths, options)) items.push(item);
  return items;
}

/** What a report would print about one item. */
function summary(item: PlannedImport | undefined): string {
  if (item === undefined) return "nothing";
  if (item.outcome === "ready") return describeImport(item);
  return item.outcome === "skipped"
    ? `skipped: ${item.reason}`
    : `${item.error.code} ${item.error.message}`;
}

test("one bad file never stops the others, and everything is listed in order of name", async () => {
  const folder = dirname(write("mixed/bybit/a_BTCUSDT_1m.csv", table(rows)));
  write("mixed/bybit/b_empty.csv", "");
  write("mixed/bybit/c_broken_1m.csv", table(rows).replace("\n", "\nx,y\n"));
  write("mixed/bybit/d_notes.md", "# notes");
  write("mixed/bybit/e/ETHUSDT-1m-2024.zip", makeZip({ "ETHUSDT-1m-2024.csv": table(rows) }));
  write("mixed/bybit/package.json", "{}");
  write("mixed/bybit/.hidden.csv", "x");
  const items = await plan(folder);
  expect(items.map((item) => [item.path.slice(folder.length + 1), summary(item)])).toEqual([
    ["a_BTCUSDT_1m.csv", "60 rows read"],
    ["b_empty.csv", 'E_DATA_FORMAT "b_empty.csv" is empty: 0 bytes'],
    [
      "c_broken_1m.csv",
      'E_DATA_FORMAT "c_broken_1m.csv" line 2 has 2 cells where the header has 6',
    ],
    ["d_notes.md", "skipped: no market data by its name"],
    ["e/ETHUSDT-1m-2024.zip", "60 rows read"],
    ["package.json", "skipped: no market data by its name"],
  ]);
});

test("a file that is named is read whatever its name; a missing one is refused", async () => {
  const odd = write("odd.name", table(rows));
  const items = await plan([odd, `${odd}.gone`]);
  expect(items.map((item) => item.outcome)).toEqual(["ready", "refused"]);
  expect(summary(items[1])).toMatch(/^E_FILE_MISSING There is no file/);
});

test("copies are dropped without being asked and counted", async () => {
  const twice = [...rows.slice(0, 30), ...rows.slice(20)];
  const [item] = await plan(write("BTCUSDT_1m.csv", table(twice)));
  expect(summary(item)).toBe("70 rows read, 10 identical duplicates dropped");
  if (item?.outcome !== "ready" || item.series.kind === "funding") throw new Error("not ready");
  expect([...item.series.bars.time]).toEqual(rows.map((row) => row.time));
  expect(item.series.rows).toBe(70);
});

test("defects refuse an import until a repair is asked for, which is counted too", async () => {
  const [first, ...rest] = rows.map((row, index) => (index === 5 ? { ...row, high: 1 } : row));
  const path = write(
    "bybit/BTCUSDT_1m.csv",
    table([first!, { ...first!, close: first!.close + 1, high: first!.high + 1 }, ...rest]),
  );
  const [refused] = await plan(path);
  if (refused?.outcome !== "refused") throw new Error("not refused");
  expect(refused.error.code).toBe("E_DATA_UNTRUSTED");
  expect(refused.error.message).toMatch(
    /^Cannot trust bybit BTCUSDT 1m candles: 1 row twice with different values, .*; 1 row whose high/,
  );
  expect(refused.error.hint).toContain("--repair");
  expect(refused.findings.map((finding) => finding.code)).toEqual(["conflictingDuplicate", "ohlc"]);
  const [repaired] = await plan(path, { repair: true });
  expect(summary(repaired)).toBe(
    "61 rows read, 1 conflicting duplicate dropped, 1 row with prices out of order dropped",
  );
});

test("what a repair cannot correct says so", async () => {
  const swapped = rows.map((row) => ({ ...row, high: row.low, low: row.high }));
  const path = write("swapped_1m.csv", table(swapped));
  for (const repair of [false, true]) {
    const [item] = await plan(path, { repair });
    if (item?.outcome !== "refused") throw new Error("not refused");
    expect(item.error.hint).toMatch(/^Repair cannot correct this/);
    expect(item.error.message).toContain("probably in another order");
  }
});

test("the clock decides about the last bar", async () => {
  const path = write("clock_1m.csv", table(rows));
  const now = rows.at(-1)!.time + 30_000;
  const [asRead] = await plan(path, { now });
  const [repaired] = await plan(path, { now, repair: true });
  if (asRead?.outcome !== "ready") throw new Error("not ready");
  expect(asRead.findings.map((finding) => finding.code)).toEqual(["unfinishedLastBar"]);
  expect(summary(repaired)).toBe("60 rows read, 1 unfinished last bar dropped");
});

test("funding is planned alike", async () => {
  const rates = [0, 8, 16, 16, 24].map((hours) => `${Date.UTC(2024, 0, 1, hours)},0.0001`);
  const [item] = await plan(
    write("BTCUSDT-funding.csv", `timestamp,funding_rate\n${rates.join("\n")}`),
  );
  expect(summary(item)).toBe("5 rows read, 1 identical duplicate dropped");
  if (item?.outcome !== "ready") throw new Error("not ready");
  expect(item.series.kind).toBe("funding");
});

test("an interruption ends the whole import", async () => {
  const path = write("long_1m.csv", table(sampleRows(100)));
  await expect(plan([path, path], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "E_INTERRUPTED",
  });
});
