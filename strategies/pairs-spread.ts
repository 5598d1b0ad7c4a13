import { sma } from "#engine/indicators/moving-averages.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

const LOOKBACK_MAX = 2000;

/**
 * Pairs trading: when the log of the price ratio of two symbols is more than `entryZ` standard deviations from its
 * mean of `lookback` bars, the dear one is sold and the cheap one bought for the same money, until the ratio is back
 * at its mean. Beyond `stopZ` the pair has come apart: out, and no entry until it has been back at the mean. The two
 * deviations are those of E. Gatev, W. Goetzmann and K. Rouwenhorst ("Pairs Trading", RFS 19, 2006).
 */
export const pairsSpread = defineStrategy({
  name: "pairs-spread",
  description: "Market-neutral reversion of the price ratio of two symbols",
  scope: "portfolio",
  symbolCount: 2,
  params: {
    lookback: param.int(100, { min: 5, max: LOOKBACK_MAX, doc: "Bars of mean and deviation" }),
    entryZ: param.number(2, { min: 0.1, max: 10, doc: "In beyond so many standard deviations" }),
    exitZ: param.number(0, { min: -5, max: 5, doc: "Out below so many, 0 for at the mean" }),
    stopZ: param.number(4, { min: 0.2, max: 50, doc: "Out beyond so many, at a loss" }),
    legPct: param.number(40, { min: 0.1, max: 1000, doc: "Value of each leg, percent of equity" }),
  },
