import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

const FOUR_HOURS = 4 * 3_600_000;

/** The twin of the higher timeframe: the close of a four-hour bar, once its last hour has closed. */
const fourHourClose = kernelSpec("fourHourClose", () => {
  let last = Number.NaN;
  return (bars, index) => {
    const end = (bars.time[index] as number) + bars.intervalMs;
    if (end % FOUR_HOURS === 0) last = bars.close[index] as number;
    return last;
  };
});

export const closedBucket = defineStrategy({
  name: "closed-bucket",
  indicators: () => ({ trend: fourHourClose, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.trend.value < ctx.bar.close) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    } else ctx.exit();
  },
});
