import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** The twin of the centred window: it ends at the bar. */
const trailing = kernelSpec("trailing", () => (bars, index) => {
  let sum = 0;
  for (let row = index - 4; row <= index; row++) sum += bars.close[row] ?? Number.NaN;
  return sum / 5;
});

export const trailingWindow = defineStrategy({
  name: "trailing-window",
  indicators: () => ({ smooth: trailing, slow: sma(20) }),
  onBar(ctx) {
    const { smooth, slow } = ctx.indicators;
    if (smooth.value > slow.value) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
