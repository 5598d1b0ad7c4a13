import { expect, test } from "vitest";
import type { MarketRequest } from "#cli/market/market-request.ts";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import { CANDLES, loadFrom } from "./testing/stored-market.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2024, 0, 1);
const at = (hour: number): number => START + hour * HOUR;
const bound = (hour: number) => ({ kind: "at", ms: at(hour) }) as const;

const HOURLY = sampleBars(100, { start: START, intervalMs: HOUR });
const MINUTES = { ...CANDLES, interval: "1m" };

/** One-minute candles of two islands: hours 10 to 12 and hours 40 to 60. */
const ISLANDS = joined(minutes(10, 12), minutes(40, 60));

function minutes(from: number, to: number): BarColumns {
  return sampleBars((to - from) * 60, { start: at(from), intervalMs: MINUTE });
}

function joined(...parts: readonly BarColumns[]): BarColumns {
  const all = makeBars(
    MINUTE,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let row = 0;
  for (const part of parts) {
    for (const name of ["time", "open", "high", "low", "close", "volume"] as const) {
      all[name].set(part[name].subarray(0, part.length), row);
    }
    row += part.length;
  }
  return all;
}

function load(fine: BarColumns, request: Partial<MarketRequest>) {
  const series = [
    { key: CANDLES, bars: HOURLY },
    { key: MINUTES, bars: fine },
  ];
  return loadFrom(series, request);
}

test.each([
  ["before all of them", 0, 8],
  ["in the hole between them", 15, 35],
  ["after all of them", 70, 90],
  ["around one", 5, 20],
  ["around both", 0, 100],
  ["into the beginning of one", 35, 50],
  ["out of the end of one", 50, 70],
  ["from one to the other", 11, 50],
])("finer candles of a piece are passed over by a run %s", async (_name, from, to) => {
  const market = await load(ISLANDS, {
    from: bound(from),
    to: bound(to),
    readFrom: at(from),
  });
  expect(market.matchedOn).toBe("1h");
  expect([market.from, market.to]).toEqual([at(from), at(to)]);
  const [one] = market.symbols;
  expect(one?.bars).toBe(one?.strategyBars);
  expect(one?.bars.length).toBe(to - from);
  expect(market.diagnostics).toContainEqual(
    expect.objectContaining({
      code: "finer-candles-passed-over",
      message: expect.stringContaining('1m of "BTCUSDT"'),
    }),
  );
  expect(market.series.map(({ key }) => key.interval)).toEqual(["1h"]);
});

test.each([
  [10, 12],
  [40, 60],
  [45, 50],
])("finer candles that cover a run from hour %i to %i are matched on", async (from, to) => {
  const market = await load(ISLANDS, {
    from: bound(from),
    to: bound(to),
    readFrom: at(from),
  });
  expect(market.matchedOn).toBe("1m");
  expect([market.from, market.to]).toEqual([at(from), at(to)]);
  expect(market.symbols[0]?.bars.length).toBe((to - from) * 60);
  expect(market.diagnostics.map(({ code }) => code)).not.toContain("finer-candles-passed-over");
});

test("one missing candle in the middle is a hole, and the message names it", async () => {
  const whole = minutes(0, 100);
  const holed = joined(sliceBars(whole, 0, 3_000), sliceBars(whole, 3_001, whole.length));
  const market = await load(holed, {});
  expect(market.matchedOn).toBe("1h");
  expect(market.diagnostics[0]?.message).toContain("have a hole at 2024-01-03T02:00:00Z");
});

test("the finest interval that covers the period is taken, and the finer one is named", async () => {
  const five = sampleBars(100 * 12, { start: START, intervalMs: 5 * MINUTE });
  const market = await loadFrom(
    [
      { key: CANDLES, bars: HOURLY },
      { key: MINUTES, bars: ISLANDS },
      { key: { ...CANDLES, interval: "5m" }, bars: five },
    ],
    {},
  );
  expect(market.matchedOn).toBe("5m");
  expect(market.diagnostics[0]).toMatchObject({ code: "finer-candles-passed-over", count: 1 });
});

test("detail that was asked for and can not be had is an error with the reason", async () => {
  const asked = load(ISLANDS, { from: bound(0), detail: "required" });
  await expect(asked).rejects.toMatchObject({
    code: "E_DATA_MISSING",
    message: expect.stringContaining("begin only at 2024-01-01T10:00:00Z"),
  });
});

test("a named interval is taken though a finer one is there, and one that is not stored is refused", async () => {
  const series = [
    { key: CANDLES, bars: HOURLY },
    { key: MINUTES, bars: minutes(0, 100) },
    {
      key: { ...CANDLES, interval: "5m" },
      bars: sampleBars(100 * 12, { start: START, intervalMs: 5 * MINUTE }),
    },
  ];
  const named = await loadFrom(series, { detail: "required", detailInterval: "5m" });
  expect(named.matchedOn).toBe("5m");
  await expect(
    loadFrom(series, { detail: "required", detailInterval: "15m" }),
  ).rejects.toMatchObject({
    code: "E_DATA_MISSING",
    message: expect.stringContaining("no 15m candles"),
    hint: expect.stringContaining("1m, 5m"),
  });
});

test("several symbols are matched on one interval or none", async () => {
  const eth = { ...CANDLES, symbol: "ETHUSDT" };
  const market = await loadFrom(
    [
      { key: CANDLES, bars: HOURLY },
      { key: MINUTES, bars: minutes(0, 100) },
      { key: eth, bars: HOURLY },
    ],
    { symbols: ["BTCUSDT", "ETHUSDT"] },
  );
  expect(market.symbols.map(({ bars }) => bars.intervalMs)).toEqual([HOUR, HOUR]);
  expect(market.diagnostics[0]?.message).toContain('1m of "ETHUSDT" are not stored');
});

test("candles that begin with the run say that the first decision acts a candle late", async () => {
  const warmup = new Map([["", 3]]);
  const codes = async (from: number): Promise<readonly string[]> => {
    const market = await load(ISLANDS, { from: bound(from), to: bound(60), warmup });
    expect(market.matchedOn).toBe("1m");
    return market.diagnostics.map(({ code }) => code);
  };
  expect(await codes(40)).toContain("late-first-decision");
  expect(await codes(41)).not.toContain("late-first-decision");
});
