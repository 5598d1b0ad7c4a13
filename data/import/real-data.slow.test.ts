/**
 * Every file of the shared collection of real market data against its README: row counts, periods, prices and the
 * defects it names. The README was written by other programs, so it is an independent witness.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval } from "#engine/market/interval.ts";
import { describeImport } from "./describe-import.ts";
import type { ParsedSeries } from "./parsed-series.ts";
import { type PlannedImport, planBars, planFunding, planImport } from "./plan-import.ts";
import { readMarketFile } from "./read-file.ts";

const root = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

interface ReadmeRow {
  readonly file: string;
  readonly interval: string;
  readonly period: string;
  readonly rows: string;
  readonly defects: string;
  readonly prices: string;
}

/** The tables below `### folder/` headings. */
function parseReadme(text: string): ReadmeRow[] {
  const found: ReadmeRow[] = [];
  let folder = "";
  for (const line of text.split("\n")) {
    const heading = /^### (\S+)\/$/.exec(line)?.[1];
    if (heading !== undefined) folder = heading;
    const cells = line.split("|").map((cell) => cell.trim());
    if (folder === "" || cells.length !== 10 || cells[1] === "file" || /^-+$/.test(cells[1] ?? ""))
      continue;
    const [, name = "", interval = "", period = "", rows = "", , , defects = "", prices = ""] =
      cells;
    found.push({ file: `${folder}/${name}`, interval, period, rows, defects, prices });
  }
  return found;
}

const hasData = existsSync(`${root}README.md`);
const table = hasData ? parseReadme(readFileSync(`${root}README.md`, "utf8")) : [];
if (!hasData) console.log("Left out: the shared market data is not beside this repository");

const isReadable = (row: ReadmeRow): boolean => /^(?:\d+[mhd]|1 month|funding)$/.test(row.interval);
const readable = table.filter(isReadable);
const others = table.filter((row) => !isReadable(row));

const pathOf = (row: ReadmeRow): string => `${root}real/${row.file}`;
const minutes = (time: number | undefined): string =>
  new Date(time ?? Number.NaN).toISOString().slice(0, 16).replace("T", " ");

/** `2024-01-05`, `2022-12-13, whole day`, `2022-12-13 00:00 .. 12:00` or two full times. */
function parsePeriod(period: string): readonly [string, string] {
  const [from = "", to] = period.split(" .. ");
  const day = from.slice(0, 10);
  if (to === undefined) return [`${day} 00:00`, `${day} 23:59`];
  return [from, to.length === 5 ? `${day} ${to}` : to];
}

const timesOf = (series: ParsedSeries): Float64Array =>
  (series.kind === "funding" ? series.funding : series.bars).time;

/** Each file is read once, however many tests look at it. */
const known = new Map<string, Promise<ParsedSeries>>();
function readOnce(row: ReadmeRow): Promise<ParsedSeries> {
  const reading =
    known.get(row.file) ??
    readMarketFile(pathOf(row)).then(([series, ...more]) => {
      if (series === undefined || more.length > 0) throw new Error("not one series");
      return series;
    });
  known.set(row.file, reading);
  return reading;
}

async function plan(row: ReadmeRow): Promise<PlannedImport> {
  const series = await readOnce(row);
  return series.kind === "funding" ? planFunding(series, {}) : planBars(series, {});
}

/** How often each kind of defect was found, and how many bars are missing. */
function countsOf(planned: PlannedImport): Record<string, number> {
  if (planned.outcome === "skipped") throw new Error(planned.reason);
  const counts = planned.findings.map(({ code, count }): [string, number] => [code, count]);
  const missing = planned.findings.flatMap((finding): [string, number][] =>
    finding.missing === undefined ? [] : [["missing", finding.missing]],
  );
  return Object.fromEntries([...counts, ...missing]);
}

/** The same out of the README's words. */
function namedDefects(text: string): Record<string, number> {
  const patterns: readonly (readonly [string, RegExp])[] = [
    ["gap", /(\d+) gaps/],
    ["missing", /gaps, (\d+) bars missing/],
    ["flat", /(\d+) (?:zero-volume )?flat bars/],
    ["zeroVolume", /(\d+) zero-volume/],
    ["offStamp", /(\d+) stamps off the hour/],
    ["duplicate", /(\d+) row twice/],
  ];
  return Object.fromEntries(
    patterns.flatMap(([name, pattern]): [string, number][] => {
      const count = pattern.exec(text)?.[1];
      return count === undefined ? [] : [[name, Number(count)]];
    }),
  );
}

/** The README gives prices to eight digits or so. */
const isClose = (value: number | undefined, text: number | undefined): boolean =>
  Math.abs((value ?? 0) / (text ?? 0) - 1) < 1e-7;

test("the README's tables are understood", () => {
  const sample =
    "### a/b/\n| file | interval | period (UTC) | rows | size | sha | defects found | close |\n|---|---|---|---|---|---|---|---|\n| X.csv | 1h | p | 5 | 1 kB | ab | none | - |\n";
  expect(parseReadme(sample)).toEqual([
    { file: "a/b/X.csv", interval: "1h", period: "p", rows: "5", defects: "none", prices: "-" },
  ]);
  const expected = hasData ? [130, 15] : [0, 0];
  expect([readable.length, others.length]).toEqual(expected);
});

describe.each(readable)("$file", (row) => {
  test("has the rows, the period and the interval of the README", async () => {
    const series = await readOnce(row);
    const times = timesOf(series);
    expect([series.rows, times.length]).toEqual([Number(row.rows), Number(row.rows)]);
    expect([minutes(times[0]), minutes(times.at(-1))]).toEqual(parsePeriod(row.period));
    const word = series.intervalMs === null ? "funding" : formatInterval(series.intervalMs);
    expect(word).toBe(row.interval === "1 month" ? "1M" : row.interval);
  });

  test("shows the defects that the README names", async () => {
    const planned = await plan(row);
    const counts = countsOf(planned);
    expect(counts).toMatchObject(namedDefects(row.defects));
    // Extreme moves, flat bars and quiet last bars are no defects to the README.
    const isSilent = (code: string): boolean => /^(?:outlier|flat|unfinishedLastBar)$/.test(code);
    const unnamed = Object.keys(counts).filter((code) => !isSilent(code));
    expect(row.defects === "none" ? unnamed : []).toEqual([]);
    const isConflicting = row.file.startsWith("cryptodatadownload/");
    expect(planned.outcome).toBe(isConflicting ? "refused" : "ready");
  });
});

const twice = readable.filter((row) => row.defects.includes("row twice"));
describe.each(twice)("$file", (row) => {
  test("gives each day once", async () => {
    const planned = await plan(row);
    if (planned.outcome !== "ready") throw new Error(planned.outcome);
    const [finding] = planned.findings.filter(({ code }) => code === "duplicate");
    expect(finding).toMatchObject({ count: 1, first: [{ time: Date.UTC(2023, 1, 18) }] });
    expect(timesOf(planned.series)).toHaveLength(Number(row.rows) - 1);
    expect(describeImport(planned)).toMatch(/ rows read, 1 identical duplicate dropped$/);
  });
});

const priced = readable.filter((row) => row.prices !== "-");
describe.each(priced)("$file", (row) => {
  test("has the prices of the README", async () => {
    const series = await readOnce(row);
    if (series.kind === "funding") throw new Error("no bars");
    const { close, low, high, length } = series.bars;
    const [closes = "", span = ""] = row.prices.split(", ");
    const wanted = [...closes.split(" -> "), ...span.split(" .. ")].map(Number);
    const lowest = low.reduce((a, b) => Math.min(a, b));
    const highest = high.reduce((a, b) => Math.max(a, b));
    const found = [close[0], close[length - 1], lowest, highest];
    const isSame = found.every((value, index) => isClose(value, wanted[index]));
    expect(isSame, `${found.join()} for ${wanted.join()}`).toBe(true);
  });
});

const funding = readable.filter((row) => row.interval === "funding");
describe.each(funding)("$file", (row) => {
  test("has the steps and rates of the README", async () => {
    const series = await readOnce(row);
    if (series.kind !== "funding") throw new Error("no funding");
    const { time, rate, length } = series.funding;
    const [, count, hours] = /steps (\d+) x (\d+)h/.exec(row.defects) ?? [];
    const steps = Array.from({ length: length - 1 }, (_, index) =>
      Math.round((time[index + 1]! - time[index]!) / 3_600_000),
    );
    expect(steps).toEqual(Array.from({ length: Number(count) }, () => Number(hours)));
    const [, lowest, highest] = /rate (\S+) \.\. (\S+)/.exec(row.defects) ?? [];
    const found = [Math.min(...rate).toFixed(6), Math.max(...rate).toFixed(6)];
    expect(found).toEqual([lowest, highest]);
  });
});

/** What the README calls a file, and what the refusal must call it. */
const REASONS: readonly (readonly [RegExp, RegExp])[] = [
  [/LFS/, /Git LFS pointer/],
  [/^L2/, /order book/],
  [/bid\/ask/, /bid and ask bars/],
  [/^trades/, /holds trades/],
  [/zero-byte/, /is empty/],
  [/pair list/, /list of 23 names/],
  [/zero rows|"\[\]"/, /holds no rows/],
  [/snapshot/, /messages of the stream/],
];

describe.each(others)("$file ($interval)", (row) => {
  test("is refused with a reason and a next step", async () => {
    const outcome = await readMarketFile(pathOf(row)).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(DrydockError);
    const error = outcome as DrydockError;
    expect(["E_DATA_FORMAT", "E_FILE_UNREADABLE"]).toContain(error.code);
    expect(error.hint).toBeTruthy();
    const expected = REASONS.find(([words]) => words.test(`${row.interval} ${row.defects}`))?.[1];
    expect(error.message).toMatch(expected ?? /./);
  });
});

const present = hasData ? [root] : [];
describe.each(present)("the files that need a repair", () => {
  const repaired = async (file: string): Promise<PlannedImport> => {
    for await (const item of planImport(`${root}real/${file}`, { repair: true })) return item;
    throw new Error("nothing planned");
  };

  test("CryptoDataDownload: 2,649 hours twice, the widest apart where the README says", async () => {
    const row = table.find((entry) => entry.file === "cryptodatadownload/Binance_BTCUSDT_1h.csv");
    if (row === undefined) throw new Error("not in the README");
    const refused = await plan(row);
    if (refused.outcome !== "refused") throw new Error("not refused");
    expect(refused.error.code).toBe("E_DATA_UNTRUSTED");
    expect(refused.error.message).toContain(
      "2020-11-20 07:00 (open 18164.8 against 18164.79, close 18143.03 against 18212",
    );
    const item = await repaired(row.file);
    if (item.outcome !== "ready" || item.series.kind === "funding") throw new Error("not ready");
    expect(item.series.bars.length).toBe(36_062 - 2_649);
    const kept = item.series.bars.time.indexOf(Date.UTC(2020, 10, 20, 7));
    expect([item.series.bars.close[kept], item.series.bars.volume[kept]]).toEqual([
      18_212, 6_097.86638,
    ]);
    expect(item.series.notes.join()).toMatch(/disagree in 91 rows.*Newest first/);
    expect(item.findings.find((finding) => finding.code === "gap")).toMatchObject({
      count: 8,
      missing: 16,
      longest: { after: Date.UTC(2017, 8, 22, 19), missing: 4 },
    });
  });

  test("the two lost download pages, the dead symbol and the outage", async () => {
    const message = async (file: string): Promise<string> => {
      const item = await repaired(file);
      return item.outcome === "ready"
        ? item.findings.map((finding) => finding.message).join("\n")
        : "";
    };
    expect(await message("defects/gap-1000-bars_BTC_USDT_USDT-1h-futures.feather")).toContain(
      "2 gaps, 1,000 bars missing, the longest 500 after 2024-11-11 15:00",
    );
    expect(await message("defects/delisted-flat_FTT_USDT_1h.csv")).toContain(
      "the last 31,230 of them flat at 1.59 from 2022-11-14 05:00 on: the symbol seems to be no longer traded",
    );
    expect(await message("binance/lean-zip/btcusdt_20200219_trade.zip")).toContain(
      "1 gap, 354 bars missing",
    );
  });

  test("the same candles in three formats are the same numbers", async () => {
    const series = await Promise.all(
      ["UNITTEST_BTC-1m.json", "UNITTEST_BTC-1m.feather", "UNITTEST_BTC-8m.json.gz"].map(
        async (name) => (await readMarketFile(`${root}real/freqtrade-testdata/${name}`))[0],
      ),
    );
    const [json, feather, gzip] = series.map((one) => (one?.kind === "candles" ? one.bars : null));
    if (json == null || feather == null) throw new Error("no candles");
    expect(gzip).toEqual(json);
    expect(feather.time).toEqual(json.time);
    // The feather file was written by a program whose parser rounds in the last bit.
    const isSame = feather.close.every(
      (value, index) => Math.abs(value / json.close[index]! - 1) < 1e-15 * 4,
    );
    expect(isSame).toBe(true);
  });

  test("the whole collection is planned in one go", async () => {
    const counts = { ready: 0, refused: 0, skipped: 0 };
    for await (const item of planImport(`${root}real`)) counts[item.outcome]++;
    expect(counts).toEqual({ ready: 128, refused: 17, skipped: 0 });
  });
});
