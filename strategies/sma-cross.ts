import { crossedAbove, crossedBelow } from "#engine/indicators/crossed.ts";
import { sma } from "#engine/indicators/moving-averages.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/** Follows the trend of two moving averages: long above the cross, short (or out) below it. */
export const smaCross = defineStrategy({
  name: "sma-cross",
  description: "Crossing of a fast and a slow simple moving average",
  params: {
    fast: param.int(10, { min: 1, max: 1000, doc: "Bars of the fast average" }),
    slow: param.int(30, { min: 2, max: 5000, doc: "Bars of the slow average" }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
    sizePct: param.number(50, { min: 0.1, max: 1000, doc: "Position value in percent of equity" }),
  },
  indicators: ({ params }) => ({ fast: sma(params.fast), slow: sma(params.slow) }),
  onBar(ctx) {
    const { fast, slow } = ctx.indicators;
    const { direction, sizePct } = ctx.params;
    if (crossedAbove(fast, slow)) {
      if (direction === "short") ctx.exit({ tag: "cross up" });
      else ctx.enterLong({ qty: ctx.size.percentOfEquity(sizePct), tag: "cross up" });
    } else if (crossedBelow(fast, slow)) {
      if (direction === "long") ctx.exit({ tag: "cross down" });
      else ctx.enterShort({ qty: ctx.size.percentOfEquity(sizePct), tag: "cross down" });
    }
  },
});
