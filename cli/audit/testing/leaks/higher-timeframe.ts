import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

const FOUR_HOURS = 4 * 3_600_000;

/** LEAK: the close of the four-hour bar that a bar belongs to, at every bar of it. */
const fourHourClose = kernelSpec("fourHourClose", () => (bars, index) => {
  const bucket = Math.floor((bars.time[index] as number) / FOUR_HOURS);
  let row = index;
  while (row + 1 < bars.length) {
    if (Math.floor((bars.time[row + 1] as number) / FOUR_HOURS) !== bucket) break;
    row += 1;
  }
  return bars.close[row] as number;
});

export const higherTimeframe = defineStrategy({
  name: "higher-timeframe",
  indicators: () => ({ trend: fourHourClose, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.trend.value > ctx.bar.close) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    } else ctx.exit();
  },
});
