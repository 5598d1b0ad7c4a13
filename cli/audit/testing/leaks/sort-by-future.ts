import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: the rank of a bar among all bars, sorted by what the price did in the day after it. */
const rank = kernelSpec("rank", () => {
  let ranks: Float64Array | null = null;
  return (bars, index) => {
    if (ranks === null) {
      const gains = Float64Array.from({ length: bars.length }, (_, row) => {
        const later = Math.min(row + 24, bars.length - 1);
        return (bars.close[later] as number) / (bars.close[row] as number) - 1;
      });
      const order = Array.from(gains.keys()).sort((a, b) => gains[a]! - gains[b]!);
      const made = new Float64Array(bars.length);
      order.forEach((row, at) => {
        made[row] = at / bars.length;
      });
      ranks = made;
    }
    return ranks[index] ?? Number.NaN;
  };
});

export const sortByFuture = defineStrategy({
  name: "sort-by-future",
  indicators: () => ({ rank, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.rank.value > 0.8) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
