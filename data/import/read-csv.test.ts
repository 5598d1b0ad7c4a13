import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { DrydockError } from "#engine/errors.ts";
import { MONTH_MS } from "#engine/market/interval.ts";
import type { ReadHints } from "./parsed-series.ts";
import { readMarketFile } from "./read-file.ts";
import { asBars, expectRows, rowsOf } from "./testing/expect-bars.ts";
import { makeZip } from "./testing/make-zip.ts";
import { type SampleRow, sampleRows, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(80);
const iso = (time: number): string => new Date(time).toISOString();

async function fails(
  name: string,
  content: string | Uint8Array,
  hints?: ReadHints,
): Promise<DrydockError> {
  const outcome = await readMarketFile(write(name, content), hints).catch(
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(DrydockError);
  return outcome as DrydockError;
}

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

test("premium index candles are refused by name", async () => {
  const text = rows.map((row) => vision(row)).join("\n");
  const error = await fails("binance/premiumIndexKlines/BTCUSDT-1m-2024-01.csv", text);
  expect(error.message).toContain("premium index");
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
  expect(rowsOf(moved)).toEqual(months.map((row, index) => ({ ...row, time: Date.UTC(2023, index, 1) })));
});

test.each([
  ["semicolons", (text: string) => text.replaceAll(",", ";")],
  ["tabs", (text: string) => text.replaceAll(",", "\t")],
  ["quotes", (text: string) => text.replaceAll(/[^,\n]+/g, (cell) => `"${cell}"`)],
  ["a byte order mark", (text: string) => `\uFEFF${text}`],
  ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["a last line break", (text: string) => `${text}\n`],
  ["blank lines", (text: string) => `${text.replace("\n", "\n\n")}\n\n`],
  ["comments above", (text: string) => `# exported\n#\n${text}`],
  ["spaces around cells", (text: string) => text.replaceAll(",", " , ")],
])("a generic table with %s", async (name, change) => {
  const text = change(
    `Date,Close,Open,LOW,High,Vol\n${rows
      .map((row) => [iso(row.time), row.close, row.open, row.low, row.high, row.volume].join(","))
      .join("\n")}`,
  );
  const [series] = await readMarketFile(write(`generic ${name.split(" ").length}.csv`, text));
  expect(rowsOf(series)).toEqual(rows);
});

test.each([
  ["seconds", (time: number) => time / 1_000],
  ["seconds with a fraction", (time: number) => `${time / 1_000}.0`],
  ["microseconds", (time: number) => time * 1_000],
  ["nanoseconds", (time: number) => `${time}000000`],
  ["compact dates", (time: number) => iso(time).replaceAll(/[-:T]|\.000Z/g, "")],
])("stamps in %s", async (name, stamp) => {
  const [series] = await readMarketFile(
    write(`${name}.csv`, `ts,o,h,l,c,v\n${toCsv(rows, stamp)}`),
  );
  expect(rowsOf(series)).toEqual(rows);
});

test("date and time in two columns", async () => {
  const lines = rows.map((row) => {
    const [day = "", clock = ""] = iso(row.time).slice(0, 19).split("T");
    return `${day.replaceAll("-", ".")}\t${clock}\t${toCsv([row], undefined, "\t").split("\t").slice(1).join("\t")}`;
  });
  const header = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>";
  const [series] = await readMarketFile(write("EURUSD_M1.csv", [header, ...lines].join("\n")));
  expect(expectRows(series, rows).notes).toContain("The times name no time zone: read as UTC");
});

test("UTF-16 as spreadsheets write it", async () => {
  const text = `time\topen\thigh\tlow\tclose\tvolume\n${toCsv(rows, undefined, "\t")}`;
  const [series] = await readMarketFile(
    write("utf16.txt", Buffer.from(`\uFEFF${text}`, "utf16le")),
  );
  expect(rowsOf(series)).toEqual(rows);
});

test.each([
  ["gz", gzipSync],
  ["zst", zstdCompressSync],
] as const)("compressed with %s, whatever the name", async (extension, pack) => {
  const text = `time,open,high,low,close,volume\n${toCsv(rows)}`;
  const [series] = await readMarketFile(
    write(`BTCUSDT_1m.csv.${extension}`, pack(Buffer.from(text))),
  );
  expect(expectRows(series, rows).symbol).toBe("BTCUSDT");
  const [unnamed] = await readMarketFile(write("BTCUSDT_1m.csv", pack(Buffer.from(text))));
  expect(rowsOf(unnamed)).toEqual(rows);
});

test("close stamps by header, by 59.999 and by word of the user become open times", async () => {
  const late = (add: number) => toCsv(rows, (time) => time + add);
  const [byHeader] = await readMarketFile(
    write("a.csv", `close_time,open,high,low,close,volume\n${late(60_000)}`),
  );
  const [byMs] = await readMarketFile(
    write("b.csv", `time,open,high,low,close,volume\n${late(59_999)}`),
  );
  const [byUser] = await readMarketFile(
    write("c.csv", `time,open,high,low,close,volume\n${late(60_000)}`),
    { stamp: "close" },
  );
  for (const series of [byHeader, byMs, byUser]) {
    expect(expectRows(series, rows).notes).toContain(
      "Stamped with close times: moved back by 1m to open times",
    );
  }
});

test("rows out of order are sorted, with the place of the first", async () => {
  const shuffled = [...rows.slice(0, 10), ...rows.slice(40), ...rows.slice(10, 40)];
  const [series] = await readMarketFile(
    write("unsorted.csv", `time,open,high,low,close,volume\n${toCsv(shuffled)}`),
  );
  expect(expectRows(series, rows).notes).toEqual([
    "Rows are not in order of time (1 step back, the first at line 52): sorted",
  ]);
});

test("several symbols in one file are several series", async () => {
  const lines = rows.flatMap((row) =>
    ["BTC/USDT", "ETH/USDT"].map((pair) => `${pair},${toCsv([row])}`),
  );
  const all = await readMarketFile(
    write("binance/all_1m.csv", ["pair,time,open,high,low,close,volume", ...lines].join("\n")),
  );
  expect(all.map((series) => series.symbol)).toEqual(["BTCUSDT", "ETHUSDT"]);
  for (const series of all) expect(rowsOf(series)).toEqual(rows);
});

test("files joined with their headers are read through", async () => {
  const header = "time,open,high,low,close,volume";
  const text = [header, toCsv(rows.slice(0, 40)), header, toCsv(rows.slice(40))].join("\n");
  const [series] = await readMarketFile(write("joined.csv", text));
  expect(expectRows(series, rows).notes).toEqual([
    "The header stands in the file 2 times: files were joined",
  ]);
});

test("a last bar that the file marks as open is told", async () => {
  const lines = rows.map((row, index) => `${toCsv([row])},1,1,${index === 79 ? 0 : 1}`);
  const [series] = await readMarketFile(
    write("okx/BTC-USDT-SWAP_1m.csv", [...lines].reverse().join("\n")),
  );
  expect(asBars(series)).toMatchObject({
    isLastOpen: true,
    symbol: "BTCUSDT",
    exchange: "okx",
    format: "okx-candles-csv",
  });
});

test("missing numbers are kept for the checks, missing volume is allowed", async () => {
  const [first, second, third, ...rest] = rows as [SampleRow, SampleRow, SampleRow, ...SampleRow[]];
  const text = [
    "time,open,high,low,close,volume",
    `${first.time},NaN,${first.high},${first.low},,${first.volume}`,
    `${second.time},${second.open},${second.high},${second.low},${second.close},`,
    toCsv([third, ...rest]),
  ].join("\n");
  const [series] = await readMarketFile(write("missing.csv", text));
  const { open, close, volume } = asBars(series).bars;
  expect([open[0], close[0], volume[0], volume[1]]).toEqual([
    Number.NaN,
    Number.NaN,
    first.volume,
    Number.NaN,
  ]);
});

test("a volume of 0 throughout is unknown, not zero", async () => {
  const [series] = await readMarketFile(
    write(
      "EURUSD.csv",
      `time,open,high,low,close,volume\n${toCsv(rows.map((row) => ({ ...row, volume: 0 })))}`,
    ),
  );
  expect(asBars(series).bars.volume.every(Number.isNaN)).toBe(true);
});

test("what the user says wins over name and content", async () => {
  const text = `time,open,high,low,close,volume\n${toCsv(rows)}`;
  const [series] = await readMarketFile(write("bybit/BTCUSDT_1m.csv", text), {
    exchange: "okx",
    symbol: "ETH/USDT:USDT",
    kind: "index",
    interval: "1m",
  });
  expect(series).toMatchObject({ exchange: "okx", symbol: "ETHUSDT", kind: "index" });
  const error = await fails("bybit/BTCUSDT_1m.csv", text, { interval: "5m" });
  expect(error.code).toBe("E_DATA_INTERVAL");
});

test.each([
  [
    "a short line",
    (lines: string[]) => lines.toSpliced(40, 1, "1704069600000,1,2"),
    "line 41 has 3 cells where the header has 6",
  ],
  [
    "a long line",
    (lines: string[]) => lines.toSpliced(40, 1, `${lines[40]},1,1`),
    "line 41 has 8 cells where the header has 6",
  ],
  [
    "a word",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/,[^,]+$/, ",abc")),
    'line 41 has "abc" as its volume',
  ],
  [
    "a decimal comma",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/,[^,]+$/, ',"1,5"')),
    'line 41 has "1,5" as its volume',
  ],
  [
    "no time",
    (lines: string[]) => lines.toSpliced(40, 1, lines[40]!.replace(/^\d+/, "soon")),
    'line 41 has the time "soon"',
  ],
  [
    "the end of a download",
    (lines: string[]) => lines.toSpliced(80, 1, lines[80]!.slice(0, 20)),
    "line 81 has 2 cells where the header has 6",
  ],
])("a table with %s is refused with its line", async (_, damage, message) => {
  const lines = ["time,open,high,low,close,volume", ...toCsv(rows).split("\n")];
  const error = await fails("broken_1m.csv", damage(lines).join("\n"));
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.message).toBe(`"broken_1m.csv" ${message}`);
  expect(error.hint).toMatch(/line|decimal point|times as/);
});

test("a line near the end of a long file has its own number", async () => {
  const lines = toCsv(sampleRows(5_000)).split("\n");
  const error = await fails(
    "long.csv",
    ["time,open,high,low,close,volume", ...lines.toSpliced(4_998, 1, "x")].join("\n"),
  );
  expect(error.message).toContain("line 5000 has 1 cells");
});

test.each([
  [
    "dates with slashes",
    `Date,Open,High,Low,Close\n${toCsv(rows, () => "01/02/2024").replaceAll(/,[^,\n]+(?=\n|$)/g, "")}`,
    "with slashes, day and month cannot be told apart",
  ],
  [
    "trades",
    "timestamp,symbol,side,size,price\n1704067200,BTCUSDT,Buy,1,42000\n",
    "Build candles from it first",
  ],
  [
    "trades without header",
    "1672531436,90.540000,1.10448420\n1672531471,90.450000,1.0\n",
    "Build candles from it first",
  ],
  ["an order book", "time,bid_price,ask_price\n1,2,3\n", "Build candles from it first"],
  ["only closes", "time,close\n1704067200,1\n", "Name the columns"],
  ["a header and no rows", "time,open,high,low,close,volume\n", "Download the file again"],
  ["no text", "\n\n \n", "Download the file again"],
  ["prose", "Dear reader, this is not a table.\nIt never was.\n", "Name the columns"],
  ["a web page", "<!DOCTYPE html><html>404</html>", "Download the file again"],
  [
    "a Git LFS pointer",
    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "git lfs pull",
  ],
  [
    "a recording of a stream",
    '1737918843893903000 {"channel":"l2Book","data":{}}\n',
    "Import candles",
  ],
])("a file with %s is refused with a reason", async (_, text, hint) => {
  const error = await fails("refused.csv", text);
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.hint).toContain(hint);
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

test("a missing, an empty and a cut file are told apart", async () => {
  await expect(readMarketFile("no/such/file.csv")).rejects.toMatchObject({
    code: "E_FILE_MISSING",
  });
  expect((await fails("empty.csv", "")).message).toBe('"empty.csv" is empty: 0 bytes');
  const packed = gzipSync(`time,open,high,low,close,volume\n${toCsv(rows)}`);
  const cut = await fails("cut.csv.gz", packed.subarray(0, packed.length - 20));
  expect(cut.code).toBe("E_FILE_UNREADABLE");
  expect(cut.message).toContain("is cut off");
  const zip = makeZip({ "a.csv": toCsv(rows) });
  expect((await fails("cut.zip", zip.subarray(0, zip.length - 40))).code).toBe("E_FILE_UNREADABLE");
});

test("a reading can be interrupted, and reports its progress", async () => {
  const path = write(
    "progress.csv",
    `time,open,high,low,close,volume\n${toCsv(sampleRows(30_000))}`,
  );
  const seen: number[] = [];
  await readMarketFile(path, {
    onProgress: (progress) => seen.push(progress.bytesRead / progress.bytesTotal),
  });
  expect(seen.at(-1)).toBe(1);
  const controller = new AbortController();
  const reading = readMarketFile(path, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(reading).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  const packed = write("progress.csv.gz", gzipSync(toCsv(sampleRows(30_000)), { level: 0 }));
  const late = new AbortController();
  const unpacking = readMarketFile(packed, { signal: late.signal, onProgress: () => late.abort() });
  await expect(unpacking).rejects.toMatchObject({ code: "E_INTERRUPTED" });
});
