import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { OrderTerms, OrderView } from "#engine/strategy/order-desk.ts";
import { param } from "#engine/strategy/params.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";

const LEVELS_MAX = 20;
/** Share of a level below which a size counts as nothing: sums of doubles. */
const DUST = 1e-6;

/** Names of the orders of each level: how a bar finds again what an earlier one placed. */
const BUYS = Array.from(
  { length: LEVELS_MAX + 1 },
  (_, k) => [`buy ${k}`, `buy ${k} out`] as const,
);
const SELLS = BUYS.map(([entry, out]) => [`sell${entry.slice(3)}`, `sell${out.slice(3)}`] as const);

/**
 * Grid trading as the venues' grid bots do it: limit orders rest at equal steps below and above an anchor; a level
 * that fills is taken off one step nearer to the anchor and then offered again. A stop lies one step beyond the last
 * level. The anchor moves to the close when that is beyond the first level while nothing is held, or beyond the stop.
 * There are at most 3 × `levels` orders and the stop. Levels fill from the anchor outwards, so the size of the
 * position alone tells which of them are held, whatever was refused or filled in part.
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
  /** The anchor, NaN while there is none, and the size of a level in base units. */
  state: () => ({ anchor: Number.NaN, unit: 0 }),
  onBar(ctx) {
    const { position, params, state } = ctx;
    const { close } = ctx.bar;
    const step = (state.anchor * params.stepPct) / 100;
    const reach = position.isFlat ? step : step * (params.levels + 1);
    if (Math.abs(close - state.anchor) > reach) state.anchor = Number.NaN;
    const own = ctx.orders.filter((order) => order.type === "limit" && order.tag !== null);

    if (Number.isNaN(state.anchor)) {
      for (const order of own) ctx.cancel(order.ref);
      ctx.exit({ tag: "out of the grid" });
      // What is on its way back may still fill: the new grid begins when nothing is left of the old one.
      if (own.length > 0 || !position.isFlat || !(close > 0)) return;
      state.anchor = close;
      state.unit = ctx.size.percentOfEquity(params.levelPct);
      layOut(ctx, own);
      // The venue's lot decides how large a level is.
      state.unit = ctx.orders.find((order) => order.tag !== null)?.qty ?? state.unit;
      return;
    }
    layOut(ctx, own);
    const stop = state.anchor - Math.sign(position.qty) * step * (params.levels + 1);
    if (!position.isFlat && stop > 0) ctx.protect({ stopLoss: stop });
  },
});

interface GridTerms {
  readonly levels: number;
  readonly stepPct: number;
  readonly direction: "both" | "long" | "short";
}
type GridContext = SymbolContext<
  GridTerms,
  unknown,
  { readonly anchor: number; readonly unit: number }
>;

/** Places, resizes and cancels until the orders are those that the position calls for. */
function layOut(ctx: GridContext, own: readonly OrderView[]): void {
  const { anchor, unit } = ctx.state;
  const { levels, stepPct, direction } = ctx.params;
  for (const side of [1, -1]) {
    const filled = Math.max(0, (side * ctx.position.qty) / unit);
    const mayEnter = direction === "both" || (direction === "long") === side > 0;
    const [entrySide, outSide] = side > 0 ? (["buy", "sell"] as const) : (["sell", "buy"] as const);
    for (let level = 1; level <= levels; level++) {
      const [entry, out] = (side > 0 ? BUYS : SELLS)[level] as readonly [string, string];
      const step = (side * anchor * stepPct) / 100;
      const price = anchor - level * step;
      const missing = mayEnter ? Math.min(1, level - filled) : 0;
      settle(ctx, own, { side: entrySide, price, qty: unit * missing, tag: entry }, unit);
      const held = Math.min(1, filled - level + 1);
      const target = { side: outSide, price: price + step, qty: unit * held, tag: out };
      settle(ctx, own, { ...target, reduceOnly: true }, unit);
    }
  }
}

/** Makes the order of this tag as wanted; a size of nothing takes it away. */
function settle(
  ctx: GridContext,
  own: readonly OrderView[],
  terms: OrderTerms & { readonly price: number },
  unit: number,
): void {
  const order = own.find((one) => one.tag === terms.tag);
  const isWanted = terms.qty > unit * DUST && terms.price > 0;
  if (order === undefined) {
    if (isWanted) ctx.order({ ...terms, type: "limit" });
  } else if (!isWanted) {
    ctx.cancel(order.ref);
  } else if (Math.abs(order.qty - order.filled - terms.qty) > unit * DUST) {
    ctx.amend(order.ref, { qty: order.filled + terms.qty });
  }
}
