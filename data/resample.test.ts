import { expect, test } from "vitest";
import { sampleBars } from "#data/testing/sample-bars.ts";
import { DrydockError } from "#engine/errors.ts";
import { resampleSeries } from "./resample.ts";

const key = { kind: "candles", exchange: "bybit", symbol: "BTCUSDT", interval: "1m" } as const;

test("resampleSeries() names the new series by the customary word", () => {
  const { key: longer, bars } = resampleSeries(key, sampleBars(240), "60m");
  expect(longer).toEqual({ ...key, interval: "1h" });
  expect(bars.length).toBe(4);
  expect(bars.intervalMs).toBe(3_600_000);
});

test("resampleSeries() refuses an interval that the bars do not add up to", () => {
  const bars = sampleBars(10, { intervalMs: 600_000 });
  const attempt = () => resampleSeries({ ...key, interval: "10m" }, bars, "45m");
  expect(attempt).toThrow(DrydockError);
  expect(attempt).toThrow(expect.objectContaining({ code: "E_DATA_INTERVAL" }));
  expect(attempt).toThrow(/45m.*10m bars do not add up/);
});
