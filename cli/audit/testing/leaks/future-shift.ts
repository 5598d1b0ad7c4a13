import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: the column shifted by one in the wrong direction. */
const shifted = kernelSpec("shifted", () => (bars, index) => {
  const next = bars.close[index + 1] ?? Number.NaN;
  return next / (bars.close[index] as number) - 1;
});

export const futureShift = defineStrategy({
  name: "future-shift",
  indicators: () => ({ change: shifted, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.change.value > 0.002) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
