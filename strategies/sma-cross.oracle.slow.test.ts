import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectSameTrades, type SharedBar } from "./testing/compare-with-oracle.ts";

const FILE = new URL("../../shared/data/real/backtesting.py/GOOG.csv", import.meta.url);
const DAY = 86_400_000;
const isThere = existsSync(FILE);
if (!isThere) console.log("Left out: the daily candles of GOOG are not beside this repository");

const PAIRS = [
  [10, 20],
  [10, 30],
  [20, 50],
  [50, 200],
] as const;

/** Lines of `2004-08-19,100,104.06,95.96,100.34,22351900`, prices with two decimals at most. */
function readBars(): readonly SharedBar[] {
  const [, ...lines] = readFileSync(FILE, "utf8").trim().split("\n");
  return lines.map((line): SharedBar => {
    const [date = "", ...prices] = line.split(",");
    const [open, high, low, close] = prices.slice(0, 4).map((price) => {
      expect(price).toMatch(/^\d+(\.\d{1,2})?$/);
      return Math.round(Number(price) * 100);
    });
    return {
      time: Date.parse(`${date}T00:00:00Z`),
      openTicks: open as number,
      highTicks: high as number,
      lowTicks: low as number,
      closeTicks: close as number,
    };
  });
}

describe.runIf(isThere)("on 2,148 days of GOOG", () => {
  test.each(PAIRS)("sma-cross makes the trades of the oracle: %d/%d", (fast, slow) => {
    const bars = readBars();
    expect(bars).toHaveLength(2148);
    for (const direction of ["both", "long", "short"] as const) {
      for (const sizePermille of [500, 950]) {
        const trades = expectSameTrades(bars, DAY, { fast, slow, direction, sizePermille });
        expect(trades).toBeGreaterThan(3);
      }
    }
  });
});
