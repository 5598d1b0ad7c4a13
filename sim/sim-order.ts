import type { Command } from "#engine/model/command.ts";
import { BUY, ORDER_TYPE, type OrderSide } from "#engine/model/order-terms.ts";

/** An order as the simulated venue holds it. Pooled by the exchange. */
export class SimOrder {
  requestId = 0;
  sequence = 0;
  side: OrderSide = BUY;
  type: number = ORDER_TYPE.market;
  qtyLots = 0;
  filledLots = 0;
  priceTicks = Number.NaN;
  triggerTicks = Number.NaN;
  reduceOnly = false;
  /** A stop or take-profit that has triggered works on as a market order. */
  isTriggered = false;
  /** A limit that was marketable when it arrived or was moved, and has not rested since: it takes at the next price. */
  isTaking = false;
  /** Dead orders stay in the pool and are skipped by a loop that still holds them. */
  isAlive = false;

  get remainingLots(): number {
    return this.qtyLots - this.filledLots;
  }

  /** Takes liquidity as soon as there is a tradable bar. */
  get isMarket(): boolean {
    return this.type === ORDER_TYPE.market || this.isTriggered;
  }

  take(command: Command, sequence: number): void {
    this.requestId = command.requestId;
    this.sequence = sequence;
    this.side = command.side;
    this.type = command.type;
    this.qtyLots = command.qtyLots;
    this.filledLots = 0;
    this.priceTicks = command.priceTicks;
    this.triggerTicks = command.triggerTicks;
    this.reduceOnly = command.reduceOnly;
    this.isTriggered = false;
    this.isTaking = false;
    this.isAlive = true;
  }
}

/**
 * Whether the trigger of an order is met at a price. A stop waits for the price to move against the position that
 * it protects (buy stops above, sell stops below); a take-profit the other way round. Triggers act on touch.
 */
export function triggersAt(order: SimOrder, priceTicks: number): boolean {
  const rising = triggersOnRise(order);
  return rising ? priceTicks >= order.triggerTicks : priceTicks <= order.triggerTicks;
}

/** Whether the order waits for a rise: buy stops and sell take-profits. */
export function triggersOnRise(order: SimOrder): boolean {
  return (order.type === ORDER_TYPE.stopMarket) === (order.side === BUY);
}

/** Whether a limit order takes liquidity at a price: it buys at or above it, sells at or below it. */
export function isMarketable(order: SimOrder, priceTicks: number): boolean {
  return order.side === BUY ? order.priceTicks >= priceTicks : order.priceTicks <= priceTicks;
}
