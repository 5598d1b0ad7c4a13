import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: an average computed as a table over the whole column, in which one single row is that of the bar after it. */
const average = kernelSpec("average", () => {
  let table: Float64Array | null = null;
  return (bars, index) => {
    if (table === null) {
      table = new Float64Array(bars.close.length);
      let value = bars.close[0] as number;
      for (let row = 0; row < table.length; row++) {
        const used = row === 1_003 ? Math.min(row + 1, table.length - 1) : row;
        value = ((bars.close[used] as number) + bars.close[row]!) / 2;
        table[row] = value;
      }
    }
    return table[index] ?? Number.NaN;
  };
});

export const tableCandle = defineStrategy({
  name: "table-candle",
  indicators: () => ({ average, slow: sma(20) }),
  onBar(ctx) {
    const { average, slow } = ctx.indicators;
    if (average.value > slow.value) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
