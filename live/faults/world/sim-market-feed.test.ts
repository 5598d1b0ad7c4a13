import { expect, test } from "vitest";
import type { VenueCandle } from "#live/ports/market-feed.ts";
import type { FaultRates } from "./fault-codes.ts";
import { planOf } from "./testing/bench-port.ts";
import { MINUTE, START } from "./testing/bench-world.ts";
import { World } from "./world.ts";
import type { WorldPlan } from "./world-plan.ts";

interface FeedBench {
  readonly world: World;
  readonly feed: ReturnType<World["feed"]>;
  readonly told: { readonly at: number; readonly candle: VenueCandle }[];
  readonly news: string[];
}

function run(
  minutes: number,
  changes: Partial<WorldPlan> & { rates?: FaultRates } = {},
): FeedBench {
  const world = new World(planOf({ latencyMs: [10, 10], ...changes }));
  world.startProcess();
  const feed = world.feed("bybit:paper");
  const told: FeedBench["told"] = [];
  const news: string[] = [];
  feed.connect({
    onCandle: (candle) => told.push({ at: world.time.now - START, candle }),
    onLost: (why) => news.push(why),
    onRestored: () => news.push("restored"),
  });
  world.time.runUntil(START + minutes * MINUTE + 1_000);
  return { world, feed, told, news };
}

const opens = ({ told }: FeedBench): number[] =>
  told.map(({ candle }) => (candle.time - START) / MINUTE);
const isSorted = (values: readonly number[]): boolean =>
  values.every((value, at) => at === 0 || value > (values[at - 1] as number));

test("Closed candles come in order, each after its close", () => {
  const bench = run(10);
  expect(opens(bench)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { at, candle } of bench.told) expect(at).toBe(candle.time - START + MINUTE + 10);
  const { bars } = bench.world.target("bybit:paper").markets[0] ?? { bars: null };
  expect(bench.told.map(({ candle }) => candle.close)).toEqual(
    [...(bars?.close ?? [])].slice(0, 10),
  );
  expect(bench.news).toEqual(["restored"]);
});

test("Coarser candles are made of whole ones", () => {
  const bench = run(20, { candleMs: 5 * MINUTE });
  expect(opens(bench)).toEqual([0, 5, 10, 15]);
});

test("What the stream missed is asked for: closed candles only, in the range", () => {
  const bench = run(10);
  let rows: readonly VenueCandle[] | null = null;
  const range = { symbol: "BTCUSDT", since: START + 3 * MINUTE, until: START + 60 * MINUTE };
  bench.feed.ask(range, (candles) => {
    rows = candles;
  });
  bench.world.time.runUntil(START + 10 * MINUTE + 2_000);
  expect(rows).toEqual(bench.told.slice(3).map(({ candle }) => candle));
  let failed: readonly VenueCandle[] | null | undefined;
  const lossy = run(1, { rates: { N1: 1 } });
  lossy.feed.ask(range, (candles) => {
    failed = candles;
  });
  lossy.world.time.runUntil(START + 2 * MINUTE);
  expect(failed).toBe(null);
});

test("D1: candles are missing", () => {
  const bench = run(60, { rates: { D1: 0.2 } });
  const { D1 } = bench.world.faults.fired;
  expect(D1).toBeGreaterThan(3);
  expect(bench.told).toHaveLength(60 - D1);
});

test("D2: candles come twice, the same or another", () => {
  const bench = run(60, { rates: { D2: 0.3 } });
  const { D2 } = bench.world.faults.fired;
  expect(bench.told).toHaveLength(60 + D2);
  const same = new Set<boolean>();
  bench.told.forEach(({ candle }, at) => {
    const before = bench.told[at - 1]?.candle;
    if (before?.time === candle.time) same.add(before.close === candle.close);
  });
  expect(same).toEqual(new Set([true, false]));
});

test("D3: a candle comes after the next one", () => {
  const bench = run(60, { rates: { D3: 0.3 } });
  expect(bench.world.faults.fired.D3).toBeGreaterThan(5);
  expect(isSorted(opens(bench))).toBe(false);
});

test("D4: a candle has a price that is none", () => {
  const bench = run(60, { rates: { D4: 0.5 } });
  const bad = bench.told.flatMap(({ candle: { open, high, low, close } }) =>
    [open, high, low, close].filter((price) => !(price > 20_000 && price < 80_000)),
  );
  expect(bad).toHaveLength(bench.world.faults.fired.D4);
  expect(bad.some((price) => Number.isNaN(price))).toBe(true);
  expect(bad).toContain(0);
  expect(bad.some((price) => price < 0)).toBe(true);
  expect(bad.some((price) => price > 1_000_000)).toBe(true);
});

test("D5: half of a candle is told as all of it, before its close", () => {
  const bench = run(60, { rates: { D5: 0.3 } });
  const early = bench.told.filter(({ at, candle }) => at < candle.time - START + MINUTE);
  expect(early).toHaveLength(bench.world.faults.fired.D5);
  expect(early.length).toBeGreaterThan(5);
});

test("D6: a candle is corrected later", () => {
  const bench = run(60, { rates: { D6: 0.3 } });
  const late = bench.told.filter(({ at, candle }) => at > candle.time - START + MINUTE + 5_000);
  expect(late.length).toBeGreaterThan(5);
  const first = bench.told.find(({ candle }) => candle.time === late[0]?.candle.time);
  expect(first?.candle.close).not.toBe(late[0]?.candle.close);
});

test("D7: a delisted symbol has no candles any more", () => {
  const bench = run(5);
  bench.world.target("bybit:paper").server.delist("BTCUSDT");
  bench.world.time.runUntil(START + 20 * MINUTE);
  expect(bench.told).toHaveLength(5);
});
