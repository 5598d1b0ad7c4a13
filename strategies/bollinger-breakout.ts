import { bollinger } from "#engine/indicators/bollinger.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * Volatility breakout: long at a close above the upper band, out at a close below the middle one; the mirror image
 * for shorts. It is Method I of J. Bollinger ("Bollinger on Bollinger Bands", 2001, chapter 16) without its squeeze.
 */
export const bollingerBreakout = defineStrategy({
  name: "bollinger-breakout",
  description: "Breakout through a Bollinger band, until the price is back at the mean",
  params: {
    period: param.int(20, { min: 2, max: 1000, doc: "Bars of the bands" }),
    multiplier: param.number(2, { min: 0.1, max: 10, doc: "Standard deviations to a band" }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
    sizePct: param.number(50, { min: 0.1, max: 1000, doc: "Position value in percent of equity" }),
    stopPct: param.number(5, {
      min: 0,
      max: 50,
      doc: "Stop loss in percent of the entry price, 0 for none",
    }),
  },
  indicators: ({ params }) => ({ bands: bollinger(params.period, params.multiplier) }),
  rules: ({ params }) => (params.stopPct > 0 ? { stopLossPct: params.stopPct } : {}),
  onBar(ctx) {
    const { position, params } = ctx;
    const { middle, upper, lower } = ctx.indicators.bands;
    const close = ctx.bar.close;
    if (position.isLong && close < middle.value) ctx.exit({ tag: "back at the mean" });
    if (position.isShort && close > middle.value) ctx.exit({ tag: "back at the mean" });
    if (params.direction !== "short" && close > upper.value) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "above the band" });
    } else if (params.direction !== "long" && close < lower.value) {
      ctx.enterShort({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "below the band" });
    }
  },
});
