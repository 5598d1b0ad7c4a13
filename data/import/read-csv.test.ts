/** CSV by its source: what venues, archives and tools write. */
import { expect, test } from "vitest";
import { MONTH_MS } from "#engine/market/interval.ts";
import { readMarketFile } from "./read-file.ts";
import { asBars, expectRows, rowsOf } from "./testing/expect-bars.ts";
import { makeZip } from "./testing/make-zip.ts";
import { type SampleRow, sampleRows, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(80);
const iso = (time: number): string => new Date(time).toISOString();

const vision = (row: SampleRow, scale = 1): string =>
  [
    row.time * scale,
    row.open,
    row.high,
    row.low,
    row.close,
    row.volume,
    (row.time + 60_000) * scale - 1,
    1e6,
    12,
    5,
    5e5,
    0,
  ].join(",");
const VISION_HEADER =
  "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore";

test("Binance archive of contracts, with its header", async () => {
  const text = [VISION_HEADER, ...rows.map((row) => vision(row))].join("\n");
  const [series] = await readMarketFile(write("binance/FILUSDT-1m-2023-09.csv", text));
  const parsed = expectRows(series, rows);
  expect(parsed).toMatchObject({
    exchange: "binance",
    symbol: "FILUSDT",
    kind: "candles",
    intervalMs: 60_000,
    format: "binance-vision-csv",
    rows: 80,
    notes: [],
  });
  expect(parsed.where(0)).toBe("line 2");
});

test("Binance archive without header, spot in microseconds", async () => {
  const text = rows.map((row) => vision(row, 1_000)).join("\n");
  const [series] = await readMarketFile(write("binance/BTCUSDT-1m-2025-01.csv", text));
  expect(expectRows(series, rows)).toMatchObject({
    exchange: "binance-spot",
    format: "binance-vision-csv",
  });
});

test("Binance archive as it is downloaded: the CSV in a zip", async () => {
  const text = rows.map((row) => vision(row)).join("\n");
  const zip = makeZip({ "BTCUSDT-1m-2024-01.csv": text });
  const path = write("data/futures/um/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip", zip);
  const [series] = await readMarketFile(path, { exchange: "binance" });
  const parsed = expectRows(series, rows);
  expect(parsed).toMatchObject({ exchange: "binance", symbol: "BTCUSDT", intervalMs: 60_000 });
  expect(parsed.path).toBe(`${path}/BTCUSDT-1m-2024-01.csv`);
});

test("Binance archive of mark prices has a kind of its own and no volume", async () => {
  const text = rows.map((row) => vision({ ...row, volume: 0 })).join("\n");
  const [series] = await readMarketFile(
    write("binance/futures/um/daily/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv", text),
  );
  expect(
    expectRows(
      series,
      rows.map((row) => ({ ...row, volume: Number.NaN })),
    ),
  ).toMatchObject({
    kind: "mark",
    exchange: "binance",
  });
});

test("Bybit kline with turnover and date", async () => {
  const days = sampleRows(30, 86_400_000);
  const lines = days.map((row) =>
    [
      row.time,
      row.open,
      row.high,
      row.low,
      row.close,
      row.volume,
      1e6,
      iso(row.time).slice(0, 10),
    ].join(","),
  );
  const text = ["timestamp,open,high,low,close,volume,turnover,date", ...lines].join("\r\n");
  const [series] = await readMarketFile(write("bybit/csv-1d/BTCUSDT.csv", text));
  expect(expectRows(series, days)).toMatchObject({
    exchange: "bybit",
    symbol: "BTCUSDT",
    intervalMs: 86_400_000,
    format: "bybit-kline-csv",
  });
});

test("ISO times with an offset", async () => {
  const text = `timestamp,open,high,low,close,volume\n${toCsv(rows, (time) =>
    iso(time + 7_200_000)
      .replace("T", " ")
      .replace(".000Z", "+02:00"),
  )}\n`;
  const [series] = await readMarketFile(write("bybit/BTCUSDT_1m.csv", text));
  expect(rowsOf(series)).toEqual(rows);
});

test("CryptoDataDownload: a link above, newest first, mixed units, 12-hour dates, volume in coins", async () => {
  const hours = sampleRows(30, 3_600_000);
  const lines = [...hours].reverse().map((row, index) => {
    const at = new Date(row.time);
    const half = at.getUTCHours() < 12 ? "AM" : "PM";
    const hour = String(at.getUTCHours() % 12 === 0 ? 12 : at.getUTCHours() % 12).padStart(2, "0");
    const unix = index < 15 ? String(row.time) : `${row.time / 1_000}.0`;
    const date =
      index < 15
        ? iso(row.time).slice(0, 19).replace("T", " ")
        : `${iso(row.time).slice(0, 10)} ${hour}-${half}`;
    return [
      unix,
      date,
      "BTC/USDT",
      row.open,
      row.high,
      row.low,
      row.close,
      99,
      row.volume,
      "NULL",
    ].join(",");
  });
  const header = "unix,date,symbol,open,high,low,close,Volume USDT,Volume BTC,tradecount";
  const text = ["https://www.CryptoDataDownload.com", header, ...lines].join("\n");
  const [series] = await readMarketFile(write("Binance_BTCUSDT_1h.csv", text));
  const parsed = expectRows(series, hours);
  expect(parsed).toMatchObject({
    exchange: "binance-spot",
    symbol: "BTCUSDT",
    format: "cryptodatadownload-csv",
  });
  expect(parsed.notes).toEqual(["Newest first in the file: turned round"]);
  expect(parsed.where(0)).toBe("line 32");
});

test("two time columns that disagree are reported, with the line", async () => {
  const lines = rows.map(
    (row, index) =>
      `${row.time},${iso(row.time + (index === 7 ? 3_600_000 : 0))},${toCsv([row]).split(",").slice(1).join(",")}`,
  );
  const [series] = await readMarketFile(
    write("x_1m.csv", ["timestamp,datetime,open,high,low,close,volume", ...lines].join("\n")),
  );
  expect(asBars(series).notes).toContain(
    'The columns "timestamp" and "datetime" disagree in 1 row, the first in line 9: "timestamp" was used',
  );
});

test("Kraken's archive: seconds, no header, trades last", async () => {
  const text = rows
    .map((row) => `${row.time / 1_000},${toCsv([row]).split(",").slice(1).join(",")},17`)
    .join("\n");
  const [series] = await readMarketFile(write("kraken/XBTUSD_1.csv", text));
  expect(expectRows(series, rows)).toMatchObject({
    exchange: "kraken",
    symbol: "XBTUSD",
    format: "kraken-ohlcvt-csv",
  });
});

test("Kraken's REST form has the average price before the volume", async () => {
  const text = rows
    .map((row) =>
      [
        row.time / 1_000,
        row.open,
        row.high,
        row.low,
        row.close,
        (row.high + row.low) / 2,
        row.volume,
        17,
      ].join(","),
    )
    .join("\n");
  const [series] = await readMarketFile(write("kraken/XBTUSD_rest.csv", text));
  expect(rowsOf(series)).toEqual(rows);
});

test("the unnamed index column of pandas, dates only", async () => {
  const days = sampleRows(30, 86_400_000);
  const text = `,Open,High,Low,Close,Volume\n${toCsv(days, (time) => iso(time).slice(0, 10))}`;
  const [series] = await readMarketFile(write("GOOG.csv", text));
  expect(expectRows(series, days)).toMatchObject({
    exchange: null,
    symbol: "GOOG",
    format: "pandas-csv",
  });
});

test("months keep the stamps of their source", async () => {
  const months = sampleRows(14).map((row, index) => ({
    ...row,
    time: Date.UTC(2023, index + 1, 0),
  }));
  const text = `,Open,High,Low,Close,Volume\n${toCsv(months, (time) => iso(time).slice(0, 10))}`;
  const [series] = await readMarketFile(write("BTCUSD.csv", text));
  expect(expectRows(series, months).intervalMs).toBe(MONTH_MS);
  const [moved] = await readMarketFile(write("BTCUSD.csv", text), { stamp: "close" });
  expect(rowsOf(moved)).toEqual(
    months.map((row, index) => ({ ...row, time: Date.UTC(2023, index, 1) })),
  );
});

test.each([
  ["timestamp,symbol,funding_rate", (time: number, rate: number) => `${time},BTCUSDT,${rate}`],
  [
    "calc_time,funding_interval_hours,last_funding_rate",
    (time: number, rate: number) => `${time},8,${rate}`,
  ],
  ["Time,Funding Rate", (time: number, rate: number) => `${iso(time)},${(rate * 100).toFixed(4)}%`],
])("funding rates under %s", async (header, line) => {
  const rates = [0.0001, -0.000231, 0.00005];
  const times = rates.map((_, index) => Date.UTC(2024, 0, 1, index * 8, 0, 0, index));
  const text = [header, ...rates.map((rate, index) => line(times[index]!, rate))].join("\n");
  const [series] = await readMarketFile(write("binance/funding/BTCUSDT.csv", text));
  if (series?.kind !== "funding") throw new Error("not funding");
  expect([...series.funding.rate]).toEqual(rates);
  expect([...series.funding.time]).toEqual(times);
  expect(series).toMatchObject({ exchange: "binance", symbol: "BTCUSDT", rows: 3 });
});
