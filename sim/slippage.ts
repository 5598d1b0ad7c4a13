import type { SlippageModel } from "#sim/venue-settings.ts";

/**
 * Price lost by a market or triggered market order, in ticks (not rounded).
 *
 * Conditions of the model:
 * 1. Half the spread is always paid; impact grows linearly with the share of the bar's volume that the fill takes.
 * 2. Where the volume is unknown or zero, only the half-spread is charged.
 * 3. Inside a bar the loss is at most the bar's range; a fill at a gap and a fixed slippage are not capped.
 */
export function slippageTicks(
  model: SlippageModel,
  priceTicks: number,
  share: number,
  rangeTicks: number,
): number {
  if (model.kind === "fixed") return priceTicks * model.bps * 1e-4;
  const known = share < Number.POSITIVE_INFINITY ? share : 0;
  const loss = priceTicks * (model.halfSpreadBps + model.impactBps * known) * 1e-4;
  return loss < rangeTicks ? loss : rangeTicks;
}

/** A whole number of ticks up to this rounding error is not rounded to the next one. */
const EPSILON = 1e-9;

/** The price with the loss, rounded to the tick against the account: buys up, sells down, never below one tick. */
export function slippedTicks(side: number, priceTicks: number, loss: number): number {
  if (loss === 0) return priceTicks;
  if (side > 0) return Math.ceil(priceTicks + loss - EPSILON);
  const price = Math.floor(priceTicks - loss + EPSILON);
  return price > 1 ? price : Math.min(1, priceTicks);
}
