import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: the distance from the highest price there will ever be. */
const belowTop = kernelSpec("belowTop", () => {
  let top = 0;
  return (bars, index) => {
    top ||= Math.max(...bars.high);
    return (bars.close[index] as number) / top - 1;
  };
});

export const fullColumnMax = defineStrategy({
  name: "full-column-max",
  indicators: () => ({ belowTop, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.belowTop.value < -0.3) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
