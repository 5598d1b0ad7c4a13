import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BarColumns, type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { generateMarket, type SyntheticSeries } from "./generate-market.ts";
import type { SyntheticOptions } from "./options.ts";
import { candleFaults } from "./testing/candle-faults.ts";

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2023, 5, 5);
const COLUMNS = ["time", "open", "high", "low", "close", "volume"] as const;

/** Minutes of a bar and the most bars of that length. Over a thousand steps there is more than one chunk. */
const SIZES = [
  { minutes: 1 / 60, barsMax: 2_500 },
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

/** The first place in which the longer columns differ from the shorter ones, or null. */
function differingPrefix(
  short: BarColumns | FundingColumns,
  long: BarColumns | FundingColumns,
): string | null {
  const names = "open" in short ? COLUMNS : (["time", "rate", "premium"] as const);
  for (const name of names) {
    const [before, after]: readonly Float64Array[] = [
      Reflect.get(short, name),
      Reflect.get(long, name),
    ];
    for (let row = 0; row < short.length; row++) {
      if (!Object.is(before?.[row], after?.[row])) return `${name} in row ${row}`;
    }
  }
  return null;
}

test("a longer run begins with the shorter one", () => {
  fc.assert(
    fc.property(market, fc.double({ min: 0.01, max: 1, noNaN: true }), (options, share) => {
      const long = generate(options);
      const short = generate({ ...options, bars: Math.ceil(options.bars * share) });
      expect(differingPrefix(short.candles, long.candles)).toBeNull();
      expect(differingPrefix(short.mark, long.mark)).toBeNull();
      expect(differingPrefix(short.funding, long.funding)).toBeNull();
    }),
    { numRuns: 40 },
  );
});

/** What gaps and silence have done to rows that they should not have touched, and how many they have. */
function compareOutages(candles: BarColumns, plain: BarColumns) {
  let silent = 0;
  const faults: string[] = [];
  for (let row = 0; row < candles.length; row++) {
    const source = lowerBound(plain.time, plain.length, candles.time[row] as number);
    const isSilent = candles.volume[row] === 0;
    if (isSilent) silent += 1;
    for (const name of COLUMNS) {
      const isKept = !isSilent || name === "time";
      const wanted = isKept ? plain[name][source] : name === "volume" ? 0 : candles.close[row - 1];
      if (candles[name][row] !== wanted) faults.push(`${name} in row ${row}`);
    }
  }
  return { faults, silent, missing: plain.length - candles.length };
}

test("gaps take rows out and silence flattens some; every other row is the same as without them", () => {
  fc.assert(
    fc.property(market, (options) => {
      const plain = generate({ ...options, gaps: 0, zeroVolume: 0 }).candles;
      const { faults, silent, missing } = compareOutages(generate(options).candles, plain);
      expect(faults).toEqual([]);
      expect(silent > 0 && options.zeroVolume === 0).toBe(false);
      expect(missing > 0 && options.gaps === 0).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test("candles are valid at every interval", () => {
  fc.assert(
    fc.property(market, (options) => {
      const { candles, mark, tick } = generate(options);
      expect(candleFaults(candles, tick)).toEqual([]);
      expect(candleFaults(mark, tick)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
