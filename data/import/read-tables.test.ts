/** Feather and Parquet, written by the libraries that others use to read them. */

import { zstdCompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  CompressionType,
  compressionRegistry,
  Float64,
  makeVector,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import { readMarketFile } from "./read-file.ts";
import { encodeLz4Frame } from "./testing/encode-lz4.ts";
import { expectRows, rowsOf } from "./testing/expect-bars.ts";
import { refusalOf } from "./testing/refusal-of.ts";
import { type SampleRow, sampleRows } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(300);

const doubles = (name: keyof SampleRow): Vector =>
  makeVector(Float64Array.from(rows, (row) => row[name]));
const prices = (): Record<string, Vector> => ({
  open: doubles("open"),
  high: doubles("high"),
  low: doubles("low"),
  close: doubles("close"),
  volume: doubles("volume"),
});
const dates = vectorFromArray(
  rows.map((row) => row.time),
  new TimestampMillisecond("UTC"),
);

test("feather as freqtrade writes it", async () => {
  const bytes = tableToIPC(new Table({ date: dates, ...prices() }), "file");
  const [series] = await readMarketFile(write("bybit/BTC_USDT_USDT-1m-futures.feather", bytes));
  expect(expectRows(series, rows)).toMatchObject({
    kind: "candles",
    exchange: "bybit",
    symbol: "BTCUSDT",
    intervalMs: 60_000,
    format: "feather",
  });
});

test.each([
  ["LZ4", CompressionType.LZ4_FRAME, (data: Uint8Array) => encodeLz4Frame(data)],
  ["zstd", CompressionType.ZSTD, (data: Uint8Array) => new Uint8Array(zstdCompressSync(data))],
] as const)("feather with %s bodies", async (name, compressionType, encode) => {
  compressionRegistry.set(compressionType, { encode });
  const writer = new RecordBatchFileWriter({ compressionType });
  const bytes = writer.writeAll(new Table({ date: dates, ...prices() })).toUint8Array(true);
  const [series] = await readMarketFile(write(`BTCUSDT_1m_${name}.feather`, bytes));
  expect(rowsOf(series)).toEqual(rows);
});

test("an Arrow stream of several batches", async () => {
  const table = new Table({ date: dates, ...prices() });
  const writer = new RecordBatchStreamWriter();
  for (const start of [0, 100, 200])
    for (const batch of table.slice(start, start + 100).batches) writer.write(batch);
  const [series] = await readMarketFile(
    write("BTCUSDT_1m.arrow", writer.finish().toUint8Array(true)),
  );
  expect(rowsOf(series)).toEqual(rows);
});

test.each([
  [
    "seconds",
    vectorFromArray(
      rows.map((row) => row.time),
      new TimestampSecond(),
    ),
  ],
  [
    "microseconds",
    vectorFromArray(
      rows.map((row) => row.time),
      new TimestampMicrosecond(),
    ),
  ],
  [
    "nanoseconds",
    vectorFromArray(
      rows.map((row) => row.time),
      new TimestampNanosecond("Asia/Tokyo"),
    ),
  ],
  ["whole numbers", makeVector(BigInt64Array.from(rows, (row) => BigInt(row.time)))],
  [
    "text",
    vectorFromArray(
      rows.map((row) => new Date(row.time).toISOString()),
      new Utf8(),
    ),
  ],
])("feather times as %s", async (name, date) => {
  const bytes = tableToIPC(new Table({ date, ...prices() }), "file");
  const [series] = await readMarketFile(write(`${name.replaceAll(" ", "-")}.feather`, bytes));
  expect(rowsOf(series)).toEqual(rows);
});

test("nulls become missing numbers, and mark prices have no volume", async () => {
  const volume = vectorFromArray(
    rows.map(() => null),
    new Float64(),
  );
  const open = vectorFromArray(
    rows.map((row, index) => (index === 3 ? null : row.open)),
    new Float64(),
  );
  const bytes = tableToIPC(new Table({ date: dates, ...prices(), open, volume }), "file");
  const [series] = await readMarketFile(write("BTC_USDT_USDT-1m-mark.feather", bytes));
  const expected = rows.map((row, index) => ({
    ...row,
    open: index === 3 ? Number.NaN : row.open,
    volume: Number.NaN,
  }));
  expect(expectRows(series, expected).kind).toBe("mark");
});

test("a feather file without rows, with a cut end, or with other columns is refused", async () => {
  const table = new Table({ date: dates, ...prices() });
  const bytes = tableToIPC(table, "file");
  expect(
    (await refusalOf(write("empty.feather", tableToIPC(table.slice(0, 0), "file")))).message,
  ).toBe('"empty.feather" holds no rows');
  const cut = await refusalOf(write("cut.feather", bytes.subarray(0, bytes.length - 100)));
  expect(cut.code).toBe("E_FILE_UNREADABLE");
  expect(cut.message).toContain("is cut off");
  const other = tableToIPC(
    new Table({ price: doubles("open"), quantity: doubles("volume") }),
    "file",
  );
  expect((await refusalOf(write("other.feather", other))).message).toContain("holds trades");
});

async function writeParquet(name: string, select: string): Promise<string> {
  const path = write(name, "");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    "CREATE TABLE t (ms BIGINT, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE)",
  );
  const values = rows.map((row) => `(${Object.values(row).join(",")})`).join(",");
  await connection.run(`INSERT INTO t VALUES ${values}`);
  await connection.run("SET TimeZone='America/New_York'");
  await connection.run(
    `COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

const REST = "open, high, low, close, volume FROM t ORDER BY ms";

test.each([
  ["ms", "ms AS ts"],
  ["seconds", "ms // 1000 AS ts"],
  ["seconds as INTEGER", "CAST(ms // 1000 AS INTEGER) AS ts"],
  ["microseconds", "ms * 1000 AS ts"],
  ["nanoseconds", "ms * 1000000 AS ts"],
  ["doubles", "ms / 1000 AS ts"],
  ["TIMESTAMP", "make_timestamp(ms * 1000) AS date"],
  ["TIMESTAMP with time zone", "make_timestamptz(ms * 1000) AS date"],
  ["TIMESTAMP_NS", "make_timestamp(ms * 1000)::TIMESTAMP_NS AS date"],
  ["text", "strftime(make_timestamp(ms * 1000), '%Y-%m-%d %H:%M:%S') AS date"],
])("Parquet times as %s", async (_, time) => {
  const path = await writeParquet("BINANCE_BTCUSDT_1m.parquet", `SELECT ${time}, ${REST}`);
  const [series] = await readMarketFile(path);
  expect(expectRows(series, rows)).toMatchObject({
    exchange: "binance",
    symbol: "BTCUSDT",
    format: "parquet",
  });
});

test("Parquet numbers as decimals and text keep their value", async () => {
  const path = await writeParquet(
    "decimal.parquet",
    `SELECT ms AS ts, open::DECIMAL(18,8) AS open, high::VARCHAR AS high, low, close::DECIMAL(30,10) AS close, volume FROM t`,
  );
  const [series] = await readMarketFile(path);
  expect(rowsOf(series)).toEqual(rows);
});

test("Parquet of several symbols, newest first", async () => {
  const path = await writeParquet(
    "all.parquet",
    `SELECT ms AS ts, symbol, open, high, low, close, volume FROM t, (VALUES ('BTC/USDT'), ('ETH/USDT')) v(symbol) ORDER BY ms DESC, symbol`,
  );
  const all = await readMarketFile(path);
  expect(all.map((series) => series.symbol)).toEqual(["BTCUSDT", "ETHUSDT"]);
  for (const series of all) expect(rowsOf(series)).toEqual(rows);
});

test("a file name with wildcards and quotes is only a name", async () => {
  const path = await writeParquet("it's [a] file?.parquet", `SELECT ms AS ts, ${REST}`);
  const [series] = await readMarketFile(path);
  expect(rowsOf(series)).toEqual(rows);
});

test("Parquet that is cut, empty, or holds trades is refused", async () => {
  const { readFileSync } = await import("node:fs");
  const whole = readFileSync(await writeParquet("whole.parquet", `SELECT ms AS ts, ${REST}`));
  const cut = await refusalOf(write("cut.parquet", whole.subarray(0, whole.length - 50)));
  expect(cut.code).toBe("E_FILE_UNREADABLE");
  expect(
    (
      await refusalOf(
        await writeParquet(
          "none.parquet",
          `SELECT ms AS ts, open, high, low, close FROM t WHERE false`,
        ),
      )
    ).message,
  ).toContain("holds no rows");
  const trades = await writeParquet(
    "trades.parquet",
    "SELECT ms AS ts, open AS price, volume AS quantity, 'True' AS buyer_maker FROM t",
  );
  expect((await refusalOf(trades)).message).toBe('"trades.parquet" holds trades, not candles');
});

test("nulls in Parquet become missing numbers", async () => {
  const path = await writeParquet(
    "null.parquet",
    "SELECT ms AS ts, open, high, low, CASE WHEN ms % 180000 = 0 THEN NULL ELSE close END AS close, volume FROM t",
  );
  const [series] = await readMarketFile(path);
  expect(rowsOf(series)).toEqual(
    rows.map((row) => (row.time % 180_000 === 0 ? { ...row, close: Number.NaN } : row)),
  );
});
