import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

const hourOf = (time: number): number => Math.floor(time / 3_600_000) % 24;

/** LEAK: the mean return of the next bar by hour of the day, learned from the whole series. */
const encoded = kernelSpec("encoded", () => {
  let means: readonly number[] | null = null;
  return (bars, index) => {
    if (means === null) {
      const sums = Array.from({ length: 24 }, () => 0);
      const counts = Array.from({ length: 24 }, () => 0);
      for (let row = 0; row + 1 < bars.length; row++) {
        const hour = hourOf(bars.time[row] as number);
        sums[hour]! += (bars.close[row + 1] as number) / (bars.close[row] as number) - 1;
        counts[hour]! += 1;
      }
      means = sums.map((sum, hour) => sum / (counts[hour] || 1));
    }
    return means[hourOf(bars.time[index] as number)] ?? 0;
  };
});

export const targetEncoding = defineStrategy({
  name: "target-encoding",
  indicators: () => ({ encoded, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.encoded.value > 0) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
