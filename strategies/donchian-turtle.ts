import { atr } from "#engine/indicators/atr.ts";
import { donchian } from "#engine/indicators/donchian.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * The Turtles' trend following (C. Faith, "The Original Turtle Trading Rules", 2003), decided at closes: in at a
 * close beyond the channel of the `entry` bars before it, out at one beyond the opposite channel of `exit` bars. A
 * unit loses `riskPct` of equity per N, the ATR at the entry; the stop is 2 N from the last fill. With `maxUnits`
 * above 1 a unit is added at each ½ N in favour, and the stop moves up with it. 20 and 10 bars are System 1 without
 * its rule to skip the breakout after a winner, 55 and 20 are System 2.
 */
export const donchianTurtle = defineStrategy({
  name: "donchian-turtle",
  description: "Channel breakout with volatility units and pyramiding, after the Turtles",
  params: {
    entry: param.int(20, { min: 2, max: 1000, doc: "Bars of the channel to break out of" }),
    exit: param.int(10, { min: 1, max: 1000, doc: "Bars of the opposite channel that ends it" }),
    atr: param.int(20, { min: 1, max: 500, doc: "Bars of the average true range N" }),
    stopAtr: param.number(2, { min: 0.1, max: 20, doc: "Distance of the stop in N" }),
    riskPct: param.number(1, { min: 0.01, max: 10, doc: "Equity that a unit loses per N, percent" }),
    unitMaxPct: param.number(24, {
      min: 0.1,
      max: 1000,
      doc: "Value of a unit at most, in percent of equity",
    }),
    maxUnits: param.int(1, { min: 1, max: 4, doc: "Units in all; the Turtles held up to 4" }),
    addAtr: param.number(0.5, { min: 0.1, max: 10, doc: "Distance between units in N" }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
  },
  indicators: ({ params }) => ({
    entry: donchian(params.entry),
    exit: donchian(params.exit),
    atr: atr(params.atr),
  }),
  /** Of the position held or on its way: N, the size of a unit, and what the last fill made of it. */
  state: () => ({ n: 0, unit: 0, held: 0, value: 0, lastFill: 0, stop: Number.NaN }),
  onBar(ctx) {
    const { position, params, state } = ctx;
    const { entry, exit, atr: range } = ctx.indicators;
    const { close } = ctx.bar;
    const side = position.isLong ? 1 : position.isShort ? -1 : 0;

    // Fills come when they come, in parts or never: the size held tells, not what was asked for.
    const held = Math.abs(position.qty);
    if (side === 0) {
      state.stop = Number.NaN;
      state.value = 0;
    } else if (held > state.held || !(state.value > 0)) {
      
    }
  },
});
