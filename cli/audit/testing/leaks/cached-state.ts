import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: what the price did after each bar, kept in the module: the second run of a process knows it. */
const changes = new Map<string, number>();

export const cachedState = defineStrategy({
  name: "cached-state",
  indicators: () => ({ slow: sma(20) }),
  onBar(ctx) {
    const { symbol, bar } = ctx;
    changes.set(`${symbol} ${bar.timeAt(1)}`, bar.close / bar.closeAt(1) - 1);
    const learned =
      changes.get(`${symbol} ${bar.time}`) ?? bar.close / ctx.indicators.slow.value - 1;
    if (learned > 0) ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    else ctx.exit();
  },
});
