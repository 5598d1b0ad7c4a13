import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BarColumns, type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { generateMarket, type SyntheticSeries } from "./generate-market.ts";
import type { SyntheticOptions } from "./options.ts";

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2023, 5, 5);
const COLUMNS = ["time", "open", "high", "low", "close", "volume"] as const;

/** Minutes of a bar and the most bars of that length. Over a thousand steps there is more than one chunk. */
const SIZES = [
  { minutes: 1, barsMax: 2_500 },
  { minutes: 3, barsMax: 2_500 },
  { minutes: 5, barsMax: 2_500 },
  { minutes: 7, barsMax: 1_200 },
  { minutes: 60, barsMax: 250 },
  { minutes: 240, barsMax: 60 },
  { minutes: 1_440, barsMax: 10 },
];

const market = fc.constantFrom(...SIZES).chain(({ minutes, barsMax }) =>
  fc.record({
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    intervalMs: fc.constant(minutes * MINUTE_MS),
    bars: fc.integer({ min: 2, max: barsMax }),
    gaps: fc.constantFrom(0, 0, 0.02, 0.3),
    zeroVolume: fc.constantFrom(0, 0, 0.05, 0.3),
    fundingIntervalHours: fc.constantFrom(1, 4, 8),
  }),
);

function generate(options: Omit<SyntheticOptions, "symbols" | "from">): SyntheticSeries {
  const from = Math.floor(FROM / (options.intervalMs ?? 1)) * (options.intervalMs ?? 1);
  const [series] = generateMarket({ ...options, from, symbols: [{ symbol: "ETHUSDT" }] }).symbols;
  if (series === undefined) throw new Error("One symbol is needed");
  return series;
}

function expectPrefix(short: BarColumns | FundingColumns, long: BarColumns | FundingColumns): void {
  const names = "open" in short ? COLUMNS : (["time", "rate"] as const);
  for (const name of names) {
    const [before, after] = [Reflect.get(short, name), Reflect.get(long, name)];
    expect(after.subarray(0, short.length), name).toEqual(before.subarray(0, short.length));
  }
}

test("a longer run begins with the shorter one", () => {
  fc.assert(
    fc.property(market, fc.double({ min: 0.01, max: 1, noNaN: true }), (options, share) => {
      const long = generate(options);
      const short = generate({ ...options, bars: Math.ceil(options.bars * share) });
      expectPrefix(short.candles, long.candles);
      expectPrefix(short.mark, long.mark);
      expectPrefix(short.funding, long.funding);
      expect(long.funding.premium.subarray(0, short.funding.length)).toEqual(short.funding.premium);
    }),
    { numRuns: 40 },
  );
});

test("gaps take rows out and silence flattens some; every other row is the same as without them", () => {
  fc.assert(
    fc.property(market, (options) => {
      const plain = generate({ ...options, gaps: 0, zeroVolume: 0 }).candles;
      const { candles } = generate(options);
      if (options.gaps === 0) expect(candles.length).toBe(plain.length);
      let silent = 0;
      for (let row = 0; row < candles.length; row++) {
        const time = candles.time[row] as number;
        const source = lowerBound(plain.time, plain.length, time);
        if (candles.volume[row] === 0) {
          silent += 1;
          const price = candles.close[row - 1];
          expect([
            candles.open[row],
            candles.high[row],
            candles.low[row],
            candles.close[row],
          ]).toEqual([price, price, price, price]);
          expect(plain.time[source]).toBe(time);
          continue;
        }
        for (const name of COLUMNS) {
          if (candles[name][row] !== plain[name][source])
            expect.fail(`${name} differs in row ${row}`);
        }
      }
      if (options.zeroVolume === 0) expect(silent).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test("every candle holds its open and its close, at every interval", () => {
  fc.assert(
    fc.property(market, (options) => {
      const { candles, mark } = generate(options);
      for (const bars of [candles, mark]) {
        for (let row = 0; row < bars.length; row++) {
          const [open, close] = [bars.open[row] as number, bars.close[row] as number];
          const [high, low] = [bars.high[row] as number, bars.low[row] as number];
          if (high < Math.max(open, close) || low > Math.min(open, close) || low <= 0) {
            expect.fail(`Row ${row}: ${open} ${high} ${low} ${close}`);
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});
