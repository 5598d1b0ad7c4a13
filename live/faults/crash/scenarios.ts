import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import { checkPolicies } from "#engine/reconcile/policies.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { AGED_TERMS } from "./aged-terms.ts";
import { CANDLE, type CrashScenario, quietPlan, RECONCILE_MS } from "./crash-scenario.ts";
import {
  entries,
  expectAtMostOne,
  expectCount,
  expectLots,
  expectResting,
  isClose,
  isFilled,
  truthOf,
} from "./expect-truth.ts";
import { scriptedStrategy } from "./scripted-strategy.ts";
import { at, closeByHand, openByHand, serverOf } from "./venue-deeds.ts";

/** Base units of an entry; 500 lots. */
const QTY = 0.05;
const LOTS = 500;
/**
 * The last candle at which a script enters. An order that never arrived is proven so, and asked for again, within 70 s,
 * after two crashes within 100 s. Where the story goes on before, there may be no entry in the end.
 */
const ENTER_UNTIL = 16;
const ENTER_UNTIL_EARLY = 9;
const ENTER_UNTIL_EARLIEST = 5;

const nothing = (): void => {};

/** Long once, from the first candle on that finds the account flat, with a stop and a target far away. */
function enterProtected(until: number): Strategy {
  return scriptedStrategy((ctx, candle) => {
    const { close } = ctx.bar;
    if (candle > until || !ctx.position.isFlat) return;
    ctx.enterLong({ qty: QTY, stopLoss: close * 0.9, takeProfit: close * 1.1 });
  });
}

/** A position is opened once and stands there with its stop and its target. */
const ENTRY: CrashScenario = {
  name: "entry",
  plan: quietPlan({ durationMs: 5 * CANDLE }),
  strategy: () => enterProtected(ENTER_UNTIL),
  terms: {},
  deeds: nothing,
  check: (world) => {
    const truth = truthOf(world);
    return [
      ...expectLots(truth, LOTS),
      ...expectCount("entries that filled", entries(truth).filter(isFilled), 1),
      ...expectResting(truth, [ORDER_TYPE.stopMarket, ORDER_TYPE.limit], LOTS),
    ];
  },
};

/** A limit order that the market takes only a part of a bar: cancelled once it has begun to fill. */
const PARTIAL: CrashScenario = {
  name: "partial fill and cancel",
  plan: quietPlan({ durationMs: 6 * CANDLE, participationPct: 1 }),
  strategy: () =>
    scriptedStrategy((ctx, candle) => {
      const isUntouched = ctx.position.isFlat && ctx.orders.length === 0;
      if (candle <= ENTER_UNTIL && isUntouched) {
        ctx.order({ side: "buy", type: "limit", qty: 10 * QTY, price: ctx.bar.close * 1.02 });
      }
      if (!ctx.position.isFlat) ctx.cancelAll();
    }),
  terms: {},
  deeds: nothing,
  check: (world) => {
    const truth = truthOf(world);
    const taken = entries(truth);
    const filled = taken.reduce((sum, { filledLots }) => sum + filledLots, 0);
    const isPart = filled > 0 && filled < 10 * LOTS;
    return [
      ...expectCount("entries that were taken", taken, 1),
      ...expectLots(truth, filled),
      ...expectResting(truth, [], 0),
      ...(isPart ? [] : [`${filled} lots have filled, which is no part of ${10 * LOTS}`]),
      ...(taken[0]?.status === "cancelled" ? [] : [`the order ended ${taken[0]?.status}`]),
    ];
  },
};

/** Somebody closes the position on the exchange, while the program lives or not. */
const GHOST: CrashScenario = {
  name: "ghost",
  plan: quietPlan({ durationMs: 13 * CANDLE }),
  strategy: () => enterProtected(ENTER_UNTIL_EARLY),
  terms: {},
  deeds: (world) => at(world, 10.5 * CANDLE, () => closeByHand(world)),
  check: (world) => {
    const truth = truthOf(world);
    return [
      ...expectLots(truth, 0),
      ...expectAtMostOne("entries that filled", entries(truth).filter(isFilled)),
      ...expectResting(truth, [], 0),
    ];
  },
};

/** Somebody opens a position on the exchange: it becomes ours, and its stop is placed. */
const ORPHAN: CrashScenario = {
  name: "orphan with adoption",
  plan: quietPlan({ durationMs: 5 * CANDLE }),
  strategy: () => scriptedStrategy(nothing),
  terms: {
    rules: { stopLossPct: 10 },
    reconcile: { intervalMs: RECONCILE_MS, policies: checkPolicies({ orphanPosition: "adopt" }) },
  },
  deeds: (world) => at(world, 1.5 * CANDLE, () => openByHand(world, LOTS)),
  check: (world) => {
    const truth = truthOf(world);
    return [
      ...expectLots(truth, LOTS),
      ...expectCount("entries of ours", entries(truth), 0),
      ...expectResting(truth, [ORDER_TYPE.stopMarket], LOTS),
    ];
  },
};

/** A position grows too old while the venue refuses closes, then takes nothing at all, then everything again. */
const AGED: CrashScenario = {
  name: "aged close with retries",
  plan: quietPlan({ durationMs: 9 * CANDLE, rates: { X24: 1 } }),
  strategy: () =>
    scriptedStrategy((ctx, candle) => {
      if (candle <= ENTER_UNTIL_EARLIEST && ctx.position.isFlat) ctx.enterLong({ qty: QTY });
    }),
  terms: { aged: AGED_TERMS },
  deeds: (world) => {
    at(world, 6.2 * CANDLE, () => world.faults.heal());
    at(world, 6.2 * CANDLE, () => serverOf(world).gate.restrict("closed", 15_000));
  },
  check: (world) => {
    const truth = truthOf(world);
    const entered = entries(truth).filter(isFilled);
    const closed = truth.orders.filter(isClose).filter(isFilled);
    return [
      ...expectLots(truth, 0),
      ...expectAtMostOne("entries that filled", entered),
      ...expectCount("closes that filled", closed, entered.length),
      ...expectResting(truth, [], 0),
    ];
  },
};

export const CRASH_SCENARIOS: readonly CrashScenario[] = [ENTRY, PARTIAL, GHOST, ORPHAN, AGED];
