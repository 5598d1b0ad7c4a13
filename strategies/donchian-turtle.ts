import { atr } from "#engine/indicators/atr.ts";
import { donchian } from "#engine/indicators/donchian.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { param } from "#engine/strategy/params.ts";

/**
 * The Turtles' trend following (C. Faith, "The Original Turtle Trading Rules", 2003), decided at closes: in at a
 * close beyond the channel of the `entry` bars before it, out at one beyond the opposite channel of `exit` bars. A
 * unit loses `riskPct` of equity per N, the ATR at the entry, and the stop is 2 N from the last fill. With `maxUnits`
 * above 1 a unit is added at every ½ N in favour, and the stop of all moves with its fill. 20 and 10 bars are
 * System 1 without its rule to pass over a breakout after a winner; 55 and 20 are System 2.
 */
export const donchianTurtle = defineStrategy({
  name: "donchian-turtle",
  description: "Channel breakout with volatility units and pyramiding, after the Turtles",
  params: {
    entry: param.int(20, { min: 2, max: 1000, doc: "Bars of the channel to break out of" }),
    exit: param.int(10, { min: 1, max: 1000, doc: "Bars of the opposite channel that ends it" }),
    atr: param.int(20, { min: 1, max: 500, doc: "Bars of the average true range N" }),
    stopAtr: param.number(2, { min: 0.1, max: 20, doc: "Distance of the stop in N" }),
    riskPct: param.number(1, {
      min: 0.01,
      max: 20,
      doc: "Percent of equity that a unit loses per N",
    }),
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
  state: (): Units => ({ n: 0, unit: 0, qty: 0, entryPrice: 0, lastFill: 0, stop: 0 }),
  onBar(ctx) {
    const { position, params, state } = ctx;
    const { entry, exit, atr: range } = ctx.indicators;
    const { close } = ctx.bar;
    const n = range.value;
    const side = Math.sign(position.qty);
    if (noteFills(state, position.qty, position.entryPrice, n, params.stopAtr)) {
      ctx.protect({ stopLoss: state.stop });
    }
    // The channel of now holds this very bar: a breakout is measured against the one before.
    const breakout = close > entry.upper.at(1) ? 1 : close < entry.lower.at(1) ? -1 : 0;
    const isOver = side > 0 ? close < exit.lower.at(1) : close > exit.upper.at(1);
    const ends = side !== 0 && (isOver || breakout === -side);
    if (ends) ctx.exit({ tag: "channel exit" });

    const isAllowed = params.direction === "both" || (params.direction === "long") === breakout > 0;
    if (breakout !== 0 && breakout !== side && isAllowed && close > params.stopAtr * n) {
      const unit = Math.min(
        ctx.size.riskPercent(params.riskPct, close - n),
        ctx.size.percentOfEquity(params.unitMaxPct),
      );
      const stop = close - breakout * params.stopAtr * n;
      const terms = { qty: unit, stopLoss: stop, tag: "breakout" };
      const ref = breakout > 0 ? ctx.enterLong(terms) : ctx.enterShort(terms);
      if (ref !== 0) planUnits(state, n, unit);
    } else if (side !== 0 && !ends && wantsUnit(state, side * close, params)) {
      // One at a time: a unit on its way has not moved the last fill yet.
      if (ctx.orders.some((order) => order.type === "market")) return;
      const terms = { qty: state.unit, stopLoss: state.stop, tag: "unit", add: true };
      if (side > 0) ctx.enterLong(terms);
      else ctx.enterShort(terms);
    }
  },
});

/** The units of a position. Fills come late, in parts or never, so what is held is read off the position. */
interface Units {
  /** N and the size of a unit, as the entry that was asked for last had them. */
  n: number;
  unit: number;
  /** The position when it was last looked at, and what followed from it. */
  qty: number;
  entryPrice: number;
  lastFill: number;
  stop: number;
}

function planUnits(units: Units, n: number, unit: number): void {
  units.n = n;
  units.unit = unit;
}

/** Takes in what was filled since the last bar, at its own average price. Returns whether there was any. */
function noteFills(
  units: Units,
  qty: number,
  entryPrice: number,
  n: number,
  stopAtr: number,
): boolean {
  const side = Math.sign(qty);
  const known = units.qty * side > 0 ? units.qty : 0;
  const added = qty - known;
  const isLarger = added * side > 0;
  if (isLarger) {
    // A position without an entry of ours comes from before a restart.
    if (units.unit === 0) planUnits(units, n, Math.abs(qty));
    units.lastFill = (qty * entryPrice - (known === 0 ? 0 : known * units.entryPrice)) / added;
    // After a fall far below the price of the decision two N may reach below zero.
    const stop = Math.max(units.lastFill - side * stopAtr * units.n, units.lastFill / 100);
    units.stop = known === 0 ? stop : tighter(side, units.stop, stop);
  }
  units.qty = qty;
  units.entryPrice = entryPrice;
  return isLarger;
}

function wantsUnit(
  units: Units,
  favourable: number,
  limits: { readonly maxUnits: number; readonly addAtr: number },
): boolean {
  if (Math.abs(units.qty) > (limits.maxUnits - 0.5) * units.unit) return false;
  if (favourable <= Math.sign(units.qty) * units.stop) return false;
  return favourable - Math.sign(units.qty) * units.lastFill >= limits.addAtr * units.n;
}

/** Of two stops the one that is hit first. */
function tighter(side: number, a: number, b: number): number {
  return side > 0 ? Math.max(a, b) : Math.min(a, b);
}
