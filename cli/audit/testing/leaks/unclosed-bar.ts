import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: the range of the bar that is still open, as if it were known at its open. */
const forming = kernelSpec("forming", () => (bars, index) => {
  const open = bars.open[index + 1] ?? Number.NaN;
  const high = bars.high[index + 1] ?? Number.NaN;
  const low = bars.low[index + 1] ?? Number.NaN;
  return high - open - (open - low);
});

export const unclosedBar = defineStrategy({
  name: "unclosed-bar",
  indicators: () => ({ forming, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.forming.value > 0) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
