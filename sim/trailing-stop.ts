import type { SimOrder } from "#sim/sim-order.ts";

/** A whole number of ticks up to this rounding error is not rounded to the next one. */
const EPSILON = 1e-9;

/**
 * A trailing stop arrives at a price (ticks, of the kind that triggers it): it follows from here, or, where it names
 * an activation price, once that has been reached.
 */
export function startTrailing(order: SimOrder, atTicks: number): void {
  ratchet(order, atTicks, atTicks);
}

/**
 * A bar is complete: the stop follows its best price, high for a sell and low for a buy, and never goes back. Only
 * completed bars move it, so that the level a bar is checked against never knows the bar itself.
 */
export function ratchet(order: SimOrder, highTicks: number, lowTicks: number): void {
  const { activationTicks } = order.conditions;
  const isBuy = order.triggersOnRise;
  const best = isBuy ? lowTicks : highTicks;
  if (order.bestTicks !== order.bestTicks && activationTicks === activationTicks) {
    if (isBuy ? best > activationTicks : best < activationTicks) return;
  }
  const known = order.bestTicks;
  if (known === known && (isBuy ? best >= known : best <= known)) return;
  order.bestTicks = best;
  const trigger = triggerFor(order, best);
  // An amend may have drawn it tighter than the callback would.
  if (isBuy ? trigger >= order.triggerTicks : trigger <= order.triggerTicks) return;
  order.triggerTicks = trigger;
}

/** The callback away from the best price, rounded to the tick against the account: sells down, buys up. */
function triggerFor(order: SimOrder, best: number): number {
  const { callbackTicks, callbackPct } = order.conditions;
  const distance = callbackTicks === callbackTicks ? callbackTicks : (best * callbackPct) / 100;
  if (order.triggersOnRise) return Math.ceil(best + distance - EPSILON);
  return Math.max(1, Math.floor(best - distance + EPSILON));
}
