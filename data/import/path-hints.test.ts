import { expect, test } from "vitest";
import { readPathHints } from "./path-hints.ts";

const none = {
  exchange: null,
  market: null,
  symbol: null,
  interval: null,
  kind: null,
  refusal: null,
};

test.each([
  [
    "BTC_USDT_USDT-5m-futures.feather",
    { symbol: "BTC_USDT_USDT", interval: "5m", market: "linear" },
  ],
  [
    "bybit/futures/BTC_USD_BTC-1h-futures.feather",
    { exchange: "bybit", symbol: "BTC_USD_BTC", interval: "1h", market: "inverse" },
  ],
  [
    "BTC_USDT_USDT-1h-mark.feather",
    { symbol: "BTC_USDT_USDT", interval: "1h", market: "linear", kind: "mark" },
  ],
  [
    "BTC_USDT_USDT-8h-funding_rate.json",
    { symbol: "BTC_USDT_USDT", interval: "8h", market: "linear", kind: "funding" },
  ],
  ["x/XRP_ETH-5m.feather", { symbol: "XRP_ETH", interval: "5m", market: "spot" }],
  ["NOPAIR_XXX-4m.json", { symbol: "NOPAIR_XXX", interval: "4m", market: "spot" }],
  ["UNITTEST_BTC-8m.json.gz", { symbol: "UNITTEST_BTC", interval: "8m", market: "spot" }],
  [
    "gap-1000-bars_BTC_USDT_USDT-1h-futures.feather",
    { symbol: "BTC_USDT_USDT", interval: "1h", market: "linear" },
  ],
  ["delisted-flat_FTT_USDT_1h.csv", { symbol: "FTT_USDT", interval: "1h" }],
  [
    "hyperliquid/parquet/HYPERLIQUID_BTC_15m.parquet",
    { exchange: "hyperliquid", symbol: "BTC", interval: "15m" },
  ],
  [
    "hyperliquid/relay-json/HYPE_1h.json",
    { exchange: "hyperliquid", symbol: "HYPE", interval: "1h" },
  ],
  [
    "binance/spot-1m-parquet/BINANCE_BTCUSDT_1m.parquet",
    { exchange: "binance", symbol: "BTCUSDT", interval: "1m", market: "spot" },
  ],
  [
    "binance/perp-1h-csv/WIFUSDT.csv",
    { exchange: "binance", symbol: "WIFUSDT", interval: "1h", market: "linear" },
  ],
  [
    "binance/perp-funding-csv/BTCUSDT.csv",
    { exchange: "binance", symbol: "BTCUSDT", market: "linear", kind: "funding" },
  ],
  [
    "binance/vision-csv/FILUSDT-1m-2023-09.csv",
    { exchange: "binance", symbol: "FILUSDT", interval: "1m" },
  ],
  [
    "data/futures/um/monthly/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2023-09.zip",
    { symbol: "BTCUSDT", interval: "1m", market: "linear", kind: "mark" },
  ],
  [
    "data/futures/cm/daily/klines/BTCUSD_PERP/1h/BTCUSD_PERP-1h-2023-09-01.zip",
    { symbol: "BTCUSD", interval: "1h", market: "linear" },
  ],
  ["Binance_BTCUSDT_1h.csv", { exchange: "binance", symbol: "BTCUSDT", interval: "1h" }],
  ["Binance_BTCUSDT_d.csv", { exchange: "binance", symbol: "BTCUSDT", interval: "1d" }],
  ["bybit/csv-1d/BTCUSDT.csv", { exchange: "bybit", symbol: "BTCUSDT", interval: "1d" }],
  ["bybit/csv-1m/BTCUSDT_1m.csv", { exchange: "bybit", symbol: "BTCUSDT", interval: "1m" }],
  [
    "bybit/lean-minute/btcusd_perp_20221213_trade.zip",
    { exchange: "bybit", symbol: "btcusd", market: "linear" },
  ],
  [
    "bybit/lean-minute/btcusdt_spot_20221213_trade.zip",
    { exchange: "bybit", symbol: "btcusdt", market: "spot" },
  ],
  [
    "bybit/lean-minute/btcusdt_perp_20221213_quote.zip",
    { exchange: "bybit", symbol: "btcusdt", market: "linear", refusal: "bid and ask bars" },
  ],
  ["crypto/binance/minute/btcusdt/20240105_trade.zip", { exchange: "binance", symbol: "btcusdt" }],
  ["kraken/XBTUSD_60.csv", { exchange: "kraken", symbol: "XBTUSD" }],
  ["backtesting.py/GOOG.csv", { symbol: "GOOG" }],
  ["EURUSD.csv", { symbol: "EURUSD" }],
  ["1000PEPEUSDT-15m-2024-01.csv", { symbol: "1000PEPEUSDT", interval: "15m" }],
  ["kPEPE_1h.json", { symbol: "kPEPE", interval: "1h" }],
  ["BTCUSDT_1M.csv", { symbol: "BTCUSDT", interval: "1M" }],
  ["data.csv", {}],
  ["my country.csv", {}],
  ["/home/mark/BTCUSDT_1h.csv", { symbol: "BTCUSDT", interval: "1h" }],
  ["/home/um/BTCUSDT_1h.csv", { symbol: "BTCUSDT", interval: "1h" }],
  [
    "bybit/mark-1h/BTCUSDT.csv",
    { exchange: "bybit", symbol: "BTCUSDT", interval: "1h", kind: "mark" },
  ],
])("readPathHints(%j)", (path, expected) => {
  expect(readPathHints(path)).toEqual({
    ...none,
    ...expected,
  });
});
