import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { OrderTerms, OrderView } from "#engine/strategy/order-desk.ts";
import { param } from "#engine/strategy/params.ts";

const LEVELS_MAX = 20;

/** Names of the orders of each level: how a bar finds again what an earlier one placed. */
const TAGS = Array.from({ length: LEVELS_MAX + 1 }, (_, level) => ({
  buy: { entry: `buy ${level}`, take: `buy ${level} out` },
  sell: { entry: `sell ${level}`, take: `sell ${level} out` },
}));

/**
 * Grid trading as the venues' grid bots do it: limit orders rest at equal steps below and above an anchor, each level
 * that fills is taken off one step nearer to the anchor and then offered again. The stop lies one step beyond the
 * last level. The grid moves to the last close when that is beyond a level while nothing is held, or beyond the stop.
 * At most 3 × `levels` orders and the stop. One net position: levels fill from the anchor outwards, so its size alone
 * tells which of them are held.
 */
export const grid = defineStrategy({
  name: "grid",
  description: "Resting limit orders at equal steps around an anchor",
  params: {
    levels: param.int(5, { min: 1, max: LEVELS_MAX, doc: "Levels on each side of the anchor" }),
    stepPct: param.number(1, { min: 0.01, max: 20, doc: "Step in percent of the anchor" }),
    levelPct: param.number(5, {
      min: 0.01,
      max: 1000,
      doc: "Value of one level in percent of equity",
    }),
    direction: param.choice("both", ["both", "long", "short"], "Which side may be entered"),
  },
  /** The anchor, NaN until there is one; the size of a level in base units. */
  state: () => ({ anchor: Number.NaN, unit: 0 }),
  onBar(ctx) {
    const { position, params, state } = ctx;
    const { close } = ctx.bar;
    const step = (state.anchor * params.stepPct) / 100;
    const reach = position.isFlat ? step : step * (params.levels + 1);
    if (Math.abs(close - state.anchor) > reach) state.anchor = Number.NaN;
    let own = ctx.orders.filter((order) => order.type === "limit" && order.tag !== null);

    if (Number.isNaN(state.anchor)) {
      for (const order of own) ctx.cancel(order.ref);
      ctx.exit({ tag: "grid moves" });
      if (own.length > 0 || !position.isFlat || !(close > 0)) return;
      state.anchor = close;
      state.unit = ctx.size.percentOfEquity(params.levelPct);
    } 
  },
});
