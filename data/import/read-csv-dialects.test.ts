/** CSV by its form: separators, times, order, encodings, and what the user says about it. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { readMarketFile } from "./read-file.ts";
import { asBars, expectRows, rowsOf } from "./testing/expect-bars.ts";
import { refusalOf } from "./testing/refusal-of.ts";
import { type SampleRow, sampleRows, toCsv } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(80);
const iso = (time: number): string => new Date(time).toISOString();

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
  const error = await refusalOf(write("bybit/BTCUSDT_1m.csv", text), { interval: "5m" });
  expect(error.code).toBe("E_DATA_INTERVAL");
});
