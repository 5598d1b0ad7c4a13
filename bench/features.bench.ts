import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { configOf } from "./market.bench.ts";
import { type BenchRow, best } from "./measure.ts";

const BARS = 200_000;
const RUNS = 5;

/** In at one bar, out at the next, with whatever an order may say besides. */
function everyBar(name: string, terms: Partial<OrderTerms> = {}): Strategy {
  return defineStrategy({
    name,
    description: "",
    onBar(ctx) {
      const close = ctx.bar.close;
      const asked = terms.type === "limit" ? { ...terms, price: close * 1.1 } : terms;
      if (ctx.position.isFlat) ctx.order({ side: "buy", qty: 0.01, ...asked });
      else ctx.exit();
    },
  });
}

/** In at one bar with stop and target, which rest far away, out at the next. */
const BRACKET = defineStrategy({
  name: "bracket",
  description: "",
  onBar(ctx) {
    const { close } = ctx.bar;
    if (!ctx.position.isFlat) ctx.exit();
    else ctx.enterLong({ qty: 0.01, stopLoss: close * 0.5, takeProfit: close * 2 });
  },
});

/** Holds one position, with one order that rests and never fills. */
function holding(name: string, terms: OrderTerms | null): Strategy {
  return defineStrategy({
    name,
    description: "",
    onBar(ctx) {
      if (ctx.bar.count > 1) return;
      ctx.enterLong({ qty: 0.01 });
      if (terms === null) return;
      const price = ctx.bar.close / 1_000;
      const isTrailing = terms.type === "trailingStop";
      ctx.order({ ...terms, ...(isTrailing ? {} : { trigger: price }) });
    },
  });
}

const FAR_STOP: OrderTerms = { side: "sell", type: "stopMarket", qty: 0.01, reduceOnly: true };
const FAR_TRAIL: OrderTerms = {
  side: "sell",
  type: "trailingStop",
  callbackPct: 99.9,
  qty: 0.01,
  reduceOnly: true,
};

/** Wide enough that nothing is refused. */
const LIMITS: RiskLimits = {
  maxNotionalPerSymbol: 1e9,
  maxTotalNotional: 1e9,
  maxLeverage: 1_000,
  maxOpenPositions: 5,
  maxOrdersPerMinute: 1_000,
  maxPriceDeviationPct: 50,
  maxPriceAgeSeconds: 3_600,
};
const LOSSES: RiskLimits = { ...LIMITS, maxDailyLossPct: 100, maxDrawdownPct: 100 };

interface Feature {
  readonly work: string;
  readonly strategy: Strategy;
  readonly settings?: Partial<VenueSettings>;
  readonly risk?: RiskLimits;
  readonly market?: (symbol: BacktestSymbol) => Partial<BacktestSymbol>;
  /** What the time is divided by, and the row it is compared with. */
  readonly per: "order" | "bar";
}

const FEATURES: readonly Feature[] = [
  { work: "market orders", strategy: everyBar("plain"), per: "order" },
  {
    work: "  limit orders that take",
    strategy: everyBar("limit", { type: "limit" }),
    per: "order",
  },
  { work: "  immediate or cancel", strategy: everyBar("ioc", { tif: "ioc" }), per: "order" },
  { work: "  a group", strategy: everyBar("group", { oco: "a" }), per: "order" },
  { work: "  with stop and target", strategy: BRACKET, per: "order" },
  {
    work: "  under cross margin",
    strategy: everyBar("cross"),
    settings: { marginMode: "cross" },
    per: "order",
  },
  {
    work: "  fixed slippage",
    strategy: everyBar("fixed"),
    settings: { slippage: { kind: "fixed", bps: 1 } },
    per: "order",
  },
  {
    work: "  latency of half a bar",
    strategy: everyBar("latency"),
    settings: { latencyMs: 30_000 },
    per: "order",
  },
  {
    work: "  with limits on value and rate",
    strategy: everyBar("limits"),
    risk: LIMITS,
    per: "order",
  },
  { work: "  with limits on losses too", strategy: everyBar("losses"), risk: LOSSES, per: "order" },
  { work: "bars with a position", strategy: holding("held", null), per: "bar" },
  { work: "  a stop that rests", strategy: holding("stop", FAR_STOP), per: "bar" },
  {
    work: "  a stop on the mark",
    strategy: holding("markStop", { ...FAR_STOP, triggerBy: "mark" }),
    market: ({ bars }) => ({ marks: bars }),
    per: "bar",
  },
  { work: "  a trailing stop", strategy: holding("trail", FAR_TRAIL), per: "bar" },
  {
    work: "  stored mark prices",
    strategy: holding("marks", null),
    market: ({ bars }) => ({ marks: bars }),
    per: "bar",
  },
  {
    work: "  cross margin",
    strategy: holding("crossHeld", null),
    settings: { marginMode: "cross" },
    per: "bar",
  },
  {
    work: "  hedge mode",
    strategy: holding("hedged", null),
    settings: { positionMode: "hedge" },
    per: "bar",
  },
  {
    work: "  five finer candles in each bar",
    strategy: holding("detail", null),
    settings: { intrabar: "detail" },
    market: ({ bars }) => ({ strategyBars: every(bars, 5) }),
    per: "bar",
  },
];

interface Measured {
  readonly ms: number;
  readonly count: number;
}

/**
 * What each feature of the simulated exchange costs, beside the same work without it. Each in a process of its own:
 * `measureAt` gives the child's measurement of the feature at a place in the list.
 */
export function benchFeatures(measureAt: (place: number) => Measured): readonly BenchRow[] {
  let plain = 0;
  return FEATURES.map(({ work, per }, place): BenchRow => {
    const { ms, count } = measureAt(place);
    const ns = (ms * 1e6) / count;
    const isFirst = !work.startsWith(" ");
    if (isFirst) plain = ns;
    const more = isFirst ? "" : ` (${ns >= plain ? "+" : ""}${(ns - plain).toFixed(0)})`;
    return { work, ms, figure: `${ns.toFixed(0)}${more} ns/${per}`, bar: "", holds: true };
  });
}

export function measureFeature(place: number, bars: BarColumns): Measured {
  const feature = FEATURES[place];
  if (feature === undefined) throw new Error(`There are ${FEATURES.length} features`);
  const part = sliceBars(bars, 0, BARS);
  let count = 0;
  const ms = best(RUNS, () => {
    const plain = configOf(part, feature.strategy, {});
    const [symbol] = plain.symbols as [BacktestSymbol];
    const config: BacktestConfig = {
      ...plain,
      symbols: [{ ...symbol, ...feature.market?.(symbol) }],
      settings: { ...plain.settings, ...feature.settings },
      risk: feature.risk,
    };
    const backtest = new Backtest(config);
    backtest.run();
    const [failure] = backtest.engine.failures;
    if (failure !== undefined) throw failure.error;
    count = feature.per === "order" ? backtest.engine.ledger.fills.length : backtest.progress.total;
  });
  return { ms, count };
}

/** Longer bars of `count` each. */
function every(bars: BarColumns, count: number): BarColumns {
  const longer = makeBars(bars.intervalMs * count, Math.floor(bars.length / count));
  for (let row = 0; row < longer.length; row++) {
    const from = row * count;
    longer.time[row] = bars.time[from] as number;
    longer.open[row] = bars.open[from] as number;
    longer.high[row] = Math.max(...bars.high.subarray(from, from + count));
    longer.low[row] = Math.min(...bars.low.subarray(from, from + count));
    longer.close[row] = bars.close[from + count - 1] as number;
    longer.volume[row] = bars.volume[from] as number;
  }
  return longer;
}
