import { expect, test } from "vitest";
import { backtestResult } from "#sim/backtest-result.ts";
import { type Candle, runScript } from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];

test("a close on its way does not leave unprotected what is added meanwhile", () => {
  // The stop is refused, for the price has passed it, so that the 5 held go at market; the add of 5 fills first.
  const backtest = runScript([flat, flat, flat, flat], {
    0: (ctx) => ctx.enterLong({ qty: 5 }),
    1: (ctx) => {
      ctx.protect({ stopLoss: 101 });
      ctx.enterLong({ qty: 5, add: true });
    },
  });
  const { fills, openTrades } = backtestResult(backtest);
  expect(openTrades).toEqual([]);
  expect(fills.filter((fill) => fill.reason === "stopLoss").map((fill) => fill.qty)).toEqual([
    5, 5,
  ]);
});
