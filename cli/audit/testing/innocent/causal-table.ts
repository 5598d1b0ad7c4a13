import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** Computed as a table over the whole column, each row from those before it: odd, and no look-ahead. */
const average = kernelSpec("average", () => {
  let table: Float64Array | null = null;
  return (bars, index) => {
    if (table === null) {
      const { close } = bars;
      const made = new Float64Array(close.length);
      let value = close[0] as number;
      close.forEach((one, row) => {
        value += (one - value) / 10;
        made[row] = value;
      });
      table = made;
    }
    return table[index] ?? Number.NaN;
  };
});

export const causalTable = defineStrategy({
  name: "causal-table",
  indicators: () => ({ average, slow: sma(20) }),
  onBar(ctx) {
    const { average, slow } = ctx.indicators;
    if (average.value > slow.value) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
