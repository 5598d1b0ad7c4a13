import { crossedAbove, crossedBelow } from "#engine/indicators/crossed.ts";
import { macd } from "#engine/indicators/macd.ts";
import { ema } from "#engine/indicators/moving-averages.ts";
import { defineStrategy, on } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * The MACD's crossing of its signal line (G. Appel, 1979), taken only with the trend of a longer interval: long at a
 * cross up with the close above the EMA there, out when the MACD is below its signal; the mirror image for shorts.
 * Looking at the tide before the wave is the first screen of A. Elder's triple screen ("Trading for a Living", 1993).
 */
export const macdTrend = defineStrategy({
  name: "macd-trend",
  description: "MACD crosses in the direction of a higher interval's EMA",
  params: {
    fast: param.int(12, { min: 1, max: 500, doc: "Bars of the MACD's fast average" }),
    slow: param.int(26, { min: 2, max: 1000, doc: "Bars of the MACD's slow average" }),
    signal: param.int(9, { min: 1, max: 500, doc: "Bars of the signal line" }),
    trendInterval: param.interval("4h", "Interval of the trend, a multiple of the run's own"),
    trend: param.int(50, { min: 1, max: 1000, doc: "Bars of the trend's average" }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
    sizePct: param.number(50, { min: 0.1, max: 1000, doc: "Position value in percent of equity" }),
    stopPct: param.number(5, {
      min: 0,
      max: 50,
      doc: "Stop loss in percent of the entry price, 0 for none",
    }),
  },
  indicators: ({ params }) => ({
    macd: macd(params.fast, params.slow, params.signal),
    trend: on(params.trendInterval, ema(params.trend)),
  }),
  rules: ({ params }) => (params.stopPct > 0 ? { stopLossPct: params.stopPct } : {}),
  onBar(ctx) {
    const { position, params } = ctx;
    const { macd: line, trend } = ctx.indicators;
    const { close } = ctx.bar;
    if (position.isLong && line.value < line.signal.value) ctx.exit({ tag: "cross down" });
    if (position.isShort && line.value > line.signal.value) ctx.exit({ tag: "cross up" });
    if (params.direction !== "short" && close > trend.value && crossedAbove(line, line.signal)) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "cross up" });
    } else if (
      params.direction !== "long" &&
      close < trend.value &&
      crossedBelow(line, line.signal)
    ) {
      ctx.enterShort({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "cross down" });
    }
  },
});
