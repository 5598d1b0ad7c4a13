import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { OrderStep, Scenario, ScenarioStep } from "#sim/scenario/scenario.ts";

/**
 * Where the words of a scenario meet those of the engine: everything that depends on how the engine calls a thing
 * stands here.
 */

/** What a step asks for that the simulator does not know yet; null when it knows everything. */
export function unsupportedInStep(step: ScenarioStep): string | null {
  if (step.kind === "leverage") return "Changing the leverage in a step is not simulated yet";
  if (step.kind === "addMargin") return "Margin put into a position is not simulated yet";
  return null;
}

/** The same of the account. */
export function unsupportedInAccount(
  account: Pick<Scenario, "marginMode" | "positionMode">,
): { readonly key: "margin" | "positionMode"; readonly message: string } | null {
  if (account.marginMode === "cross") {
    return { key: "margin", message: "Cross margin is not simulated yet" };
  }
  if (account.positionMode === "hedge") {
    return { key: "positionMode", message: "Hedge mode is not simulated yet" };
  }
  return null;
}

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

/** The market order that closes a position of one-way mode; null when there is nothing of that side. */
export function closingTerms(
  held: number,
  which: "all" | "long" | "short",
): OrderTerms | null {
  if (held === 0 || (which === "long" && held < 0) || (which === "short" && held > 0)) return null;
  return {
    side: held > 0 ? "sell" : "buy",
    type: "market",
    qty: Math.abs(held),
    reduceOnly: true,
    tag: "close",
  };
}

/** The size of an order in base units; money is turned into it at the limit price, else at the last price. */
export function orderQty(step: OrderStep, ctx: SymbolContext): number {
  const { unit, value } = step.size;
  if (unit === "qty") return value;
  const quote = unit === "notional" ? value : (Math.max(0, ctx.equity) * value) / 100;
  return quote / (step.price ?? ctx.lastPrice);
}
