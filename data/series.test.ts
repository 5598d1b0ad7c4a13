import { expect, test } from "vitest";
import { normalizeSymbol, seriesLabel } from "./series.ts";

test.each([
  ["BTCUSDT", undefined, "BTCUSDT"],
  ["btcusdt", undefined, "BTCUSDT"],
  [" btcusdt ", undefined, "BTCUSDT"],
  ["BTC/USDT", undefined, "BTCUSDT"],
  ["BTC/USDT:USDT", "bybit", "BTCUSDT"],
  ["BTC-USDT", undefined, "BTCUSDT"],
  ["BTC_USDT", undefined, "BTCUSDT"],
  ["BTC_USDT_USDT", undefined, "BTCUSDT"],
  ["BTC-USDT-SWAP", undefined, "BTCUSDT"],
  ["BTC/USD:BTC", "bybit-inverse", "BTCUSD"],
  ["BTCUSD_PERP", undefined, "BTCUSD"],
  ["BTC/USDT:USDT-250328", undefined, "BTCUSDT-250328"],
  ["BTCUSDT_250328", undefined, "BTCUSDT-250328"],
  ["1000PEPEUSDT", undefined, "1000PEPEUSDT"],
  ["EURUSD", undefined, "EURUSD"],
  ["BTC", "hyperliquid", "BTC"],
  ["btc", "hyperliquid", "BTC"],
  ["BTC/USDC:USDC", "hyperliquid", "BTC"],
  ["BTC-USD", "hyperliquid", "BTC"],
  ["BTC_USDC_USDC", "hyperliquid", "BTC"],
  ["BTC-PERP", "hyperliquid", "BTC"],
  ["kPEPE", "hyperliquid", "kPEPE"],
  ["xyz:TSLA", "hyperliquid", "xyz:TSLA"],
])("normalizeSymbol(%j, %j) is %j", (text, exchange, expected) => {
  expect(normalizeSymbol(text, exchange)).toBe(expected);
  expect(normalizeSymbol(expected, exchange)).toBe(expected);
});

test("seriesLabel() leaves out the interval of funding", () => {
  const key = { exchange: "bybit", symbol: "BTCUSDT" };
  expect(seriesLabel({ ...key, kind: "candles", interval: "5m" })).toBe("bybit BTCUSDT 5m candles");
  expect(seriesLabel({ ...key, kind: "funding", interval: "" })).toBe("bybit BTCUSDT funding");
});
