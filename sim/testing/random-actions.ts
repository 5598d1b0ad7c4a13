import * as fc from "fast-check";
import {
  hasLimitPrice,
  hasTriggerPrice,
  ORDER_TYPE,
  type OrderTypeName,
  type TimeInForceName,
  type TriggerByName,
} from "#engine/model/order-terms.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { type MarketView, PLAIN } from "#props/market/candle-walk.ts";
import { HOUR } from "#sim/testing/fixture.ts";

/** What an order says besides; where its type has no use for a word it is left out. */
interface Conditions {
  readonly tif: TimeInForceName;
  readonly halfHours: number;
  readonly postOnly: boolean;
  readonly oco: string | null;
  readonly triggerBy: TriggerByName;
  readonly callback: number;
  readonly activation: number | null;
}

const TYPES = Object.keys(ORDER_TYPE) as readonly OrderTypeName[];
const conditions: fc.Arbitrary<Conditions> = fc.record({
  tif: fc.constantFrom("gtc", "gtc", "gtc", "ioc", "fok", "gtd"),
  halfHours: fc.integer({ min: 1, max: 12 }),
  postOnly: fc.nat(5).map((n) => n === 5),
  oco: fc.constantFrom(null, null, "a", "b"),
  triggerBy: fc.constantFrom("last", "last", "mark", "index"),
  callback: fc.integer({ min: 1, max: 400 }),
  activation: fc.option(fc.integer({ min: -400, max: 400 })),
});

/** What a scripted strategy does at one bar. Indices and offsets are resolved against what is there then. */
export type Action =
  | {
      readonly kind: "order";
      readonly side: "buy" | "sell";
      readonly type: OrderTypeName;
      readonly lots: number;
      readonly offset: number;
      /** Of the limit price, where there is a trigger too. */
      readonly limitOffset: number;
      readonly reduceOnly: boolean;
      readonly conditions: Conditions;
    }
  | {
      readonly kind: "enter";
      readonly side: "buy" | "sell";
      readonly lots: number;
      readonly stop: number | null;
      readonly target: number | null;
      readonly limit: number | null;
      readonly add: boolean;
    }
  | { readonly kind: "exit"; readonly lots: number | null }
  | {
      readonly kind: "amend";
      readonly index: number;
      readonly offset: number;
      readonly lots: number | null;
    }
  | { readonly kind: "cancel"; readonly index: number }
  | { readonly kind: "cancelAll" }
  | { readonly kind: "protect"; readonly stop: number | null; readonly target: number | null };

const side = fc.constantFrom("buy" as const, "sell" as const);
const lots = fc.integer({ min: 1, max: 60 });
const offset = fc.integer({ min: -400, max: 400 });
const distance = fc.option(fc.integer({ min: 1, max: 500 }), { freq: 2 });

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      side,
      type: fc.constantFrom(...TYPES),
      lots,
      offset,
      limitOffset: offset,
      reduceOnly: fc.boolean(),
      conditions,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("enter" as const),
      side,
      lots,
      stop: distance,
      target: distance,
      limit: fc.option(offset, { freq: 2 }),
      add: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("exit" as const), lots: fc.option(lots) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("amend" as const),
      index: fc.nat(4),
      offset,
      lots: fc.option(lots),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), index: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancelAll" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("protect" as const),
      stop: distance,
      target: distance,
    }),
  },
);

/** Actions by the number of the bar at whose close they happen. */
export type Plan = readonly (readonly Action[])[];

export const plan = (length: number): fc.Arbitrary<Plan> =>
  fc.array(fc.array(action, { maxLength: 2, size: "max" }), { maxLength: length, size: "max" });

/** Carries out one action as a strategy would; what makes no sense at that moment is left out. */
export function act(ctx: SymbolContext, one: Action, view: MarketView = PLAIN): void {
  const up = view.mirrorTicks === null ? 1 : -1;
  const unit = view.tick * view.priceScale;
  const at = (ticks: number): number => Math.max(unit, ctx.bar.close + up * ticks * unit);
  const size = (lots: number): number => lots * view.lot * view.sizeScale;
  switch (one.kind) {
    case "order":
      ctx.order({
        side: up > 0 === (one.side === "buy") ? "buy" : "sell",
        type: one.type,
        qty: size(one.lots),
        reduceOnly: one.reduceOnly,
        ...pricesOf(one, at),
        ...conditionsOf(one, ctx.time, at, unit),
      });
      return;
    case "enter": {
      const sign = one.side === "buy" ? 1 : -1;
      const terms = {
        qty: size(one.lots),
        add: one.add,
        ...(one.limit === null ? {} : { limit: at(one.limit) }),
        ...(one.stop === null ? {} : { stopLoss: at(-sign * one.stop) }),
        ...(one.target === null ? {} : { takeProfit: at(sign * one.target) }),
      };
      if (up * sign > 0) ctx.enterLong(terms);
      else ctx.enterShort(terms);
      return;
    }
    case "exit":
      ctx.exit(one.lots === null ? {} : { qty: size(one.lots) });
      return;
    case "amend": {
      const order = ctx.orders[one.index];
      if (order === undefined) return;
      ctx.amend(order.ref, {
        ...(order.price === null ? {} : { price: at(one.offset) }),
        ...(order.trigger === null ? {} : { trigger: at(one.offset) }),
        ...(one.lots === null ? {} : { qty: size(one.lots) }),
      });
      return;
    }
    case "cancel": {
      const order = ctx.orders[one.index];
      if (order !== undefined) ctx.cancel(order.ref);
      return;
    }
    case "cancelAll":
      ctx.cancelAll();
      return;
    case "protect": {
      const held = Math.sign(up * ctx.position.qty || 1);
      ctx.protect({
        stopLoss: one.stop === null ? null : at(-held * one.stop),
        takeProfit: one.target === null ? null : at(held * one.target),
      });
      return;
    }
  }
}

type OrderAction = Extract<Action, { readonly kind: "order" }>;

function pricesOf(one: OrderAction, at: (ticks: number) => number): Partial<OrderTerms> {
  const type = ORDER_TYPE[one.type];
  if (one.type === "limit") return { price: at(one.offset) };
  return {
    ...(hasTriggerPrice(type) ? { trigger: at(one.offset) } : {}),
    ...(hasLimitPrice(type) ? { price: at(one.limitOffset) } : {}),
  };
}

function conditionsOf(
  one: OrderAction,
  now: number,
  at: (ticks: number) => number,
  unit: number,
): Partial<OrderTerms> {
  const { tif, halfHours, postOnly, oco, triggerBy, callback, activation } = one.conditions;
  const isTrailing = one.type === "trailingStop";
  const rests = tif === "gtc" || tif === "gtd";
  return {
    tif,
    ...(tif === "gtd" ? { expiresAt: now + (halfHours * HOUR) / 2 } : {}),
    ...(postOnly && one.type === "limit" && rests ? { postOnly } : {}),
    ...(oco === null ? {} : { oco }),
    ...(isTrailing || hasTriggerPrice(ORDER_TYPE[one.type]) ? { triggerBy } : {}),
    ...(isTrailing ? { callback: callback * unit } : {}),
    ...(isTrailing && activation !== null ? { activation: at(activation) } : {}),
  };
}
