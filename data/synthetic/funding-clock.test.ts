import { expect, test } from "vitest";
import { FundingClock, type SyntheticFunding } from "./funding-clock.ts";
import { resolveSettings } from "./settings.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FROM = Date.UTC(2024, 0, 1);

function fund(
  premium: Float64Array,
  options: { readonly hours?: number; readonly from?: number; readonly stepMs?: number } = {},
): SyntheticFunding {
  const from = options.from ?? FROM;
  const intervalMs = options.stepMs ?? MINUTE_MS;
  const settings = resolveSettings({
    seed: 1,
    symbols: [{ symbol: "BTCUSDT", fundingCap: 0.005 }],
    from,
    bars: premium.length,
    intervalMs,
    fundingIntervalHours: options.hours,
  });
  const one = settings.symbols[0];
  if (one === undefined) throw new Error("One symbol is needed");
  const clock = new FundingClock(settings, one);
  // In two parts, as chunks come.
  const middle = Math.floor(premium.length / 3);
  clock.add(premium.subarray(0, middle), middle, from, intervalMs);
  const rest = premium.subarray(middle);
  clock.add(rest, rest.length, from + middle * intervalMs, intervalMs);
  return clock.finish();
}

test.each([
  ["inside the band the rate is the interest", 0.0003, 0.0001],
  ["at no premium too", 0, 0.0001],
  ["above it the correction takes off 0.05 %", 0.001, 0.0005],
  ["below it the correction adds 0.05 %", -0.0006, -0.0001],
  ["the cap holds above", 0.02, 0.005],
  ["and below", -0.02, -0.005],
])("%s", (_, premium, rate) => {
  const funding = fund(new Float64Array(480).fill(premium));
  expect(funding.length).toBe(1);
  expect(funding.time[0]).toBe(FROM + 8 * HOUR_MS);
  expect(funding.rate[0]).toBe(rate);
  expect(funding.premium[0]).toBeCloseTo(premium, 15);
});

test("the interest belongs to the length of the interval", () => {
  const hourly = fund(new Float64Array(240), { hours: 1 });
  expect([...hourly.rate]).toEqual([0.0000125, 0.0000125, 0.0000125, 0.0000125]);
  expect([...hourly.time]).toEqual([1, 2, 3, 4].map((hour) => FROM + hour * HOUR_MS));
});

test("minutes weigh 1, 2, … n", () => {
  // Only the last minute has a premium: weight 480 of 480 × 481 / 2.
  const last = new Float64Array(480);
  last[479] = 0.481;
  expect(fund(last).premium[0]).toBeCloseTo(0.481 * (480 / 115_440), 15);
  const first = new Float64Array(480);
  first[0] = 0.481;
  expect(fund(first).premium[0]).toBeCloseTo(0.481 / 115_440, 15);
});

test("stamps stand on the venue's hours wherever the run begins and ends", () => {
  const from = FROM + 5 * HOUR_MS;
  const funding = fund(new Float64Array(11 * 60), { from });
  expect([...funding.time]).toEqual([FROM + 8 * HOUR_MS, FROM + 16 * HOUR_MS]);
  expect(fund(new Float64Array(11 * 60 - 1), { from }).length).toBe(1);
});

test("a step that does not end at a stamp belongs to the interval it ends behind", () => {
  const stepMs = 7 * MINUTE_MS;
  const from = Math.floor(FROM / stepMs) * stepMs;
  const premium = new Float64Array(Math.ceil((24 * HOUR_MS) / stepMs)).fill(0.001);
  const funding = fund(premium, { from, stepMs });
  expect([...funding.time].every((time) => time % (8 * HOUR_MS) === 0)).toBe(true);
  expect([...funding.rate].every((rate) => rate === 0.0005)).toBe(true);
});
