import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * Takes the side that is paid: short while the last funding rate is above `enterPct`, long while it is below
 * −`enterPct`, out when it has fallen back to `exitPct`. That is the funded leg of the cash-and-carry trade (see
 * Schmeling et al., "Crypto Carry", BIS Working Paper 1087, 2023) without its hedge, so the stop is
 * what bounds the price risk; after a stop it waits until the rate has been back to normal once.
 */
export const fundingCarry = defineStrategy({
  name: "funding-carry",
  description: "Holds the side that receives funding while the rate is extreme",
  params: {
    enterPct: param.number(0.03, {
      min: 0,
      max: 5,
      doc: "In when the last rate is beyond this percentage per funding interval",
    }),
    exitPct: param.number(0.01, {
      min: -5,
      max: 5,
      doc: "Out when the rate received is at or below this percentage; at most enterPct",
    }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
    sizePct: param.number(50, { min: 0.1, max: 1000, doc: "Position value in percent of equity" }),
    stopPct: param.number(5, {
      min: 0,
      max: 50,
      doc: "Stop loss in percent of the entry price, 0 for none",
    }),
  },
  rules: ({ params }) => (params.stopPct > 0 ? { stopLossPct: params.stopPct } : {}),
  /** Side held when the strategy last looked, 1 or −1; it stays after a stop, until the rate is normal again. */
  state: () => ({ side: 0 }),
  onBar(ctx) {
    const { position, params, state } = ctx;
    const ratePct = ctx.fundingRate * 100;
    if (!position.isFlat) state.side = position.isLong ? 1 : -1;
    // A long receives when the rate is below zero.
    const isNormal = -state.side * ratePct <= Math.min(params.exitPct, params.enterPct);
    if (isNormal) {
      if (!position.isFlat) ctx.exit({ tag: "rate back to normal" });
      state.side = 0;
    }
    if (state.side !== 0) return;
    if (ratePct > params.enterPct && params.direction !== "long") {
      ctx.enterShort({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "longs pay" });
    } else if (ratePct < -params.enterPct && params.direction !== "short") {
      ctx.enterLong({ qty: ctx.size.percentOfEquity(params.sizePct), tag: "shorts pay" });
    }
  },
});
