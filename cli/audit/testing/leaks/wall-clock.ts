import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** LEAK: the hours in which it trades are those of the computer, not those of the bar. */
export const wallClock = defineStrategy({
  name: "wall-clock",
  indicators: () => ({ slow: sma(20) }),
  onBar(ctx) {
    const hour = new Date().getUTCHours();
    const isOpen = hour >= 8 && hour < 20;
    if (isOpen && ctx.bar.close > ctx.indicators.slow.value) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    } else ctx.exit();
  },
});
