import { expect, test } from "vitest";
import { makeBars } from "#engine/market/bars.ts";
import { RandomStreams } from "#live/faults/world/random-streams.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import { drawMarket } from "#live/faults/world/world-market.ts";
import { calmPlan, marketsFrom, type StrategyTerms, strategyPlan } from "./strategy-plan.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2024, 2, 1);
const TERMS: StrategyTerms = {
  profile: "swarm",
  tieBreak: "sched",
  key: "bybit:paper",
  symbols: ["BTCUSDT"],
  candleMs: 5 * MINUTE,
  barMs: MINUTE,
  positionMode: "oneWay",
  marginMode: "isolated",
  leverage: 3,
  balance: 5_000,
  hasAged: false,
  span: { from: FROM, to: FROM + 30 * DAY },
  lengthMs: DAY,
};
const SEEDS = Array.from({ length: 60 }, (_, at) => String(at));

test("every seed finds another day within the candles, at the open of a candle", () => {
  const starts = new Set<number>();
  for (const seed of SEEDS) {
    const plan = strategyPlan(seed, TERMS);
    starts.add(plan.start);
    expect(plan.durationMs).toBe(DAY);
    expect(plan.start % TERMS.candleMs).toBe(0);
    expect(plan.start).toBeGreaterThanOrEqual(FROM);
    expect(plan.start + DAY + 20 * MINUTE).toBeLessThanOrEqual(FROM + 30 * DAY);
    expect(plan.targets).toMatchObject([{ symbols: ["BTCUSDT"], leverage: 3, balance: 5_000 }]);
  }
  expect(starts.size).toBeGreaterThan(50);
});

test("fewer candles than a day are a shorter day", () => {
  const plan = strategyPlan("1", { ...TERMS, span: { from: FROM, to: FROM + 2 * HOUR } });
  expect(plan.start).toBe(FROM);
  expect(plan.durationMs).toBe(100 * MINUTE);
});

test("the calm day is the same time without faults, skew and forgotten orders", () => {
  const plan = strategyPlan("3", TERMS);
  const calm = calmPlan(plan);
  expect(calm.rates).toEqual({});
  expect(calm).toMatchObject({ start: plan.start, durationMs: plan.durationMs, clockSkewMs: 0 });
});

test("the venue matches from the start on and publishes what was before as well", () => {
  const market = drawMarket(new RandomStreams(parseSeed("1")).of("x"), {
    exchange: "bybit",
    symbol: "BTCUSDT",
    start: FROM,
    barMs: MINUTE,
    bars: 1_000,
    price: 100,
    movePct: 0.1,
    jumps: 0,
    droughts: 0,
    volume: 10,
    fundingMs: HOUR,
  });
  const start = FROM + 90 * MINUTE;
  const [one] = marketsFrom([market], start);
  expect(one?.bars.time[0]).toBe(start);
  expect(one?.bars.length).toBe(910);
  expect(one?.bars.close[0]).toBe(market.bars.close[90]);
  expect(one?.candles?.time[0]).toBe(FROM);
  expect(one?.funding?.time[0]).toBe(FROM + 2 * HOUR);
  const empty = { ...market, bars: makeBars(MINUTE, 0), funding: null };
  expect(marketsFrom([empty], start)[0]?.bars.length).toBe(0);
});
