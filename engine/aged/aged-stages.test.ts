import { describe, expect, test } from "vitest";
import { resolveAgedConfig } from "./aged-config.ts";
import {
  agedHours,
  breakEvenPrice,
  bufferedTarget,
  deadlinesOf,
  HOUR_MS,
  isProfitable,
  isReached,
  lossPrice,
  stageAt,
  toleratedLossAt,
  toleratedLossPct,
} from "./aged-stages.ts";

const config = resolveAgedConfig({}, 0.055);
const OPENED = Date.UTC(2024, 0, 1);
const deadlines = deadlinesOf(OPENED, config);

/** The time `h` hours after the position became aged. */
function agedFor(h: number): number {
  return OPENED + Math.round((3 + h) * HOUR_MS);
}

describe("the clock", () => {
  test("deadlines are whole ms from the opening on, whatever the parameters are", () => {
    expect(deadlines).toEqual({
      agedAt: OPENED + 3 * HOUR_MS,
      graceEndsAt: OPENED + 11 * HOUR_MS,
      emergencyAt: OPENED + 31 * HOUR_MS,
    });
    const odd = deadlinesOf(7, resolveAgedConfig({ maxAgeHours: 1 / 3, graceHours: 0.1 }, 0));
    expect(odd).toEqual({ agedAt: 1_200_007, graceEndsAt: 1_560_007, emergencyAt: 73_560_007 });
  });

  test.each([
    [-0.5, "young"],
    [0, "young"],
    [1 / HOUR_MS, "grace"],
    [8, "grace"],
    [8 + 1 / HOUR_MS, "progressive"],
    [28, "progressive"],
    [28 + 1 / HOUR_MS, "emergency"],
    [1000, "emergency"],
  ] as const)("h = %d is %s", (h, stage) => {
    expect(stageAt(deadlines, agedFor(h))).toBe(stage);
    expect(agedHours(deadlines, agedFor(h))).toBeCloseTo(h, 9);
  });
});

describe("the tolerated loss", () => {
  test.each([
    [-1, 0],
    [0, 0],
    [1, 0.5],
    [3.5, 1.75],
    [9.99, 4.995],
    [10, 5],
    [10.01, 6.006],
    [12, 7.2],
    [16, 9.6],
    [16.66, 9.996],
    [16.67, 10],
    [17, 10],
    [400, 10],
  ])("after %d progressive hours is %d %%", (hours, percent) => {
    expect(toleratedLossPct(hours, config)).toBeCloseTo(percent, 12);
    expect(toleratedLossAt(deadlines, agedFor(8 + hours), config)).toBeCloseTo(percent, 5);
  });

  test("it is exact at the hours that the design names, by the clock in ms", () => {
    expect(toleratedLossAt(deadlines, agedFor(18), config)).toBe(5);
    expect(toleratedLossAt(deadlines, agedFor(18) + 1, config)).toBeCloseTo(6.0000001667, 9);
    expect(toleratedLossAt(deadlines, agedFor(18.01), config)).toBeCloseTo(6.006, 12);
    // 10 % / (0.5 % × 1.2) are 16 h 40 min: the ms before it is below the cap, from then on it stands there.
    const cap = deadlines.graceEndsAt + 60_000_000;
    expect(toleratedLossAt(deadlines, cap - 1, config)).toBeLessThan(10);
    expect(toleratedLossAt(deadlines, cap, config)).toBe(10);
  });

  test("without acceleration the cap is reached when the emergency begins", () => {
    const plain = resolveAgedConfig({ accelerationFactor: 1 }, 0);
    expect(toleratedLossAt(deadlines, deadlines.emergencyAt - 1, plain)).toBeLessThan(10);
    expect(toleratedLossAt(deadlines, deadlines.emergencyAt, plain)).toBe(10);
  });
});

describe("prices", () => {
  test.each([
    [1, 100, 0.055, 100.11],
    [-1, 100, 0.055, 99.89],
    [1, 40_000, 0.035, 40_028],
    [-1, 40_000, 0.035, 39_972],
    [1, 100, 0, 100],
  ])("break-even of side %d from %d at a fee of %d %% is %d", (side, entry, fee, price) => {
    expect(breakEvenPrice(side, entry, fee)).toBeCloseTo(price, 10);
  });

  test("at break-even a round trip at the taker fee comes to nothing, in the first order", () => {
    const [entry, fee] = [50_000, 0.055];
    for (const side of [1, -1]) {
      const exit = breakEvenPrice(side, entry, fee);
      const net = side * (exit - entry) - ((entry + exit) * fee) / 100;
      expect(Math.abs(net) / entry).toBeLessThan(1e-6);
    }
  });

  test.each([
    [1, 5, 95],
    [-1, 5, 105],
    [1, 10, 90],
    [-1, 10, 110],
    [1, 0, 100],
  ])("the target of side %d at %d %% is %d", (side, pct, price) => {
    expect(lossPrice(side, 100, pct)).toBeCloseTo(price, 12);
  });

  test.each([
    ["long above", 1, 95.5, true],
    ["long on the target", 1, 95, true],
    ["long inside the buffer", 1, 94.95, true],
    ["long on the buffer", 1, 94.905, true],
    ["long below the buffer", 1, 94.9049, false],
    ["short below", -1, 94.5, true],
    ["short on the target", -1, 95, true],
    ["short on the buffer", -1, 95.095, true],
    ["short above the buffer", -1, 95.0951, false],
  ])("%s", (_name, side, price, reached) => {
    expect(isReached(side, price, 95, 0.1)).toBe(reached);
  });

  test("the buffer reaches towards a worse price on both sides", () => {
    expect(bufferedTarget(1, 100, 0.1)).toBeCloseTo(99.9, 12);
    expect(bufferedTarget(-1, 100, 0.1)).toBeCloseTo(100.1, 12);
  });

  test("on break-even is not beyond it", () => {
    for (const side of [1, -1]) {
      const breakEven = breakEvenPrice(side, 100, 0.055);
      expect(isProfitable(side, breakEven, breakEven)).toBe(false);
      expect(isProfitable(side, breakEven + side * 0.0001, breakEven)).toBe(true);
      expect(isProfitable(side, breakEven - side * 0.0001, breakEven)).toBe(false);
    }
  });
});
