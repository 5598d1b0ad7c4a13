import { fromJsonNumber, type JsonNumber, toJsonNumber } from "#engine/json-number.ts";
import type {
  OrderSide,
  OrderType,
  Purpose,
  TimeInForce,
  TriggerBy,
} from "#engine/model/order-terms.ts";
import type { Status } from "#engine/orders/order-status.ts";
import type { CancelState, Order } from "#engine/orders/order-store.ts";

/** An intent with its order as plain JSON: what a journal keeps of it. Lots, ticks and epoch ms; null: not there. */
export interface OrderState {
  readonly requestId: number;
  readonly strategy: number;
  readonly symbol: number;
  readonly decidedAt: number;
  readonly keyRest: number;
  readonly attempt: number;
  readonly type: OrderType;
  readonly side: OrderSide;
  readonly qtyLots: number;
  readonly filledLots: number;
  readonly priceTicks: JsonNumber;
  readonly triggerTicks: JsonNumber;
  readonly wantedLots: JsonNumber;
  readonly wantedPriceTicks: JsonNumber;
  readonly wantedTriggerTicks: JsonNumber;
  readonly reduceOnly: boolean;
  readonly conditions: ConditionsState | null;
  readonly purpose: Purpose;
  readonly protection: EntryProtectionState;
  readonly tag: string | null;
  readonly status: Status;
  readonly statusBefore: Status;
  readonly isAccepted: boolean;
  readonly cancel: CancelState;
  readonly termsAsOf: number;
  readonly fenceAt: number;
  readonly lookups: number;
  readonly misses: number;
  readonly nextLookupAt: JsonNumber;
  readonly executions: readonly number[];
  readonly endSequence: number;
}

interface ConditionsState {
  readonly triggerBy: TriggerBy;
  readonly timeInForce: TimeInForce;
  readonly expiresAt: JsonNumber;
  readonly isPostOnly: boolean;
  readonly callbackPct: JsonNumber;
  readonly callbackTicks: JsonNumber;
  readonly activationTicks: JsonNumber;
  readonly group: number;
}

interface EntryProtectionState {
  readonly namesStop: boolean;
  readonly namesTarget: boolean;
  readonly stopLoss: JsonNumber;
  readonly takeProfit: JsonNumber;
  readonly isInForce: boolean;
}

export function orderState(order: Order): OrderState {
  const { conditions, protection } = order;
  return {
    requestId: order.requestId,
    strategy: order.strategy,
    symbol: order.symbol,
    decidedAt: order.decidedAt,
    keyRest: order.keyRest,
    attempt: order.attempt,
    type: order.type,
    side: order.side,
    qtyLots: order.qtyLots,
    filledLots: order.filledLots,
    priceTicks: toJsonNumber(order.priceTicks),
    triggerTicks: toJsonNumber(order.triggerTicks),
    wantedLots: toJsonNumber(order.wantedLots),
    wantedPriceTicks: toJsonNumber(order.wantedPriceTicks),
    wantedTriggerTicks: toJsonNumber(order.wantedTriggerTicks),
    reduceOnly: order.reduceOnly,
    conditions: conditions.isPlain
      ? null
      : {
          triggerBy: conditions.triggerBy,
          timeInForce: conditions.timeInForce,
          expiresAt: toJsonNumber(conditions.expiresAt),
          isPostOnly: conditions.isPostOnly,
          callbackPct: toJsonNumber(conditions.callbackPct),
          callbackTicks: toJsonNumber(conditions.callbackTicks),
          activationTicks: toJsonNumber(conditions.activationTicks),
          group: conditions.group,
        },
    purpose: order.purpose,
    protection: {
      namesStop: protection.namesStop,
      namesTarget: protection.namesTarget,
      stopLoss: toJsonNumber(protection.stopLoss),
      takeProfit: toJsonNumber(protection.takeProfit),
      isInForce: protection.isInForce,
    },
    tag: order.tag,
    status: order.status,
    statusBefore: order.statusBefore,
    isAccepted: order.isAccepted,
    cancel: order.cancel,
    termsAsOf: order.termsAsOf,
    fenceAt: order.fenceAt,
    lookups: order.lookups,
    misses: order.misses,
    nextLookupAt: toJsonNumber(order.nextLookupAt),
    executions: order.executions(),
    endSequence: order.endSequence,
  };
}

/** Writes a kept order into a fresh one, but for its request id and its place in the store. */
export function restoreOrder(order: Order, state: OrderState): void {
  order.strategy = state.strategy;
  order.symbol = state.symbol;
  order.decidedAt = state.decidedAt;
  order.keyRest = state.keyRest;
  order.attempt = state.attempt;
  order.type = state.type;
  order.side = state.side;
  order.qtyLots = state.qtyLots;
  order.filledLots = state.filledLots;
  order.priceTicks = fromJsonNumber(state.priceTicks);
  order.triggerTicks = fromJsonNumber(state.triggerTicks);
  order.wantedLots = fromJsonNumber(state.wantedLots);
  order.wantedPriceTicks = fromJsonNumber(state.wantedPriceTicks);
  order.wantedTriggerTicks = fromJsonNumber(state.wantedTriggerTicks);
  order.reduceOnly = state.reduceOnly;
  order.purpose = state.purpose;
  order.tag = state.tag;
  order.status = state.status;
  order.statusBefore = state.statusBefore;
  order.isAccepted = state.isAccepted;
  order.cancel = state.cancel;
  order.termsAsOf = state.termsAsOf;
  order.fenceAt = state.fenceAt;
  order.lookups = state.lookups;
  order.misses = state.misses;
  order.nextLookupAt = fromJsonNumber(state.nextLookupAt, Number.POSITIVE_INFINITY);
  order.endSequence = state.endSequence;
  order.forgetExecutions();
  for (const id of state.executions) order.takeExecution(id);
  restoreConditions(order, state.conditions);
  restoreProtection(order, state.protection);
}

function restoreConditions({ conditions }: Order, state: ConditionsState | null): void {
  conditions.clear();
  if (state === null) return;
  conditions.isPlain = false;
  conditions.triggerBy = state.triggerBy;
  conditions.timeInForce = state.timeInForce;
  conditions.expiresAt = fromJsonNumber(state.expiresAt);
  conditions.isPostOnly = state.isPostOnly;
  conditions.callbackPct = fromJsonNumber(state.callbackPct);
  conditions.callbackTicks = fromJsonNumber(state.callbackTicks);
  conditions.activationTicks = fromJsonNumber(state.activationTicks);
  conditions.group = state.group;
}

function restoreProtection({ protection }: Order, state: EntryProtectionState): void {
  protection.namesStop = state.namesStop;
  protection.namesTarget = state.namesTarget;
  protection.stopLoss = fromJsonNumber(state.stopLoss);
  protection.takeProfit = fromJsonNumber(state.takeProfit);
  protection.isInForce = state.isInForce;
}
