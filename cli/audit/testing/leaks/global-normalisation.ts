import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: z-scores with mean and deviation of the whole series. */
const score = kernelSpec("score", () => {
  let mean = Number.NaN;
  let deviation = 1;
  return (bars, index) => {
    if (Number.isNaN(mean)) {
      const closes = Array.from(bars.close);
      mean = closes.reduce((sum, close) => sum + close, 0) / closes.length;
      const squares = closes.reduce((sum, close) => sum + (close - mean) ** 2, 0);
      deviation = Math.sqrt(squares / closes.length) || 1;
    }
    return ((bars.close[index] as number) - mean) / deviation;
  };
});

export const globalNormalisation = defineStrategy({
  name: "global-normalisation",
  indicators: () => ({ score, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.score.value < -0.5) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
