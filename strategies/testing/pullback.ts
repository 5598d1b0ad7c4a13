import { atr, crossedAbove, defineStrategy, ema, on, param, rsi } from "#engine/strategy/api.ts";

/** The example of docs/strategies.md, word for word but for what it is imported from. */
export const pullback = defineStrategy({
  name: "pullback",
  description: "Buys the end of a setback while the 4h trend is up",
  params: {
    oversold: param.number(35, { min: 5, max: 50, doc: "RSI that a setback ends at" }),
    riskPct: param.number(1, { min: 0.1, max: 10, doc: "Equity at risk per trade, percent" }),
  },
  indicators: () => ({ rsi: rsi(14), range: atr(14), trend: on("4h", ema(20)) }),
  rules: () => ({ takeProfitPct: 6, maxBars: 48 }),
  onBar(ctx) {
    const { rsi, range, trend } = ctx.indicators;
    const { close } = ctx.bar;
    if (close < trend.value) {
      ctx.exit({ tag: "trend over" });
    } else if (crossedAbove(rsi, ctx.params.oversold)) {
      const stopLoss = close - 2 * range.value;
      ctx.enterLong({ qty: ctx.size.riskPercent(ctx.params.riskPct, stopLoss), stopLoss });
    }
  },
});
