import { expect, test } from "vitest";
import { macdTrend } from "./macd-trend.ts";
import { candlesOf, fillsOf, runStrategy } from "./testing/run-strategy.ts";

/** The EMA that starts from the mean of its first n values, NaN before; written from the formula. */
function emaOf(values: readonly number[], n: number): number[] {
  const from = values.findIndex((value) => !Number.isNaN(value));
  let ema = Number.NaN;
  return values.map((value, at) => {
    const seen = at - from + 1;
    if (seen === n) ema = values.slice(from, at + 1).reduce((sum, one) => sum + one, 0) / n;
    else if (seen > n) ema += (2 / (n + 1)) * (value - ema);
    return ema;
  });
}

/** A rise, a fall and a rise, each with setbacks; prices on the tick. */
const closes = Array.from({ length: 200 }, (_, bar) => {
  const wave = 3 * Math.sin(bar / 1.7) + 30 * Math.sin(bar / 30);
  return Math.round((100 + wave) * 100) / 100;
});

/** What the rule says: `[bar of the decision, side]` of every change of position. */
function expected(direction: "both" | "long"): (readonly [number, string])[] {
  const fast = emaOf(closes, 3);
  const slow = emaOf(closes, 6);
  const line = closes.map((_, at) => (fast[at] as number) - (slow[at] as number));
  const signal = emaOf(line, 3);
  const fours = closes.filter((_, bar) => bar % 4 === 3);
  const trends = emaOf(fours, 3);
  const changes: [number, string][] = [];
  let side = 0;
  for (let bar = 1; bar < closes.length - 1; bar++) {
    // The last bar of four hours that has closed with this bar or before it.
    const trend = trends[Math.floor((bar + 1) / 4) - 1] ?? Number.NaN;
    const now = (line[bar] as number) - (signal[bar] as number);
    const before = (line[bar - 1] as number) - (signal[bar - 1] as number);
    const close = closes[bar] as number;
    const turn = (to: number, word: string): void => {
      side = to;
      changes.push([bar, word]);
    };
    if (side > 0 && now < 0) turn(0, "sell");
    if (side < 0 && now > 0) turn(0, "buy");
    if (before <= 0 && now > 0 && close > trend) turn(1, "buy");
    if (direction === "long") continue;
    if (before >= 0 && now < 0 && close < trend) turn(-1, "sell");
  }
  return changes;
}

test.each(["both", "long"] as const)("trades the crosses with the trend: %s", (direction) => {
  const run = runStrategy(macdTrend, [candlesOf(closes)], {
    params: { fast: 3, slow: 6, signal: 3, trend: 3, direction, stopPct: 0 },
  });
  const changes = expected(direction);
  expect(changes.length).toBeGreaterThan(10);
  expect(fillsOf(run).map(([bar, side, , price]) => [bar, side, price])).toEqual(
    changes.map(([bar, side]) => [bar + 1, side, closes[bar]]),
  );
});

test("a bar of the trend's interval counts from its close on, not before", () => {
  // Bars 8 to 11 make one bar of four hours; only with bar 11 is its rise known.
  const base = closes.slice(0, 40);
  const changed = base.map((close, bar) => (bar === 11 ? close + 30 : close));
  const fills = [base, changed].map((series) =>
    fillsOf(
      runStrategy(macdTrend, [candlesOf(series)], {
        params: { fast: 3, slow: 6, signal: 3, trend: 1, stopPct: 0 },
      }),
    ).filter(([bar]) => bar <= 11),
  );
  expect(fills[1]).toEqual(fills[0]);
  expect(fills[0]).not.toEqual([]);
});
