/**
 * Words of an order as small integers: they stand in commands, events and hashed records, so a number here is
 * part of the trace format and never changes its meaning.
 */

export const BUY = 1;
export const SELL = -1;
export type OrderSide = typeof BUY | typeof SELL;

export const ORDER_TYPE = {
  market: 0,
  limit: 1,
  stopMarket: 2,
  takeProfitMarket: 3,
  stopLimit: 4,
  takeProfitLimit: 5,
  trailingStop: 6,
} as const;
export type OrderTypeName = keyof typeof ORDER_TYPE;
export type OrderType = (typeof ORDER_TYPE)[OrderTypeName];

/** Whether orders of the type name a limit price. */
export function hasLimitPrice(type: OrderType): boolean {
  return (
    type === ORDER_TYPE.limit ||
    type === ORDER_TYPE.stopLimit ||
    type === ORDER_TYPE.takeProfitLimit
  );
}

/** Whether orders of the type wait for a price that they name; a trailing stop finds its own. */
export function hasTriggerPrice(type: OrderType): boolean {
  return (
    type === ORDER_TYPE.stopMarket ||
    type === ORDER_TYPE.takeProfitMarket ||
    type === ORDER_TYPE.stopLimit ||
    type === ORDER_TYPE.takeProfitLimit
  );
}

/** Which price sets a trigger off. */
export const TRIGGER_BY = { last: 0, mark: 1, index: 2 } as const;
export type TriggerByName = keyof typeof TRIGGER_BY;
export type TriggerBy = (typeof TRIGGER_BY)[TriggerByName];

/** How long an order works: till cancelled, at once as far as it goes, at once and whole, till a date. */
export const TIME_IN_FORCE = { gtc: 0, ioc: 1, fok: 2, gtd: 3 } as const;
export type TimeInForceName = keyof typeof TIME_IN_FORCE;
export type TimeInForce = (typeof TIME_IN_FORCE)[TimeInForceName];

/** Why an order exists. The purpose of the order that makes a position flat becomes the trade's exit reason. */
export const PURPOSE = {
  entry: 0,
  signal: 1,
  stopLoss: 2,
  takeProfit: 3,
  trailing: 4,
  roi: 5,
  timeStop: 6,
  aged: 7,
  liquidation: 8,
  flatten: 9,
  manual: 10,
  external: 11,
} as const;
export type PurposeName = keyof typeof PURPOSE;
export type Purpose = (typeof PURPOSE)[PurposeName];

const PURPOSE_NAMES = Object.keys(PURPOSE) as readonly PurposeName[];

export function purposeName(purpose: number): PurposeName {
  return PURPOSE_NAMES[purpose] ?? "external";
}

export const LIQUIDITY = { maker: 0, taker: 1 } as const;

/** Reasons of a reject, in the words of the scenario format. */
export const REJECT = {
  none: 0,
  belowMinQty: 1,
  aboveMaxQty: 2,
  belowMinNotional: 3,
  outsidePriceBand: 4,
  insufficientMargin: 5,
  leverageTooHigh: 6,
  reduceOnlyWouldIncrease: 7,
  postOnlyWouldTake: 8,
  fokNotFillable: 9,
  iocNotFillable: 10,
  triggerAlreadyPassed: 11,
  tooManyOrders: 12,
  marketClosed: 13,
  unknownOrder: 14,
  groupFilled: 15,
  /** The venue cancelled it to liquidate. */
  liquidated: 16,
  /** Refused by drydock itself before anything was sent; see `engine/risk/risk-manager.ts`. */
  riskSymbolNotional: 17,
  riskTotalNotional: 18,
  riskLeverage: 19,
  riskOpenPositions: 20,
  riskOrderRate: 21,
  riskDailyLoss: 22,
  riskDrawdown: 23,
  riskPriceDeviation: 24,
  riskStalePrice: 25,
  riskHalted: 26,
  riskQuarantined: 27,
  riskGateClosed: 28,
  /** Another order of the symbol has an unknown outcome. */
  riskUnknownOrder: 29,
  /** Proven: the venue never took the request, and it is too late for another one. */
  neverAccepted: 30,
  /** It rested once and is nowhere to be found: the venue has dropped it. */
  gone: 31,
  /** The venue takes no requests now (rate limit, ban, maintenance); it did not take this one. */
  venueBusy: 32,
  /** Other closes that may still be filled take all of the position. */
  alreadyClosing: 33,
} as const;
export type RejectName = keyof typeof REJECT;
export type RejectCode = (typeof REJECT)[RejectName];

/** Whether the reason is drydock's own and not a venue's. */
export function isRiskReject(code: number): boolean {
  return code >= REJECT.riskSymbolNotional && code <= REJECT.riskUnknownOrder;
}

const REJECT_NAMES = Object.keys(REJECT) as readonly RejectName[];

export function rejectName(code: number): RejectName {
  return REJECT_NAMES[code] ?? "none";
}
