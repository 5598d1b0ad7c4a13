import { kernelSpec } from "#cli/audit/testing/kernel-spec.ts";
import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: a straight line through all closes, fitted once. */
const residual = kernelSpec("residual", () => {
  let slope = Number.NaN;
  let level = 0;
  return (bars, index) => {
    if (Number.isNaN(slope)) {
      const count = bars.length;
      const meanX = (count - 1) / 2;
      const meanY = bars.close.reduce((sum, close) => sum + close, 0) / count;
      let up = 0;
      let down = 0;
      for (let row = 0; row < count; row++) {
        up += (row - meanX) * ((bars.close[row] as number) - meanY);
        down += (row - meanX) ** 2;
      }
      slope = down === 0 ? 0 : up / down;
      level = meanY - slope * meanX;
    }
    return (bars.close[index] as number) - (level + slope * index);
  };
});

export const fitWholeSeries = defineStrategy({
  name: "fit-whole-series",
  indicators: () => ({ residual, slow: sma(20) }),
  onBar(ctx) {
    if (ctx.indicators.residual.value < 0) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
