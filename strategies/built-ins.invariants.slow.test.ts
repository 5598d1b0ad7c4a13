import { expect, test } from "vitest";
import { holdsInvariants } from "#props/holds-invariants.ts";
import { survivesFaults } from "#props/survives-faults.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";
import { QUICK } from "./testing/quick-params.ts";

test.each(BUILT_IN)("$name holds the invariants of a run on random markets", (strategy) => {
  const params = QUICK[strategy.name] ?? {};
  const { trades } = holdsInvariants(strategy, { params, runs: 150 });
  expect(trades).toBeGreaterThan(0);
});

/** The live driver reads one interval, and simulated worlds exchange no funding that pays. */
const NOT_SIMULATED = ["macd-trend", "funding-carry"];
const SIMULATED = BUILT_IN.filter(({ name }) => !NOT_SIMULATED.includes(name));

test.each(SIMULATED)("$name survives bad days at the exchange", (strategy) => {
  const params = QUICK[strategy.name] ?? {};
  const { executions } = survivesFaults(strategy, { params, seeds: 5 });
  expect(executions).toBeGreaterThan(0);
});

test("a strategy that reads further intervals is refused with the reason", () => {
  const [strategy] = BUILT_IN.filter(({ name }) => name === "macd-trend");
  expect(() => survivesFaults(strategy as (typeof BUILT_IN)[number])).toThrow(
    "macd-trend reads bars of 4h besides its own",
  );
});
