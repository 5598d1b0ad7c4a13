import { expect, test } from "vitest";
import { RandomStream } from "./random-stream.ts";
import { RegimeClock } from "./regime-clock.ts";
import { MARKET_REGIMES, NO_REGIMES, regimeShares } from "./regime-model.ts";

const HOUR_MS = 3_600_000;

test("regimeShares() of two states that alternate is in proportion to their stays", () => {
  const [first, second] = MARKET_REGIMES;
  if (first === undefined || second === undefined) throw new Error("Two regimes are needed");
  const shares = regimeShares([
    { ...first, meanDays: 3, next: [0, 1] },
    { ...second, meanDays: 1, next: [1, 0] },
  ]);
  expect(shares[0]).toBeCloseTo(0.75, 12);
  expect(shares[1]).toBeCloseTo(0.25, 12);
  expect(regimeShares(NO_REGIMES)).toEqual([1]);
});

test("the shares balance: each state is entered as often as it is left", () => {
  const shares = regimeShares(MARKET_REGIMES);
  const leaving = shares.map((share, at) => share / (MARKET_REGIMES[at]?.meanDays ?? Number.NaN));
  for (const [to, out] of leaving.entries()) {
    const into = leaving.reduce(
      (sum, rate, from) => sum + rate * (MARKET_REGIMES[from]?.next[to] ?? Number.NaN),
      0,
    );
    expect(into).toBeCloseTo(out, 9);
  }
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
});

test("a clock spends its time as the shares say", () => {
  const shares = regimeShares(MARKET_REGIMES);
  const steps = 24 * 365 * 200;
  const seen = new Uint8Array(steps);
  new RegimeClock(MARKET_REGIMES, new RandomStream(5n, "regime"), 0).fill(seen, steps, 0, HOUR_MS);
  for (const [at, share] of shares.entries()) {
    const count = seen.reduce((sum, state) => sum + (state === at ? 1 : 0), 0);
    expect(count / steps / share).toBeGreaterThan(0.8);
    expect(count / steps / share).toBeLessThan(1.25);
  }
});

test("the schedule does not depend on the step", () => {
  const fine = new Uint8Array(24 * 60 * 60);
  const coarse = new Uint8Array(24 * 60);
  const clock = () => new RegimeClock(MARKET_REGIMES, new RandomStream(6n, "regime"), 0);
  clock().fill(fine, fine.length, 0, HOUR_MS / 60);
  clock().fill(coarse, coarse.length, 0, HOUR_MS);
  expect(coarse).toEqual(coarse.map((_, at) => fine[at * 60] as number));
  expect(new Set(coarse).size).toBeGreaterThan(1);
});
