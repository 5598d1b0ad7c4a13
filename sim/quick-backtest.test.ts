import { expect, test } from "vitest";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { backtest } from "./quick-backtest.ts";

/** Long at the second bar, with a stop that the mark sets off. */
const marked = defineStrategy({
  name: "marked",
  state: () => ({ bars: 0 }),
  onBar(ctx) {
    ctx.state.bars += 1;
    if (ctx.state.bars !== 1) return;
    ctx.enterLong({ qty: 1 });
    ctx.order({
      side: "sell",
      type: "stopMarket",
      qty: 1,
      trigger: 95,
      triggerBy: "mark",
      reduceOnly: true,
    });
  },
});

const flat = [100, 100, 100, 100, 1_000] as const;
const START = Date.UTC(2024, 0, 1);

test("a missing bar is a gap in time, and orders wait for the bar after it", () => {
  const { fills } = backtest(marked, { candles: [flat, "gap", flat, flat], costs: "none" });
  expect(fills.map(({ time, price }) => [(time - START) / 3_600_000, price])).toEqual([[2, 100]]);
  expect(() => backtest(marked, { candles: ["gap"] })).toThrow("A backtest needs candles");
});

test("a stop by the mark goes off where the mark candles go, not where the price does", () => {
  const candles = [flat, flat, flat, flat];
  const dip = [100, 100, 94, 100];
  const calm = backtest(marked, { candles, mark: [flat, flat, flat, flat], costs: "none" });
  expect(calm.trades).toEqual([]);
  const dipped = backtest(marked, { candles, mark: [flat, flat, dip, flat], costs: "none" });
  expect(dipped.trades).toMatchObject([{ exitReason: "stopLoss", entryPrice: 100 }]);
});
