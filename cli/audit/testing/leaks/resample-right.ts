import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

const FOUR_HOURS = 4 * 3_600_000;

/**
 * LEAK: bars of four hours closed and labelled on the right, looked up by the label that equals the close of the bar:
 * the one labelled 04:00 holds the candle that opens at 04:00.
 */
const resampled = kernelSpec("resampled", () => {
  let byLabel: Map<number, number> | null = null;
  let last = Number.NaN;
  return (bars, index) => {
    if (byLabel === null) {
      byLabel = new Map();
      for (let row = 0; row < bars.length; row++) {
        const label = Math.ceil((bars.time[row] as number) / FOUR_HOURS) * FOUR_HOURS;
        byLabel.set(label, bars.close[row] as number);
      }
    }
    last = byLabel.get((bars.time[index] as number) + bars.intervalMs) ?? last;
    return last;
  };
});

export const resampleRight = defineStrategy({
  name: "resample-right",
  indicators: () => ({ resampled, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.resampled.value > ctx.bar.close) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    } else ctx.exit();
  },
});
