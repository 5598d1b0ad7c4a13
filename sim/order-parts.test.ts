import { expect, test } from "vitest";
import { type Candle, runScript, shortFills } from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100];
const options = { instrument: { maxQty: 2 }, balance: 100_000 };

test("a close larger than the largest order goes out in parts that the venue takes", () => {
  const run = runScript(
    [flat, flat, flat, flat, flat],
    {
      0: (ctx) => ctx.enterLong({ qty: 2 }),
      1: (ctx) => ctx.enterLong({ qty: 2, add: true }),
      2: (ctx) => ctx.enterLong({ qty: 1.5, add: true }),
      3: (ctx) => ctx.exit({ tag: "all" }),
    },
    options,
  );
  expect(
    shortFills(run)
      .slice(3)
      .map(([bar, , side, qty]) => [bar, side, qty]),
  ).toEqual([
    [4, "sell", 2],
    [4, "sell", 2],
    [4, "sell", 1.5],
  ]);
});

test("what a time stop closes goes out in parts too", () => {
  const run = runScript(
    [flat, flat, flat, flat],
    {
      0: (ctx) => {
        ctx.enterLong({ qty: 2 });
        ctx.enterLong({ qty: 2, add: true });
      },
    },
    { ...options, rules: { maxBars: 2 } },
  );
  expect(
    shortFills(run)
      .slice(2)
      .map(([bar, , , qty, , reason]) => [bar, qty, reason]),
  ).toEqual([
    [3, 2, "timeStop"],
    [3, 2, "timeStop"],
  ]);
});
