import type { Command } from "#engine/model/command.ts";
import { OrderConditions } from "#engine/model/order-conditions.ts";
import {
  BUY,
  hasLimitPrice,
  ORDER_TYPE,
  type OrderSide,
  type OrderType,
  TIME_IN_FORCE,
} from "#engine/model/order-terms.ts";

/** What an order is doing: waiting for its trigger, resting at its limit, or taking what there is. */
export const PHASE = { waiting: 0, limit: 1, market: 2 } as const;
export type Phase = (typeof PHASE)[keyof typeof PHASE];

/** An order as the simulated venue holds it. Pooled by the exchange. */
export class SimOrder {
  requestId = 0;
  sequence = 0;
  decidedAt = 0;
  side: OrderSide = BUY;
  type: OrderType = ORDER_TYPE.market;
  phase: Phase = PHASE.market;
  qtyLots = 0;
  filledLots = 0;
  priceTicks = Number.NaN;
  /** Where it goes off; of a trailing stop where it is now, NaN before it follows. */
  triggerTicks = Number.NaN;
  /** Trailing stop: the best price since it follows, ticks. */
  bestTicks = Number.NaN;
  /** Whether it waits for a rise: buy stops and sell take-profits. */
  triggersOnRise = false;
  reduceOnly = false;
  readonly conditions = new OrderConditions();
  /** A limit that was marketable when it arrived or was moved, and has not rested since: it takes at the next price. */
  isTaking = false;
  /** Dead orders stay in the pool and are skipped by a loop that still holds them. */
  isAlive = false;

  get remainingLots(): number {
    return this.qtyLots - this.filledLots;
  }

  /** What it can not do at once it does not do at all. */
  get isImmediate(): boolean {
    const { isPlain, timeInForce } = this.conditions;
    return !isPlain && (timeInForce === TIME_IN_FORCE.ioc || timeInForce === TIME_IN_FORCE.fok);
  }

  take(command: Command, sequence: number): void {
    this.requestId = command.requestId;
    this.sequence = sequence;
    this.decidedAt = command.decidedAt;
    this.side = command.side;
    this.type = command.type;
    this.phase = firstPhase(command.type);
    this.qtyLots = command.qtyLots;
    this.filledLots = 0;
    this.priceTicks = command.priceTicks;
    this.triggerTicks = command.triggerTicks;
    this.bestTicks = Number.NaN;
    this.triggersOnRise = triggersOnRise(command.type, command.side);
    this.reduceOnly = command.reduceOnly;
    this.conditions.copy(command.conditions);
    this.isTaking = false;
    this.isAlive = true;
  }

  /** It goes off: from here on it is a limit or a market order. */
  trigger(): void {
    this.phase = hasLimitPrice(this.type) ? PHASE.limit : PHASE.market;
  }
}

function firstPhase(type: OrderType): Phase {
  if (type === ORDER_TYPE.market) return PHASE.market;
  return type === ORDER_TYPE.limit ? PHASE.limit : PHASE.waiting;
}

/**
 * Whether orders of this type and side wait for a rise. A stop waits for the price to move against the position that
 * it protects (buy stops above, sell stops below); a take-profit the other way round.
 */
export function triggersOnRise(type: OrderType, side: OrderSide): boolean {
  const isTarget = type === ORDER_TYPE.takeProfitMarket || type === ORDER_TYPE.takeProfitLimit;
  return isTarget !== (side === BUY);
}

/** Whether the trigger of a waiting order is met at a price of the kind that it names. Triggers act on touch. */
export function triggersAt(order: SimOrder, priceTicks: number): boolean {
  return order.triggersOnRise ? priceTicks >= order.triggerTicks : priceTicks <= order.triggerTicks;
}

/** Whether a limit order takes liquidity at a price: it buys at or above it, sells at or below it. */
export function isMarketable(order: SimOrder, priceTicks: number): boolean {
  return order.side === BUY ? order.priceTicks >= priceTicks : order.priceTicks <= priceTicks;
}
