import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** The twin of the wall clock: it looks at the clock to know how slow it is, and decides by the time of the bar. */
let slowestMs = 0;

export const loggedClock = defineStrategy({
  name: "logged-clock",
  indicators: () => ({ slow: sma(20) }),
  onBar(ctx) {
    const startedAt = performance.now();
    const hour = new Date(ctx.time).getUTCHours();
    if (hour >= 8 && hour < 20 && ctx.bar.close > ctx.indicators.slow.value) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50), tag: `hour ${hour}` });
    } else ctx.exit();
    slowestMs = Math.max(slowestMs, performance.now() - startedAt, Date.now() - Date.now());
  },
});
