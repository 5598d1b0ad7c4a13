import * as fc from "fast-check";
import { expect, test } from "vitest";
import { REJECT } from "#engine/model/order-terms.ts";
import { type AgedConfig, resolveAgedConfig } from "./aged-config.ts";
import { type AgedPriceRules, LIVE_PRICES } from "./aged-monitor.ts";
import {
  AGED_REASONS,
  type AgedClose,
  type AgedHistoryRow,
  type AgedStatus,
} from "./aged-record.ts";
import { HOUR_MS, stageAt } from "./aged-stages.ts";
import { NEXT_AGED } from "./aged-states.ts";
import { AgedWorld } from "./testing/aged-world.ts";

const SYMBOLS = 3;
/** Live prices, polled rarely enough for days to pass quickly. */
const PRICES: AgedPriceRules = { ...LIVE_PRICES, pollAfterMs: 600_000, pollEveryMs: 1_800_000 };

type Step =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "open"; readonly symbol: number; readonly side: 1 | -1; readonly age: number }
  | { readonly do: "price"; readonly symbol: number; readonly pct: number; readonly age: number }
  | { readonly do: "fill"; readonly symbol: number; readonly lots: number }
  | { readonly do: "reject"; readonly symbol: number; readonly reason: number }
  | { readonly do: "flatten"; readonly symbol: number; readonly isOurs: boolean }
  | { readonly do: "add"; readonly symbol: number }
  | { readonly do: "trail"; readonly symbol: number }
  | { readonly do: "others"; readonly symbol: number; readonly lots: number }
  | { readonly do: "risk"; readonly refuses: boolean };

const symbol = fc.nat(SYMBOLS - 1);
const hours = fc.integer({ min: 0, max: 12 * HOUR_MS });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: hours }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(HOUR_MS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(20_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("open" as const),
      symbol,
      side: fc.constantFrom(1 as const, -1 as const),
      age: fc.oneof(fc.constant(0), hours),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("price" as const),
      symbol,
      pct: fc.integer({ min: -15_000, max: 3_000 }).map((thousandths) => thousandths / 1_000),
      age: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.nat(9_000) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fill" as const),
      symbol,
      lots: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("reject" as const),
      symbol,
      reason: fc.constantFrom(REJECT.none, REJECT.marketClosed, REJECT.insufficientMargin),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("flatten" as const), symbol, isOurs: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("add" as const), symbol }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trail" as const), symbol }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("others" as const), symbol, lots: fc.nat(12) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("risk" as const), refuses: fc.boolean() }) },
);

const plan = fc.array(step, { maxLength: 80, size: "max" });

const config: fc.Arbitrary<AgedConfig> = fc
  .record({
    mode: fc.constantFrom("market" as const, "limit" as const),
    maxAgeHours: fc.constantFrom(0, 0.5, 3),
    graceHours: fc.constantFrom(0, 1.5, 8),
    maxLossPct: fc.constantFrom(1, 10),
    detectEveryMinutes: fc.constantFrom(7, 60),
    closeAttempts: fc.integer({ min: 1, max: 4 }),
    emergencyAfterHours: fc.constantFrom(undefined, 28),
  })
  .map((params) => resolveAgedConfig(params, 0.055));

/** Takes a step where it means something; returns what the rules had to do with a price, by the naive reading. */
function take(world: AgedWorld, now: Step): void {
  if (now.do === "wait") {
    world.wait(now.ms);
    return;
  }
  if (now.do === "risk") {
    world.refuses = now.refuses;
    return;
  }
  const held = world.positions.get(now.symbol);
  if (now.do === "open") {
    if (held === undefined) world.open(now.symbol, now.side, 100, world.now - now.age);
    return;
  }
  if (held === undefined) return;
  switch (now.do) {
    case "price":
      world.price(now.symbol, held.entryPrice * (1 + (held.side * now.pct) / 100), now.age);
      return;
    case "fill":
      if (world.order(now.symbol) !== undefined) world.fill(now.symbol, 99, now.lots);
      return;
    case "reject":
      if (world.order(now.symbol) !== undefined) world.reject(now.symbol, now.reason);
      return;
    case "flatten":
      world.flatten(now.symbol, now.isOurs ? "other_exit" : "closed_externally", 98);
      return;
    case "add":
      world.add(now.symbol, 3, held.entryPrice * 0.99);
      return;
    case "trail":
      held.isTrailing = !held.isTrailing;
      return;
    case "others":
      held.othersExit = now.lots;
  }
}

/** Everything that anybody outside sees of the rules; of what only grows the newest. */
function outsideOf({ aged, history, orders, polls }: AgedWorld): unknown {
  return {
    rows: [history.length, ...history.slice(-20)],
    orders: [orders.length, ...orders.slice(-10)],
    polls: [polls.length, ...polls.slice(-5)],
    state: aged.state(),
    timerAt: aged.nextTimerAt,
  };
}

test("rows move along the edges, are numbered without a hole, and are the state", () => {
  fc.assert(
    fc.property(config, plan, (rules, steps) => {
      const world = new AgedWorld(rules, 0, PRICES);
      for (const one of steps) {
        take(world, one);
        checkState(world);
      }
      checkHistory(world.history);
    }),
    { numRuns: 300 },
  );
});

/** What each record says of itself is its latest row; it is there exactly as long as its position is. */
function checkState({ aged, positions, history }: AgedWorld): void {
  const open = Array.from({ length: SYMBOLS }, (_, at) => aged.recordOf(at)).filter(
    (one) => one !== null,
  );
  expect(aged.recordCount).toBe(open.length);
  expect(aged.heldCount).toBe(positions.size);
  for (const { id, status, seq, reason, openedAt, symbol: at } of open) {
    const row = history.findLast(({ recordId }) => recordId === id);
    expect([status, seq, reason]).toEqual([row?.to, row?.seq, row?.reason]);
    expect(status).not.toBe("closed");
    expect(positions.get(at)?.openedAt).toBe(openedAt);
  }
}

function checkHistory(history: readonly AgedHistoryRow[]): void {
  const latest = new Map<number, AgedHistoryRow>();
  let time = 0;
  for (const row of history) {
    const before = latest.get(row.recordId);
    const allowed: readonly AgedStatus[] =
      before === undefined ? ["detected"] : NEXT_AGED[before.to];
    const isRight =
      row.time >= time &&
      row.seq === (before?.seq ?? 0) + 1 &&
      row.from === (before?.to ?? null) &&
      allowed.includes(row.to);
    expect([row, before, isRight]).toEqual([row, before, true]);
    time = row.time;
    latest.set(row.recordId, row);
  }
  const open = [...latest.values()].filter(({ to }) => to !== "closed");
  // One record at most that is not over per position.
  expect(new Set(open.map((row) => row.symbol)).size).toBe(open.length);
}

test("orders keep to one campaign: one at a time, few, far enough apart, never more than is left", () => {
  fc.assert(
    fc.property(config, plan, (rules, steps) => {
      const world = new AgedWorld(rules, 0, PRICES);
      for (const one of steps) {
        const sent = world.orders.length;
        const working = Array.from({ length: SYMBOLS }, (_, at) => world.order(at));
        const room = Array.from({ length: SYMBOLS }, (_, at) => roomOf(world, at));
        take(world, one);
        for (const order of world.orders.slice(sent)) {
          const before = working[order.symbol];
          // A new one only after the one before has ended, within the same step at the earliest.
          expect(before === undefined || !before.isWorking).toBe(true);
          const most = one.do === "price" ? (room[order.symbol] ?? 0) : Number.POSITIVE_INFINITY;
          expect(order.lots).toBeLessThanOrEqual(most);
        }
        for (let at = 0; at < SYMBOLS; at++) {
          const record = world.aged.recordOf(at);
          expect(record?.attempts ?? 0).toBeLessThanOrEqual(rules.closeAttempts);
          expect(
            world.orders.filter((order) => order.symbol === at && order.isWorking).length,
          ).toBeLessThan(2);
        }
      }
    }),
    { numRuns: 300 },
  );
});

function roomOf(world: AgedWorld, at: number): number {
  const held = world.positions.get(at);
  return held === undefined ? 0 : Math.max(0, held.lots - held.othersExit);
}

test("what a fresh price does is what the rules say, read one by one", () => {
  fc.assert(
    fc.property(
      config.filter(({ mode }) => mode === "market"),
      plan,
      (rules, steps) => {
        const world = new AgedWorld(rules, 0, PRICES);
        for (const one of steps) {
          const expected = one.do === "price" ? expectedClose(world, one, rules) : undefined;
          const sent = world.orders.length;
          take(world, one);
          if (expected === undefined) continue;
          const asked = world.orders.slice(sent).map(({ close }) => close);
          expect(asked).toEqual(expected === null ? [] : [expected]);
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** The oracle: percentages and hours, straight from the wording; undefined where the step is no fresh price. */
function expectedClose(
  world: AgedWorld,
  { symbol: at, pct, age }: Extract<Step, { do: "price" }>,
  rules: AgedConfig,
): AgedClose | null | undefined {
  const held = world.positions.get(at);
  const record = world.aged.recordOf(at);
  if (held === undefined || record === null || record.status === "error") return undefined;
  if (age > PRICES.maxPriceAgeMs) return null;
  const known = world.aged.state().held.find((one) => one.symbol === at)?.price;
  if (known !== null && known !== undefined && world.now - age <= known.asOf) return null;
  if (held.isTrailing || world.order(at) !== undefined || roomOf(world, at) === 0) return null;
  if (world.now < record.notBefore) return null;
  const h = (world.now - held.openedAt) / HOUR_MS - rules.maxAgeHours;
  const g = h - rules.graceHours;
  const fee = 2 * rules.takerFeePct;
  // Too near to a level to be told by percentages.
  const near = (level: number): boolean => Math.abs(pct - level) < 1e-9;
  if (near(fee)) return undefined;
  if (pct > fee) return "profitable_close";
  if (h > rules.emergencyAfterHours) return "emergency";
  const step =
    rules.lossStepPctPerHour * (g > rules.accelerationAfterHours ? rules.accelerationFactor : 1);
  const tolerated = Math.min(rules.maxLossPct, g * step);
  const target = g > 0 ? 100 - held.side * tolerated : 100 + held.side * fee;
  const level = (target * (1 - (held.side * rules.priceBufferPct) / 100) - 100) * held.side;
  if (near(level)) return undefined;
  if (pct < level) return null;
  if (!(g > 0)) return "grace_target";
  return tolerated >= rules.maxLossPct ? "max_loss_reached" : "progressive_target";
}

test("a restart at any point changes nothing that anybody sees", () => {
  const moment = fc.tuple(step, fc.boolean());
  fc.assert(
    fc.property(config, fc.array(moment, { maxLength: 60, size: "max" }), (rules, moments) => {
      const whole = new AgedWorld(rules, 0, PRICES);
      const broken = new AgedWorld(rules, 0, PRICES);
      for (const [one, restarts] of moments) {
        take(whole, one);
        take(broken, one);
        if (restarts) broken.restart();
        expect(outsideOf(broken)).toEqual(outsideOf(whole));
      }
    }),
    { numRuns: 300 },
  );
});

test("a price or a timer in time brings every status to the stage of the clock", () => {
  const fitting: Readonly<Record<string, readonly string[]>> = {
    grace_active: ["grace"],
    progressive_active: ["progressive", "emergency"],
  };
  fc.assert(
    fc.property(config, plan, (rules, steps) => {
      const world = new AgedWorld(rules, 0, PRICES);
      for (const one of steps) {
        take(world, one);
        for (let at = 0; at < SYMBOLS; at++) {
          const record = world.aged.recordOf(at);
          if (record === null) continue;
          const stages = fitting[record.status] ?? ["grace", "progressive", "emergency"];
          expect(stages).toContain(stageAt(record, world.now));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("the worlds of these properties see every edge and every reason", () => {
  const edges = new Map<string, number>();
  const closes = new Map<string, number>();
  const runs = fc.sample(fc.tuple(config, plan), { numRuns: 1_000, seed: 1 });
  for (const [rules, steps] of runs) {
    const world = new AgedWorld(rules, 0, PRICES);
    for (const one of steps) take(world, one);
    for (const { from, to, reason } of world.history) {
      edges.set(`${from} ${to}`, (edges.get(`${from} ${to}`) ?? 0) + 1);
      closes.set(reason, (closes.get(reason) ?? 0) + 1);
    }
  }
  const reachable = Object.entries(NEXT_AGED).flatMap(([from, next]) =>
    next.map((to) => `${from} ${to}`),
  );
  // `detected` is left in the moment it is entered.
  const passing = new Set(["detected closed", "detected error"]);
  expect(reachable.filter((edge) => !edges.has(edge) && !passing.has(edge))).toEqual([]);
  expect([...edges.keys()].filter((edge) => !reachable.includes(edge))).toEqual(["null detected"]);
  expect(AGED_REASONS.filter((reason) => !closes.has(reason))).toEqual([]);
});
