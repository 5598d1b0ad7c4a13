import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** The twin of global normalisation: mean and deviation of the bars so far. */
const score = kernelSpec("score", () => {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return (bars, index) => {
    const close = bars.close[index] as number;
    count += 1;
    const before = close - mean;
    mean += before / count;
    squares += before * (close - mean);
    return count < 2 || squares === 0 ? 0 : (close - mean) / Math.sqrt(squares / count);
  };
});

export const expandingNormalisation = defineStrategy({
  name: "expanding-normalisation",
  indicators: () => ({ score, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.score.value < -0.5) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
