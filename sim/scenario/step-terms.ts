import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { OrderStep } from "#sim/scenario/scenario.ts";

/**
 * Where the words of a scenario meet those of the engine: everything that depends on how the engine calls a thing
 * stands here.
 */

/** An order as a strategy asks for it. Prices lie on the tick, sizes on the lot. */
export function orderTerms(step: OrderStep, qty: number): OrderTerms {
  const { side, type, price, trigger, triggerBy, callbackPct, callback, activation } = step;
  const { tif, expiresAt, postOnly, reduceOnly, positionSide, oco, name } = step;
  return {
    side,
    type,
    qty,
    price,
    trigger,
    triggerBy,
    callbackPct,
    callback,
    activation,
    tif,
    expiresAt,
    postOnly,
    reduceOnly,
    positionSide,
    oco,
    tag: name,
  };
}

/** The market orders that close what there is of a side; one-way accounts have one position, hedged ones two. */
export function closingTerms(
  own: SymbolContext,
  which: "all" | "long" | "short",
): readonly OrderTerms[] {
  const held = own.isHedged ? [own.position.qty, own.shortPosition.qty] : [own.position.qty];
  return held.flatMap((qty) => {
    const side = qty > 0 ? "long" : "short";
    if (qty === 0 || (which !== "all" && which !== side)) return [];
    const terms: OrderTerms = {
      side: qty > 0 ? "sell" : "buy",
      type: "market",
      qty: Math.abs(qty),
      reduceOnly: true,
      ...(own.isHedged ? { positionSide: side } : {}),
      tag: "close",
    };
    return [terms];
  });
}

/** The size of an order in base units; money is turned into it at the limit price, else at the last price. */
export function orderQty(step: OrderStep, ctx: SymbolContext): number {
  const { unit, value } = step.size;
  if (unit === "qty") return value;
  const quote = unit === "notional" ? value : (Math.max(0, ctx.equity) * value) / 100;
  return quote / (step.price ?? ctx.lastPrice);
}
