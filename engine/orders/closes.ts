import { ORDER_TYPE, PURPOSE, TIME_IN_FORCE } from "#engine/model/order-terms.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";

/**
 * Whether an order is a close: it only reduces, and does so as soon as the venue has it. Stops and targets are none:
 * they wait for a price, and the venue fills of them what is held by then.
 */
export function isClose({ type, reduceOnly, conditions }: Order): boolean {
  if (!reduceOnly) return false;
  if (type === ORDER_TYPE.market) return true;
  if (type !== ORDER_TYPE.limit || conditions.isPlain) return false;
  const { timeInForce } = conditions;
  return timeInForce === TIME_IN_FORCE.ioc || timeInForce === TIME_IN_FORCE.fok;
}

/**
 * Whether an order that can only reduce ends with its position, wherever it rests: what the engine placed to protect
 * one, and an entry that risk let through as one that only reduces. A strategy may let an order that it marked so itself
 * rest before it enters, and says when it shall go.
 */
export function needsPosition({
  reduceOnly,
  strategy,
  purpose,
}: Pick<Order, "reduceOnly" | "strategy" | "purpose">): boolean {
  return reduceOnly && (strategy === ENGINE_STRATEGY || purpose === PURPOSE.entry);
}

/** Whether it is a close at market of the exit rules; the aged rules and the kill switch try theirs again themselves. */
export function isExitClose({ strategy, type, purpose, reduceOnly }: Order): boolean {
  if (strategy !== ENGINE_STRATEGY || type !== ORDER_TYPE.market || !reduceOnly) return false;
  return purpose !== PURPOSE.aged && purpose !== PURPOSE.flatten;
}

/**
 * Lots of a position of `held` (signed) that no close takes which may still be filled: on its way, at work, being
 * cancelled, unknown. `itself` is not counted. All who want a position closed share what this leaves.
 */
export function closableLots(
  held: number,
  working: readonly Order[],
  itself: Order | null,
  counts: (order: Order) => boolean = isClose,
): number {
  let left = Math.abs(held);
  for (let at = 0; at < working.length; at++) {
    const order = working[at] as Order;
    if (order === itself || order.side * held >= 0 || !mayFill(order)) continue;
    if (counts(order)) left -= Math.max(order.qtyLots, order.wantedLots) - order.filledLots;
  }
  return Math.max(0, left);
}

function mayFill({ status }: Order): boolean {
  return status !== STATUS.planned && !isTerminal(status);
}
