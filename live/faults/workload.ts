import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { RandomStream } from "#live/faults/world/random-stream.ts";
import { RandomStreams } from "#live/faults/world/random-streams.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import {
  WORKLOAD_KINDS,
  type WorkloadAction,
  type WorkloadPlan,
  type WorkloadStep,
  type WorldPlan,
} from "#live/faults/world/world-plan.ts";

const HOUR = 3_600_000;
/** Notional of an order, share of the equity. */
const SIZE_LOW = 0.02;
const SIZE_HIGH = 0.2;
/** How far limit prices, stops and targets lie from the price, as shares of it. */
const DISTANCE_LOW = 0.0005;
const DISTANCE_HIGH = 0.01;

export interface WorkloadTerms {
  readonly seed: string;
  /** Which account: each is traded in its own way. */
  readonly account: string;
  readonly plan: WorkloadPlan;
  readonly hasProtection: boolean;
  /** Length of its candles, ms. */
  readonly candleMs: number;
}

/** The strategy that trades an account of a plan. */
export function workloadOf(plan: WorldPlan, account: string): Strategy {
  const { seed, workload: work, candleMs, features } = plan;
  const { hasProtection } = features;
  return workload({ seed, account, plan: work, hasProtection, candleMs });
}

/**
 * A strategy that does a bit of everything. What it does on a candle depends on the seed, the symbol and the candle's
 * time alone, so that a restart does not change what it would have decided.
 */
export function workload(terms: WorkloadTerms): Strategy {
  const actionsAt = terms.plan.steps === undefined ? drawn(terms) : listed(terms);
  return defineStrategy({
    name: "workload",
    description: "Trades at random, the same way for the same seed",
    onBar: (context) => {
      const ctx = context as SymbolContext;
      for (const action of actionsAt(ctx.symbol, ctx.bar.time)) {
        act(ctx, action, terms.hasProtection);
      }
    },
  });
}

/** Everything that the weights of a plan would make its strategies do, candle by candle, as steps of their own. */
export function workloadSteps(plan: WorldPlan): readonly WorkloadStep[] {
  const { seed, workload: work, candleMs, features, start, durationMs } = plan;
  if (work.steps !== undefined) return work.steps;
  const { hasProtection } = features;
  const steps: WorkloadStep[] = [];
  const last = start + durationMs + plan.reserveMs;
  for (const { key: account, symbols } of plan.targets) {
    const actionsAt = drawn({ seed, account, plan: work, hasProtection, candleMs });
    for (const symbol of symbols) {
      for (let candle = start; candle < last; candle += candleMs) {
        for (const action of actionsAt(symbol, candle)) {
          steps.push({ account, symbol, candle, action });
        }
      }
    }
  }
  return steps;
}

type ActionsAt = (symbol: string, candle: number) => readonly WorkloadAction[];

function drawn({ seed, account, plan, candleMs }: WorkloadTerms): ActionsAt {
  const root = new RandomStreams(parseSeed(seed));
  const weights = WORKLOAD_KINDS.map((kind) => plan[kind]);
  const perCandle = (plan.ordersPerHour * candleMs) / HOUR;
  return (symbol, candle) => {
    const stream = root.of(`workload ${account} ${symbol} ${candle}`);
    const actions: WorkloadAction[] = [];
    for (let left = perCandle; left > 0; left -= 1) {
      if (!stream.chance(Math.min(1, left))) continue;
      actions.push(drawAction(stream, weights));
    }
    return actions;
  };
}

function drawAction(stream: RandomStream, weights: readonly number[]): WorkloadAction {
  const kind = WORKLOAD_KINDS[stream.weighted(weights)] ?? "market";
  const share = SIZE_LOW + stream.uniform() * (SIZE_HIGH - SIZE_LOW);
  const side = stream.chance(0.5) ? 1 : -1;
  const away = DISTANCE_LOW + stream.uniform() * (DISTANCE_HIGH - DISTANCE_LOW);
  return { kind, side, share, away };
}

function listed({ account, plan }: WorkloadTerms): ActionsAt {
  const own = (plan.steps ?? []).filter((step) => step.account === account);
  return (symbol, candle) =>
    own
      .filter((step) => step.symbol === symbol && step.candle === candle)
      .map(({ action }) => action);
}

function act(ctx: SymbolContext, action: WorkloadAction, hasProtection: boolean): void {
  const { kind, side, share, away } = action;
  const price = ctx.bar.close;
  const qty = (ctx.equity * share) / price;
  const word = side > 0 ? "buy" : "sell";
  const where = ctx.isHedged ? ({ positionSide: side > 0 ? "long" : "short" } as const) : {};
  const guard = hasProtection
    ? { stopLoss: price * (1 - side * 3 * away), takeProfit: price * (1 + side * 4 * away) }
    : {};
  switch (kind) {
    case "market":
      if (side > 0) ctx.enterLong({ qty, ...guard });
      else ctx.enterShort({ qty, ...guard });
      return;
    case "limit":
      ctx.order({
        side: word,
        type: "limit",
        qty,
        price: price * (1 - side * away),
        ...where,
        ...guard,
      });
      return;
    case "stop":
      ctx.order({
        side: word,
        type: "stopMarket",
        qty,
        trigger: price * (1 + side * away),
        ...where,
      });
      return;
    case "close":
      ctx.exit();
      return;
    case "amend": {
      const order = ctx.orders.find(({ type }) => type === "limit");
      if (order === undefined) return;
      const from = order.side === "buy" ? -1 : 1;
      ctx.amend(order.ref, { price: price * (1 + from * away) });
      return;
    }
    case "cancel": {
      const [order] = ctx.orders;
      if (order !== undefined) ctx.cancel(order.ref);
      return;
    }
  }
}
