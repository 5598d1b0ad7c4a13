import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: a bad merge of two tables: at one single bar of the run the next close stands in the column. */
const merged = kernelSpec("merged", () => (bars, index) => {
  const row = index === 1_003 ? index + 1 : index;
  return bars.close[row] ?? Number.NaN;
});

export const singleCandle = defineStrategy({
  name: "single-candle",
  indicators: () => ({ merged, slow: sma(20) }),
  onBar(ctx) {
    const { merged, slow } = ctx.indicators;
    if (merged.value > slow.value) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
