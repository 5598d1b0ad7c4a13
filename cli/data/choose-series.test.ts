import { expect, test } from "vitest";

import { chooseSeries, chooseSource, matchSeries } from "#cli/data/choose-series.ts";
import type { SeriesKind } from "#data/series.ts";
import type { StoredSeries } from "#data/store/series-table.ts";

const stored = (
  exchange: string,
  symbol: string,
  interval: string,
  kind: SeriesKind = "candles",
): StoredSeries => ({
  key: { kind, exchange, symbol, interval },
  rows: 10,
  firstTime: 0,
  lastTime: 9,
  missingBars: 0,
  priceDecimals: 1,
  imports: [],
});

const STORE = [
  stored("binance", "BTCUSDT", "1h"),
  stored("bybit", "BTCUSDT", "1m"),
  stored("bybit", "BTCUSDT", "5m"),
  stored("bybit", "BTCUSDT", "4h"),
  stored("bybit", "BTCUSDT", "", "funding"),
  stored("bybit", "ETHUSDT", "5m"),
  stored("hyperliquid", "kPEPE", "1h"),
];

const args = (given: object) => ({
  name: undefined,
  symbol: undefined,
  exchange: undefined,
  interval: undefined,
  kind: undefined,
  ...given,
});
function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

const words = (series: readonly StoredSeries[]) =>
  series.map(({ key }) => `${key.exchange} ${key.symbol} ${key.interval || key.kind}`);

test.each([
  { given: { name: "ETH/USDT:USDT" }, expected: ["bybit ETHUSDT 5m"] },
  { given: { symbol: "btc-usdt", interval: "60m" }, expected: ["binance BTCUSDT 1h"] },
  { given: { symbol: "BTCUSDT", kind: "funding" }, expected: ["bybit BTCUSDT funding"] },
  { given: { symbol: "kPEPE" }, expected: ["hyperliquid kPEPE 1h"] },
  {
    given: { exchange: "BYBIT", interval: "5m" },
    expected: ["bybit BTCUSDT 5m", "bybit ETHUSDT 5m"],
  },
  { given: { symbol: "SOLUSDT" }, expected: [] },
])("matchSeries($given)", ({ given, expected }) => {
  expect(words(matchSeries(STORE, args(given)))).toEqual(expected);
});

test("chooseSeries() means candles unless another kind is named", () => {
  expect(chooseSeries(STORE, args({ symbol: "ETHUSDT" })).key.kind).toBe("candles");
  expect(chooseSeries(STORE, args({ symbol: "BTCUSDT", kind: "funding" })).key.kind).toBe(
    "funding",
  );
});

test("several series are an error that names the options which tell them apart", () => {
  expect(() => chooseSeries(STORE, args({ symbol: "BTCUSDT", exchange: "bybit" }))).toThrow(
    "3 series match: bybit BTCUSDT 1m candles, bybit BTCUSDT 5m candles, bybit BTCUSDT 4h candles",
  );
  expect(caught(() => chooseSeries(STORE, args({ symbol: "BTCUSDT" })))).toMatchObject({
    code: "E_USAGE",
    hint: "Name one with --exchange binance --interval 1h",
  });
});

test.each([
  {
    given: { symbol: "BTCUSDT", exchange: "bybit", interval: "4h" },
    source: "bybit BTCUSDT 4h",
    resampleTo: null,
  },
  // The longest that adds up: of 1m, 5m and 4h only the first two make an hour.
  {
    given: { symbol: "BTCUSDT", exchange: "bybit", interval: "60m" },
    source: "bybit BTCUSDT 5m",
    resampleTo: "1h",
  },
  {
    given: { symbol: "BTCUSDT", exchange: "bybit", interval: "2m" },
    source: "bybit BTCUSDT 1m",
    resampleTo: "2m",
  },
  {
    given: { symbol: "BTCUSDT", exchange: "bybit", interval: "1d" },
    source: "bybit BTCUSDT 4h",
    resampleTo: "1d",
  },
])("chooseSource($given) reads $source", ({ given, source, resampleTo }) => {
  const chosen = chooseSource(STORE, args(given));
  expect(words([chosen.stored])).toEqual([source]);
  expect(chosen.resampleTo).toBe(resampleTo);
});

test("an interval that several exchanges could give is an error, and one that nothing gives too", () => {
  expect(() => chooseSource(STORE, args({ symbol: "BTCUSDT", interval: "2h" }))).toThrow(
    "2 series match",
  );
  expect(() => chooseSource(STORE, args({ symbol: "ETHUSDT", interval: "1m" }))).toThrow(
    'Nothing stored matches "ETHUSDT 1m candles"',
  );
});

test("a name that is nearly right is suggested, two different names are refused", () => {
  expect(caught(() => chooseSeries(STORE, args({ symbol: "ETHUSD" })))).toMatchObject({
    code: "E_DATA_UNKNOWN_SERIES",
    hint: 'Did you mean "ETHUSDT"?',
  });
  expect(() => chooseSeries(STORE, args({ name: "A", symbol: "B" }))).toThrow(
    "Two symbols are named",
  );
});
