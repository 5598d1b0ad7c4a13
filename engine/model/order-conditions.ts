import {
  TIME_IN_FORCE,
  type TimeInForce,
  TRIGGER_BY,
  type TriggerBy,
} from "#engine/model/order-terms.ts";

/**
 * What an order may say beyond type, size and prices. Prices and distances in ticks, times in epoch ms; NaN where
 * nothing is said. Most orders say none of it: `isPlain` spares them the copying from intent to command to venue.
 */
export class OrderConditions {
  isPlain = true;
  /** The price that triggers it. */
  triggerBy: TriggerBy = TRIGGER_BY.last;
  timeInForce: TimeInForce = TIME_IN_FORCE.gtc;
  /** Under `gtd`: the order acts before this time only. */
  expiresAt = Number.NaN;
  /** Rejected instead of taking liquidity. */
  isPostOnly = false;
  /** Trailing stop: the distance to the best price, as percent of that price or in ticks. */
  callbackPct = Number.NaN;
  callbackTicks = Number.NaN;
  /** Trailing stop: it follows once the price has been here; without one from its arrival on. */
  activationTicks = Number.NaN;
  /** Orders of one group: what one fills, the others lose. 0: none. */
  group = 0;

  clear(): void {
    if (this.isPlain) return;
    this.isPlain = true;
    this.triggerBy = TRIGGER_BY.last;
    this.timeInForce = TIME_IN_FORCE.gtc;
    this.expiresAt = Number.NaN;
    this.isPostOnly = false;
    this.callbackPct = Number.NaN;
    this.callbackTicks = Number.NaN;
    this.activationTicks = Number.NaN;
    this.group = 0;
  }

  copy(other: OrderConditions): void {
    if (other.isPlain) {
      this.clear();
      return;
    }
    this.isPlain = false;
    this.triggerBy = other.triggerBy;
    this.timeInForce = other.timeInForce;
    this.expiresAt = other.expiresAt;
    this.isPostOnly = other.isPostOnly;
    this.callbackPct = other.callbackPct;
    this.callbackTicks = other.callbackTicks;
    this.activationTicks = other.activationTicks;
    this.group = other.group;
  }
}
