import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: nobody gets this result again. */
export const randomEntry = defineStrategy({
  name: "random-entry",
  indicators: () => ({
    slow: sma(20),
    close: kernelSpec("same", () => (bars, row) => bars.close[row] ?? 0),
  }),
  onBar(ctx) {
    if (Math.random() < 0.1) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else if (ctx.bar.close < ctx.indicators.slow.value) ctx.exit();
  },
});
