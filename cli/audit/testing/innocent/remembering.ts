import { defineStrategy, sma } from "#engine/strategy/api.ts";

/** The twin of cached state: what the module keeps is the same for everybody. */
const weekdays = new Map<number, boolean>();

function isWeekend(time: number): boolean {
  const day = Math.floor(time / 86_400_000);
  const known = weekdays.get(day);
  if (known !== undefined) return known;
  const made = new Date(time).getUTCDay() % 6 === 0;
  weekdays.set(day, made);
  return made;
}

export const remembering = defineStrategy({
  name: "remembering",
  indicators: () => ({ slow: sma(20) }),
  onBar(ctx) {
    if (!isWeekend(ctx.time) && ctx.bar.close > ctx.indicators.slow.value) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(50) });
    } else ctx.exit();
  },
});
