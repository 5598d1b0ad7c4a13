import { crossedAbove, crossedBelow } from "#engine/indicators/crossed.ts";
import { rsi } from "#engine/indicators/rsi.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * Buys what has fallen too far: long when the RSI falls below `oversold`, out when it is back above `exitLevel`; the
 * mirror image for shorts (`overbought`, 100 − `exitLevel`). The levels 30 and 70 of 14 bars are Wilder's ("New
 * Concepts in Technical Trading Systems", 1978). One entry per fall: after a stop the next one needs a new crossing.
 */
export const rsiReversion = defineStrategy({
  name: "rsi-reversion",
  description: "Mean reversion from oversold and overbought levels of the RSI",
  params: {
    period: param.int(14, { min: 2, max: 500, doc: "Bars of the RSI" }),
    oversold: param.number(30, { min: 1, max: 50, doc: "Long when the RSI falls below" }),
    overbought: param.number(70, { min: 50, max: 99, doc: "Short when the RSI rises above" }),
    exitLevel: param.number(50, {
      min: 1,
      max: 99,
      doc: "A long ends when the RSI is above, a short when it is below 100 minus this",
    }),
    direction: param.choice("long", ["long", "short", "both"], "Which side may be entered"),
    sizePct: param.number(50, { min: 0.1, max: 1000, doc: "Position value in percent of equity" }),
    stopPct: param.number(5, {
      min: 0,
      max: 50,
      doc: "Stop loss in percent of the entry price, 0 for none",
    }),
  },
  indicators: ({ params }) => ({ rsi: rsi(params.period) }),
  rules: ({ params }) => (params.stopPct > 0 ? { stopLossPct: params.stopPct } : {}),
  onBar(ctx) {
    const { position, params } = ctx;
    const level = ctx.indicators.rsi;
    if (position.isLong) {
      if (level.value > params.exitLevel) ctx.exit({ tag: "recovered" });
    } else if (position.isShort) {
      if (level.value < 100 - params.exitLevel) ctx.exit({ tag: "recovered" });
    } else if (params.direction !== "short" && crossedBelow(level, params.oversold)) {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "oversold" });
    } else if (params.direction !== "long" && crossedAbove(level, params.overbought)) {
      ctx.enterShort({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "overbought" });
    }
  },
});
