import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: a smoothing window with the bar in its middle. */
const centred = kernelSpec("centred", () => (bars, index) => {
  let sum = 0;
  for (let row = index - 2; row <= index + 2; row++) sum += bars.close[row] ?? Number.NaN;
  return sum / 5;
});

export const centredWindow = defineStrategy({
  name: "centred-window",
  indicators: () => ({ smooth: centred, slow: sma(20) }),
  onBar(ctx) {
    const { smooth, slow } = ctx.indicators;
    if (smooth.value > slow.value) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
