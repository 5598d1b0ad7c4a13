import { expect, test } from "vitest";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { holdsInvariants, type InvariantOptions } from "#props/holds-invariants.ts";
import type { InvariantName } from "#props/invariants/invariant-broken.ts";
import { brokenBy } from "./testing/broken-by.ts";
import {
  dividesByRange,
  doublesDown,
  flips,
  idles,
  lateStop,
  readsTheClock,
  remembersRuns,
  seesTomorrow,
  sound,
  throwsDice,
  trustsTheClock,
} from "./testing/planted-strategies.ts";

test("a sound strategy holds everything that can be asked of it", () => {
  const report = holdsInvariants(sound, {
    isProtected: true,
    neverFlips: true,
    maxLeverage: 0.51,
    maxNotional: 10_000,
  });
  expect(report.runs).toBe(100);
  expect(report.trades).toBeGreaterThan(100);
});

const PLANTED: readonly (readonly [Strategy, InvariantName, InvariantOptions])[] = [
  [seesTomorrow, "noLookahead", {}],
  [remembersRuns, "deterministic", {}],
  [throwsDice, "deterministic", {}],
  [readsTheClock, "deterministic", {}],
  [flips, "neverFlips", { neverFlips: true }],
  [lateStop, "isProtected", { isProtected: true }],
  [doublesDown, "maxLeverage", { maxLeverage: 1, leverage: 3 }],
  [doublesDown, "maxNotional", { maxNotional: 10_000, leverage: 3 }],
  [dividesByRange, "runsToItsEnd", {}],
  [trustsTheClock, "flatBy", { flatBy: "day", venue: { latencyMs: 0, participationPct: null } }],
];

const CASES = PLANTED.map(([strategy, invariant, options]) => ({
  name: strategy.name,
  strategy,
  invariant,
  options,
}));

test.each(CASES)("$name breaks $invariant", { timeout: 60_000 }, (planted) => {
  const { strategy, invariant, options } = planted;
  const error = brokenBy(() => holdsInvariants(strategy, options));
  expect(error.invariant).toBe(invariant);
  expect(error.message.split("\n")[0]).toContain(`${strategy.name} breaks ${invariant}: `);
  expect(error.message).toMatch(/seed: \d+, path: "\d+"/);
  expect(error.message).toContain("candles:\n");
});

test("a strategy that never trades shows nothing, and says so unless it may idle", () => {
  expect(() => holdsInvariants(idles)).toThrow(/idles never traded on 100 random markets/);
  expect(holdsInvariants(idles, { mayIdle: true, runs: 5 })).toEqual({
    runs: 5,
    trades: 0,
    fills: 0,
  });
});
