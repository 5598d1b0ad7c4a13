import { crossedAbove, crossedBelow } from "#engine/indicators/crossed.ts";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import { sma } from "#engine/indicators/moving-averages.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";

const averages = { fast: sma(2), slow: sma(5) };

/** Nothing is wrong with it: long above, flat below, always with a stop. */
export const sound: Strategy = defineStrategy({
  name: "sound",
  indicators: () => averages,
  onBar(ctx) {
    const { fast, slow } = ctx.indicators;
    const stopLoss = ctx.bar.close * 0.9;
    if (crossedAbove(fast, slow)) ctx.enterLong({ qty: ctx.size.percentOfEquity(50), stopLoss });
    else if (crossedBelow(fast, slow)) ctx.exit();
  },
});

/** The close of the next bar, given out as if it were of this one. */
const nextClose: IndicatorSpec<""> = {
  key: "next-close",
  name: "next-close",
  outputs: [""],
  warmup: 1,
  create: () => {
    const out = new Float64Array(1);
    return {
      out,
      next: (bars, index) => {
        out[0] = bars.close[Math.min(index + 1, bars.length - 1)] as number;
      },
    };
  },
};

export const seesTomorrow: Strategy = defineStrategy({
  name: "sees-tomorrow",
  indicators: () => ({ tomorrow: nextClose }),
  onBar(ctx) {
    if (ctx.indicators.tomorrow.value > ctx.bar.close) ctx.enterLong({ qty: 1 });
    else ctx.exit();
  },
});

let calls = 0;

/** State of the module, not of the run. */
export const remembersRuns: Strategy = defineStrategy({
  name: "remembers-runs",
  onBar(ctx) {
    calls += 1;
    if (calls % 7 === 0) ctx.enterLong({ qty: 1 });
    else if (calls % 7 === 3) ctx.exit();
  },
});

export const throwsDice: Strategy = defineStrategy({
  name: "throws-dice",
  onBar(ctx) {
    if (Math.random() < 0.5) ctx.enterLong({ qty: 1 });
    else ctx.exit();
  },
});

export const readsTheClock: Strategy = defineStrategy({
  name: "reads-the-clock",
  onBar(ctx) {
    if (Math.floor(Date.now() / 60_000) % 2 === 0) ctx.enterLong({ qty: 1 });
    else ctx.exit();
  },
});

/** Closes with an order that is larger than the position and not reduce-only. */
export const flips: Strategy = defineStrategy({
  name: "flips",
  indicators: () => averages,
  onBar(ctx) {
    const { fast, slow } = ctx.indicators;
    if (crossedAbove(fast, slow)) ctx.enterLong({ qty: 1 });
    else if (crossedBelow(fast, slow) && ctx.position.qty > 0) {
      ctx.order({ side: "sell", type: "market", qty: 2 });
    }
  },
});

/** Places its stop one bar too late. */
export const lateStop: Strategy = defineStrategy({
  name: "late-stop",
  indicators: () => averages,
  state: () => ({ bars: 0 }),
  onBar(ctx) {
    const { fast, slow } = ctx.indicators;
    ctx.state.bars = ctx.position.qty > 0 ? ctx.state.bars + 1 : 0;
    if (ctx.state.bars === 2) ctx.protect({ stopLoss: ctx.bar.close * 0.9 });
    if (crossedAbove(fast, slow)) ctx.enterLong({ qty: 1 });
    else if (crossedBelow(fast, slow)) ctx.exit();
  },
});

/** Adds to a position at every bar that falls. */
export const doublesDown: Strategy = defineStrategy({
  name: "doubles-down",
  onBar(ctx) {
    const { close, open } = ctx.bar;
    const qty = ctx.size.percentOfEquity(40);
    if (close < open) ctx.order({ side: "buy", type: "market", qty });
  },
});

/** Throws where a market stands still. */
export const dividesByRange: Strategy = defineStrategy({
  name: "divides-by-range",
  onBar(ctx) {
    const { high, low, close } = ctx.bar;
    const price = close - (close - low) / (high - low);
    ctx.order({ side: "buy", type: "limit", qty: 1, price });
  },
});

/** Throws once it holds something. */
export const throwsInTrade: Strategy = defineStrategy({
  name: "throws-in-trade",
  onBar(ctx) {
    if (ctx.position.qty > 0) throw new Error("No plan for a position");
    ctx.enterLong({ qty: 1 });
  },
});

/** Means to be flat at midnight, but asks for the very hour, which may be missing. */
export const trustsTheClock: Strategy = defineStrategy({
  name: "trusts-the-hour",
  onBar(ctx) {
    const hour = Math.floor((ctx.time % 86_400_000) / 3_600_000);
    if (hour === 0) ctx.exit();
    else if (hour === 3) ctx.enterLong({ qty: 1 });
  },
});

export const idles: Strategy = defineStrategy({ name: "idles", onBar() {} });
