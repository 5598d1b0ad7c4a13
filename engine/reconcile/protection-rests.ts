import { hasTriggerPrice } from "#engine/model/order-terms.ts";
import type { LocalOrder, LocalProtection } from "./local-books.ts";

/** What decides whether an order is the protection that is configured; the venue's order and ours both say it. */
type RestingOrder = Pick<
  LocalOrder,
  "side" | "type" | "qtyLots" | "filledLots" | "priceTicks" | "triggerTicks" | "reduceOnly"
>;

export type ProtectionState = "match" | "missing" | "stale";

/**
 * How the configured stop and target of a position of `held` lots rest, given the orders of their request ids as they
 * rest at the venue (undefined when they do not).
 */
export function protectionState(
  wanted: LocalProtection,
  held: number,
  stop: RestingOrder | undefined,
  target: RestingOrder | undefined,
): ProtectionState {
  const wantsStop = wanted.stopTicks === wanted.stopTicks;
  const wantsTarget = wanted.targetTicks === wanted.targetTicks;
  if (wantsStop && stop === undefined) return "missing";
  if (wantsTarget && target === undefined) return "missing";
  if (wantsStop && !rests(stop, held, wanted.stopTicks, wanted.stopLots)) return "stale";
  if (wantsTarget && !rests(target, held, wanted.targetTicks, wanted.targetLots)) return "stale";
  return "match";
}

function rests(
  order: RestingOrder | undefined,
  held: number,
  ticks: number,
  lots: number,
): boolean {
  if (order === undefined) return false;
  const price = hasTriggerPrice(order.type) ? order.triggerTicks : order.priceTicks;
  const closes = order.reduceOnly && order.side * held < 0;
  // Reduce-only: one that is larger than what is left of its position protects all of it.
  return closes && price === ticks && order.qtyLots - order.filledLots >= lots;
}
