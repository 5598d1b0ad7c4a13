import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import { describeMarket, type MarketColumns, type MarketStatistics } from "./describe-market.ts";
import { generateMarket } from "./generate-market.ts";
import { missingFacts } from "./testing/stylised-facts.ts";

const FOLDER = new URL("../../../shared/data/real/binance/spot-1m-parquet/", import.meta.url);
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const MINUTE_MS = 60_000;
const SEEDS = [1, 2, 3, 4, 5, 6];

function pathOf(symbol: string): string {
  return fileURLToPath(new URL(`BINANCE_${symbol}_1m.parquet`, FOLDER));
}

async function readReal(symbol: string): Promise<BarColumns> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT ts::DOUBLE, open, high, low, close, volume FROM '${pathOf(symbol)}' ORDER BY ts`,
  );
  const columns = reader.getColumns() as number[][];
  const bars = makeBars(MINUTE_MS, columns[0]?.length ?? 0);
  for (const [at, name] of (
    ["time", "open", "high", "low", "close", "volume"] as const
  ).entries()) {
    bars[name].set(columns[at] ?? []);
  }
  connection.closeSync();
  return bars;
}

/** The numbers that are compared, by name, with the factor within which the synthetic median must lie. */
const COMPARED: Readonly<
  Record<string, { readonly factor: number; readonly of: (market: MarketStatistics) => number }>
> = {
  "annual vol": { factor: 1.4, of: (market) => first(market).annualVol },
  "excess kurtosis": { factor: 2.5, of: (market) => first(market).excessKurtosis },
  "beyond 5 sigma": { factor: 2.5, of: (market) => first(market).beyondFiveSigma },
  "range / close vol": { factor: 1.2, of: (market) => first(market).rangeToCloseVol },
  "|r| autocorrelation 1": { factor: 1.7, of: (market) => absAutocorrelation(market, 1) },
  "|r| autocorrelation 20": { factor: 1.9, of: (market) => absAutocorrelation(market, 20) },
  "volume ~ |r|": { factor: 1.4, of: (market) => first(market).volumeToAbsReturn },
  "weekend vol": { factor: 1.3, of: (market) => first(market).weekendVol },
  "weekend volume": { factor: 1.4, of: (market) => first(market).weekendVolume },
  "hour 14 volume": { factor: 1.3, of: (market) => first(market).hourlyVolume[14] ?? Number.NaN },
  "hour 5 volume": { factor: 1.3, of: (market) => first(market).hourlyVolume[5] ?? Number.NaN },
  correlation: { factor: 1.2, of: (market) => market.correlation[0]?.[1] ?? Number.NaN },
};

function first(market: MarketStatistics) {
  const [one] = market.symbols;
  if (one === undefined) throw new Error("One symbol is needed");
  return one;
}

function absAutocorrelation(market: MarketStatistics, lag: number): number {
  return first(market).autocorrelation.find((each) => each.lag === lag)?.absReturns ?? Number.NaN;
}

function describeAt(symbols: readonly MarketColumns[], minutes: number): MarketStatistics {
  return describeMarket({
    symbols: symbols.map(({ symbol, candles }) => ({
      symbol,
      candles: minutes === 1 ? candles : resample(candles, minutes * MINUTE_MS).bars,
    })),
  });
}

const isPresent = SYMBOLS.every((symbol) => existsSync(pathOf(symbol)));
if (!isPresent) console.log("Left out: the comparison with real candles, which are not here");

test.runIf(isPresent)("a real year and synthetic years agree in their statistics", async () => {
  const real: MarketColumns[] = [];
  for (const symbol of SYMBOLS) real.push({ symbol, candles: await readReal(symbol) });
  const synthetic = SEEDS.map(
    (seed) =>
      generateMarket({
        seed,
        symbols: SYMBOLS.map((symbol) => ({ symbol })),
        from: real[0]?.candles.time[0] ?? Number.NaN,
        bars: real[0]?.candles.length,
      }).symbols,
  );
  const lines = ["interval | BTCUSDT | real | synthetic median | range"];
  const off: string[] = [];
  for (const minutes of [1, 15, 60]) {
    const actual = describeAt(real, minutes);
    expect(actual.symbols.map(missingFacts)).toEqual(SYMBOLS.map(() => []));
    const made = synthetic.map((symbols) => describeAt(symbols, minutes));
    for (const [name, { factor, of }] of Object.entries(COMPARED)) {
      const values = made.map(of).sort((a, b) => a - b);
      const median = ((values[2] as number) + (values[3] as number)) / 2;
      const target = of(actual);
      const span = `${values[0]?.toPrecision(3)} … ${values.at(-1)?.toPrecision(3)}`;
      const line = `${minutes}m | ${name} | ${target.toPrecision(3)} | ${median.toPrecision(3)} | ${span}`;
      lines.push(line);
      if (!(median / target < factor && median / target > 1 / factor)) off.push(line);
    }
  }
  console.log(lines.join("\n"));
  expect(off).toEqual([]);
});
