import { expect, test } from "vitest";

import { type AdviceFacts, strategyAdvice } from "#cli/sim/strategy-advice.ts";
import type { StrategyAbout } from "#cli/sim/strategy-offer.ts";

const ABOUT = { hasState: false } as StrategyAbout;
const ROW: AdviceFacts["rows"][number] = {
  invariant: null,
  from: "2024-01-01T00:00:00.000Z",
  to: "2024-01-01T08:00:00.000Z",
  orders: 10,
  restarts: 0,
  differencePct: 0,
  unprotectedMinutes: 3,
  exposedMinutes: 60,
  calm: { invariant: null, unprotectedMinutes: 2, orders: 10, pnl: 1 },
};
const adviceOf = (row: Partial<typeof ROW>, more: Partial<AdviceFacts> = {}): string =>
  strategyAdvice({ about: ABOUT, rows: [ROW, { ...ROW, ...row }], exceptions: [], ...more }).join(
    "\n",
  );

test("a day on which nothing happened asks for nothing", () => {
  expect(adviceOf({})).toBe("Nothing that these days showed");
});

test.each([
  ["I38", { invariant: "I38" }, "use no clock, no Math.random"],
  ["another invariant", { invariant: "I15" }, "I15 broke, which is a fault of drydock"],
  ["one on a calm day", { calm: { ...ROW.calm, invariant: "I15" } }, "I15 broke"],
  ["a stop missing for long", { unprotectedMinutes: 40 }, "Up to 38 min longer without a stop"],
  [
    "too many orders",
    { calm: { ...ROW.calm, orders: 400 } },
    "Up to 50 orders an hour without any",
  ],
  ["a costly day", { differencePct: -2.5 }, "cost 2.50 % of the balance more"],
])("%s has its line", (_case, row, line) => {
  expect(adviceOf(row)).toContain(line);
});

test("no stops at all are told once there were positions of its own", () => {
  const bare = { ...ROW, unprotectedMinutes: null };
  const facts = { about: ABOUT, exceptions: [] };
  expect(strategyAdvice({ ...facts, rows: [bare] })[0]).toContain("No stop ever rests");
  const idle = {
    ...bare,
    orders: 0,
    calm: { invariant: null, unprotectedMinutes: null, orders: 0, pnl: 0 },
  };
  expect(strategyAdvice({ ...facts, rows: [idle] })).toEqual([
    "The strategy never traded: try other candles, a longer --minutes or other parameters",
  ]);
});

test("what the strategy threw comes first, with its place", () => {
  const exceptions = [{ place: "my.ts:3:1", alsoWithoutFaults: false }];
  const [first] = adviceOf({ differencePct: -9 }, { exceptions }).split("\n");
  expect(first).toContain("Mend my.ts:3:1: it throws only when something went wrong");
});

test("state that a restart forgets is told when there were restarts", () => {
  const about = { hasState: true } as StrategyAbout;
  expect(adviceOf({ restarts: 1 }, { about })).toContain("ctx.state begins anew");
  expect(adviceOf({}, { about })).not.toContain("ctx.state");
});

test("days that all lose without any fault are told, one is not", () => {
  const losing = { ...ROW, calm: { ...ROW.calm, pnl: -5 } };
  const facts = { about: ABOUT, exceptions: [] };
  expect(strategyAdvice({ ...facts, rows: [losing, losing] })[0]).toContain("lost on every day");
  expect(strategyAdvice({ ...facts, rows: [losing, ROW] })[0]).not.toContain("lost on every day");
});
