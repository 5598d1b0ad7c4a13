import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { DrydockError } from "#engine/errors.ts";
import { readMarketFile } from "./read-file.ts";
import { asBars, expectRows, rowsOf } from "./testing/expect-bars.ts";
import { refusalOf } from "./testing/refusal-of.ts";
import { type SampleRow, sampleRows, toArrays } from "./testing/sample-rows.ts";
import { tempFiles } from "./testing/temp-files.ts";

const write = tempFiles();
const rows = sampleRows(60);

const json = (name: string, value: unknown): string => write(name, JSON.stringify(value));

const fails = (name: string, content: string): Promise<DrydockError> =>
  refusalOf(write(name, content));

/** Hyperliquid's candle as its API sends it. */
const native = (row: SampleRow): Record<string, unknown> => ({
  t: row.time,
  T: row.time + 59_999,
  s: "kPEPE",
  i: "1m",
  o: String(row.open),
  c: String(row.close),
  h: String(row.high),
  l: String(row.low),
  v: String(row.volume),
  n: 3,
});

test("arrays of ccxt and freqtrade, plain and gzipped", async () => {
  const text = JSON.stringify(toArrays(rows));
  for (const path of [
    write("BTC_USDT_USDT-1m-futures.json", text),
    write("BTC_USDT_USDT-1m-futures.json.gz", gzipSync(text)),
  ]) {
    const [series] = await readMarketFile(path);
    const parsed = expectRows(series, rows);
    expect(parsed).toMatchObject({
      kind: "candles",
      symbol: "BTCUSDT",
      exchange: null,
      intervalMs: 60_000,
      format: "ohlcv-json",
    });
    expect(parsed.where(4)).toBe("row 5");
  }
});

test("freqtrade: two names are spot, mark has its kind, a rate stands in position 1", async () => {
  const [spot] = await readMarketFile(json("binance/XRP_ETH-1m.json", toArrays(rows)));
  expect(spot).toMatchObject({ exchange: "binance-spot", symbol: "XRPETH" });
  const [mark] = await readMarketFile(json("binance/BTC_USDT_USDT-1m-mark.json", toArrays(rows)));
  expect(mark).toMatchObject({ exchange: "binance", kind: "mark" });
  const rates = [0.0001, -0.00002, 0].map((rate, index) => [
    1_704_067_200_000 + index * 28_800_000,
    rate,
    0,
    0,
    0,
    0,
  ]);
  const [funding] = await readMarketFile(json("binance/BTC_USDT_USDT-8h-funding_rate.json", rates));
  if (funding?.kind !== "funding") throw new Error("not funding");
  expect([...funding.funding.rate]).toEqual([0.0001, -0.00002, 0]);
  const [unnamed] = await readMarketFile(json("binance/BTCUSDT.json", rates));
  expect(unnamed?.kind).toBe("funding");
});

test("a name that says funding over prices gives way to the content", async () => {
  const [series] = await readMarketFile(json("BTC_USDT_USDT-8h-funding_rate.json", toArrays(rows)));
  expect(asBars(series).notes).toContain(
    "The name says funding, the rows are prices: read as candles",
  );
  const path = json("BTC_USDT_USDT-1m.json", toArrays(rows));
  await expect(readMarketFile(path, { kind: "funding" })).rejects.toMatchObject({
    code: "E_DATA_FORMAT",
  });
});

test.each([
  ["linear", "bybit"],
  ["inverse", "bybit-inverse"],
  ["spot", "bybit-spot"],
])(
  "Bybit's kline response of category %s, newest first, in strings, in pages",
  async (category, exchange) => {
    const list = toArrays(rows)
      .reverse()
      .map((row) => [...row.map(String), "1000"]);
    const page = (part: unknown[]): unknown => ({
      retCode: 0,
      retMsg: "OK",
      result: { category, symbol: "BTCUSDT", list: part },
    });
    const [one] = await readMarketFile(json("one.json", page(list)));
    expect(expectRows(one, rows)).toMatchObject({
      exchange,
      symbol: "BTCUSDT",
      format: "bybit-v5-json",
    });
    const [pages] = await readMarketFile(
      json("pages.json", [page(list.slice(0, 30)), page(list.slice(30))]),
    );
    expect(rowsOf(pages)).toEqual(rows);
    const lines = [page(list.slice(0, 30)), page(list.slice(30))].map((value) =>
      JSON.stringify(value),
    );
    const [jsonLines] = await readMarketFile(write("pages.jsonl", lines.join("\n")));
    expect(rowsOf(jsonLines)).toEqual(rows);
  },
);

test("Bybit's mark price response has no volume", async () => {
  const list = toArrays(rows).map((row) => row.slice(0, 5).map(String));
  const recording = {
    request: { method: "GET" },
    response: { retCode: 0, result: { symbol: "BTCUSDT", category: "linear", list } },
  };
  const [series] = await readMarketFile(json("recorded.json", recording));
  expect(
    expectRows(
      series,
      rows.map((row) => ({ ...row, volume: Number.NaN })),
    ),
  ).toMatchObject({ kind: "mark" });
  const [index] = await readMarketFile(json("BTCUSDT_index_1m.json", recording));
  expect(index?.kind).toBe("index");
});

test("an error response is not data", async () => {
  const error = await fails(
    "error.json",
    JSON.stringify({ retCode: 10001, retMsg: "params error", result: {} }),
  );
  expect(error.message).toBe('"error.json" is an error response of Bybit: 10001 params error');
});

test("Hyperliquid's candleSnapshot and the relay form", async () => {
  const [snapshot] = await readMarketFile(json("snapshot.json", rows.map(native)));
  expect(expectRows(snapshot, rows)).toMatchObject({
    exchange: "hyperliquid",
    symbol: "kPEPE",
    intervalMs: 60_000,
    format: "hyperliquid-json",
  });
  const candles = rows.map(({ time, ...row }) => ({
    t: time,
    T: time + 59_999,
    o: row.open,
    h: row.high,
    l: row.low,
    c: row.close,
    v: row.volume,
  }));
  const [relay] = await readMarketFile(
    json("relay.json", { asset: "BTC", interval: "1m", candles }),
  );
  expect(expectRows(relay, rows)).toMatchObject({ exchange: "hyperliquid", symbol: "BTC" });
  const [one] = await readMarketFile(json("one_candle.json", rows.slice(0, 1).map(native)));
  expect(one).toMatchObject({ intervalMs: 60_000, rows: 1 });
});

test("funding histories of Hyperliquid, Bybit and Binance", async () => {
  const rates = ["0.0000125", "-0.00061334", "0.0001"];
  const time = (index: number): number => 1_704_067_200_048 + index * 3_600_000;
  const forms: readonly (readonly [string, unknown, string | null])[] = [
    [
      "hl.json",
      rates.map((fundingRate, index) => ({
        coin: "BTC",
        fundingRate,
        premium: "0.1",
        time: time(index),
      })),
      "hyperliquid",
    ],
    [
      "bybit.json",
      {
        retCode: 0,
        result: {
          category: "linear",
          list: rates
            .map((fundingRate, index) => ({
              symbol: "BTCUSDT",
              fundingRate,
              fundingRateTimestamp: String(time(index)),
            }))
            .reverse(),
        },
      },
      "bybit",
    ],
    [
      "binance/history.json",
      rates.map((fundingRate, index) => ({
        symbol: "BTCUSDT",
        fundingTime: time(index),
        fundingRate,
        markPrice: "42000.1",
      })),
      "binance",
    ],
  ];
  for (const [name, value, exchange] of forms) {
    const [series] = await readMarketFile(json(name, value));
    if (series?.kind !== "funding") throw new Error("not funding");
    expect([...series.funding.rate]).toEqual(rates.map(Number));
    expect([...series.funding.time]).toEqual([0, 1, 2].map(time));
    expect(series.exchange).toBe(exchange);
  }
});

test("Binance's REST klines and OKX's candles", async () => {
  const klines = rows.map((row) => [
    row.time,
    String(row.open),
    String(row.high),
    String(row.low),
    String(row.close),
    String(row.volume),
    row.time + 59_999,
    "1",
    5,
    "1",
    "1",
    "0",
  ]);
  const [binance] = await readMarketFile(json("binance/BTCUSDT_1m.json", klines));
  expect(expectRows(binance, rows).format).toBe("binance-kline-json");
  const data = toArrays(rows)
    .map((row, index) => [...row.map(String), "1", "1", index === 59 ? "0" : "1"])
    .reverse();
  const [okx] = await readMarketFile(json("okx/BTC-USDT-SWAP_1m.json", { code: "0", data }));
  expect(expectRows(okx, rows)).toMatchObject({ isLastOpen: true, format: "okx-candles-json" });
});

test("Kraken names its pair beside the rows", async () => {
  const ohlc = rows.map((row) => [
    row.time / 1_000,
    String(row.open),
    String(row.high),
    String(row.low),
    String(row.close),
    String((row.high + row.low) / 2),
    String(row.volume),
    4,
  ]);
  const [series] = await readMarketFile(
    json("kraken/ohlc.json", { error: [], result: { XXBTZUSD: ohlc, last: 1_704_067_200 } }),
  );
  expect(expectRows(series, rows)).toMatchObject({ symbol: "XXBTZUSD", exchange: "kraken" });
});

test("columns side by side", async () => {
  const column = (name: keyof SampleRow): number[] => rows.map((row) => row[name]);
  const [series] = await readMarketFile(
    json("udf.json", {
      s: "ok",
      t: column("time").map((time) => time / 1_000),
      o: column("open"),
      h: column("high"),
      l: column("low"),
      c: column("close"),
      v: column("volume"),
    }),
  );
  expect(rowsOf(series)).toEqual(rows);
});

test.each([
  ["pairs.json", '["ADA/BTC", "BAT/BTC"]', "is a list of 2 names, not market data"],
  ["none.json", "[]", "holds no rows"],
  ["number.json", "[1, 2, 3]", "is a JSON array of mixed things, not of rows"],
  [
    "config.json",
    '{"name": "drydock"}',
    "is JSON with the fields name, not candles or funding rates",
  ],
  ["trades.json", '[[1570752011620,"158","","sell",0.0014,1,0.0014]]', "holds trades, not candles"],
  ["tape.json", '[{"price":"1","qty":"2","time":1704067200000}]', "holds trades, not candles"],
  [
    "points.json",
    "[[1704067200000, 1], [1704067260000, 2]]",
    "holds pairs of a time and a value, not candles",
  ],
  [
    "book.jsonl",
    '{"topic":"orderbook.500.XRPUSDT","data":{}}\n{"topic":"orderbook.500.XRPUSDT","data":{}}',
    "holds an order book, not candles",
  ],
  [
    "book.json",
    '{"result":{"s":"BTCUSDT","b":[["1","2"]],"a":[]}}',
    "holds an order book, not candles",
  ],
  ["levels.json", '{"coin":"BTC","levels":[[{"px":"1"}]]}', "holds an order book, not candles"],
  [
    "ctxs.json",
    '{"channel":"allDexsAssetCtxs","data":{"ctxs":[]}}',
    'holds messages of the stream "allDexsAssetCtxs", not candles',
  ],
  [
    "short.json",
    "[[1704067200000,1,1,1,1,1],[1704067260000,1,1,1]]",
    "row 2 is no array of 6 like the first",
  ],
  [
    "word.json",
    '[[1704067200000,1,1,1,1,1],[1704067260000,1,"x",1,1,1]]',
    'row 2 has "x" as a price',
  ],
  ["time.json", '[[1704067200000,1,1,1,1,1],["soon",1,1,1,1,1]]', 'row 2 has the time "soon"'],
  ["index.json", "[[0,1,1,1,1,1],[1,1,1,1,1,1]]", "row 1 has the time 0"],
])("%s is refused: %s", async (name, text, message) => {
  const error = await fails(name, text);
  expect(error.message).toBe(`"${name}" ${message}`);
  expect(error.code).toBe("E_DATA_FORMAT");
  expect(error.hint).toBeTruthy();
});

test("a cut and a damaged document are told apart", async () => {
  const text = JSON.stringify(toArrays(rows));
  expect((await fails("cut.json", text.slice(0, 500))).message).toContain("is cut off");
  expect((await fails("bad.json", text.replace(",", ";"))).message).toContain("is no valid JSON");
});
