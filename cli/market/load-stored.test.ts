import { expect, test } from "vitest";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { CANDLES, loadFrom } from "./testing/stored-market.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const FOUR = { ...CANDLES, interval: "4h" };
const HOURLY = { key: CANDLES, bars: sampleBars(100, { start: START, intervalMs: HOUR }) };

/** Stored bars of four hours have their own prices, so that they can be told from built ones. */
function fourHours(from: number, count: number) {
  const start = START + from * HOUR;
  return { key: FOUR, bars: sampleBars(count, { start, intervalMs: 4 * HOUR, seed: 3 }) };
}

async function higherOf(stored: ReturnType<typeof fourHours>) {
  const market = await loadFrom([HOURLY, stored], { higher: ["4h"] });
  const words = market.series.map(({ key }) => key.interval);
  return { bars: market.symbols[0]?.higher.get("4h"), words };
}

test("stored bars of a further interval are used where they cover the run", async () => {
  const stored = fourHours(0, 25);
  const { bars, words } = await higherOf(stored);
  expect(bars?.close[24]).toBe(stored.bars.close[24]);
  expect(words).toEqual(["1h", "4h"]);
});

test.each([
  ["begin late", 8, 23],
  ["end early", 0, 20],
  ["lie elsewhere", 200, 10],
])("stored bars of a further interval that %s give way to built ones", async (_name, from, n) => {
  const { bars, words } = await higherOf(fourHours(from, n));
  expect(bars?.length).toBe(25);
  expect(bars?.close[24]).toBe(HOURLY.bars.close[99]);
  expect(words).toEqual(["1h"]);
});
