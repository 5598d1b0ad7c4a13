import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { RandomStream } from "#live/faults/world/random-stream.ts";
import { RandomStreams } from "#live/faults/world/random-streams.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import type { WorkloadPlan } from "#live/faults/world/world-plan.ts";

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

/**
 * A strategy that does a bit of everything. What it does on a candle depends on the seed, the symbol and the candle's
 * time alone, so that a restart does not change what it would have decided.
 */
export function workload({
  seed,
  account,
  plan,
  hasProtection,
  candleMs,
}: WorkloadTerms): Strategy {
  const root = new RandomStreams(parseSeed(seed));
  const kinds = ["market", "limit", "stop", "close", "amend", "cancel"] as const;
  const weights = kinds.map((kind) => plan[kind]);
  return defineStrategy({
    name: "workload",
    description: "Trades at random, the same way for the same seed",
    onBar: (context) => {
      const ctx = context as SymbolContext;
      const stream = root.of(`workload ${account} ${ctx.symbol} ${ctx.bar.time}`);
      const perBar = (plan.ordersPerHour * candleMs) / HOUR;
      for (let left = perBar; left > 0; left -= 1) {
        if (!stream.chance(Math.min(1, left))) continue;
        act(ctx, stream, kinds[stream.weighted(weights)] ?? "market", hasProtection);
      }
    },
  });
}

function act(
  ctx: SymbolContext,
  stream: RandomStream,
  kind: "market" | "limit" | "stop" | "close" | "amend" | "cancel",
  hasProtection: boolean,
): void {
  const price = ctx.bar.close;
  const share = SIZE_LOW + stream.uniform() * (SIZE_HIGH - SIZE_LOW);
  const qty = (ctx.equity * share) / price;
  const side = stream.chance(0.5) ? 1 : -1;
  const away = DISTANCE_LOW + stream.uniform() * (DISTANCE_HIGH - DISTANCE_LOW);
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
