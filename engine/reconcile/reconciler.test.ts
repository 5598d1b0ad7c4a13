import { expect, test } from "vitest";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { ADA, BTC, cut, hearAll, holding, rowOf, started } from "./testing/started-world.ts";

test("I14: a row follows the position that both sides have, enriched with where it comes from", () => {
  const world = started();
  world.enter(ADA, 4);
  hearAll(world);
  world.protect(ADA, 190);
  hearAll(world);
  expect(rowOf(world, ADA)).toBeUndefined();
  world.run(10_000);
  expect(rowOf(world, ADA)).toMatchObject({
    userId: "alice",
    exchange: "bybit",
    env: "paper",
    accountType: "demo",
    symbol: "ADAUSDT",
    slot: "net",
    side: "long",
    size: 2,
    lots: 4,
    entryPrice: 100.5,
    markPrice: 100,
    strategy: "strategy-0",
    source: "bot",
    openedBy: "alice",
    stopLoss: 95,
    takeProfit: null,
    isUntracked: false,
    isEstimated: false,
    openedAt: null,
  });
  expect(world.changes.every(({ actor }) => actor === "reconcile")).toBe(true);
  world.exit(ADA);
  hearAll(world);
  expect(rowOf(world, ADA)).toBeDefined();
  world.run(10_000);
  expect(rowOf(world, ADA)).toBeUndefined();
  expect(world.changes.at(-1)).toMatchObject({ reason: "closed", row: null, slot: "net" });
});

test("I17: a cut that failed, or is not whole, changes nothing but when the next one is made", () => {
  const world = holding(4);
  const before = JSON.stringify([world.mirror.state(), world.books.holdings]);
  const { reconciler } = world;
  const spoilt: readonly ((it: VenueSnapshot) => VenueSnapshot)[] = [
    (it) => ({ ...it, positions: [...it.positions, ...it.positions] }),
    (it) => ({ ...it, positions: it.positions.map((row) => ({ ...row, qtyLots: Number.NaN })) }),
    (it) => ({ ...it, positions: it.positions.map((row) => ({ ...row, qtyLots: 0 })) }),
    (it) => ({ ...it, positions: it.positions.map((row) => ({ ...row, index: 99 })) }),
    (it) => ({ ...it, asOf: Number.NaN }),
  ];
  for (let round = 0; round < 3; round++) {
    for (const spoil of spoilt) {
      world.now += 10_000;
      cut(world, spoil);
      expect(reconciler.nextCutAt).toBeGreaterThan(world.now);
    }
    reconciler.onCutFailed(world.now);
  }
  expect(JSON.stringify([world.mirror.state(), world.books.holdings])).toBe(before);
  expect(world.log).toEqual([]);
  expect(reconciler.openFindings).toEqual([]);
});

test("I17: cuts that fail are tried again ever later, up to the interval", () => {
  const world = started();
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
    world.reconciler.onCutFailed(world.now);
    return world.reconciler.nextCutAt - world.now;
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test("I18: nothing is done about what a single cut says", () => {
  const world = holding(4);
  world.now += 60_000;
  cut(world, (it) => ({ ...it, positions: [] }));
  world.now += 60_000;
  cut(world);
  world.now += 60_000;
  cut(world, (it) => ({ ...it, positions: [] }));
  expect(world.log).toEqual([]);
  expect(world.books.qtyLots(ADA)).toBe(4);
});

test("I18: two cuts must say the same of a key, not only that something is wrong", () => {
  const world = holding(4);
  for (const lots of [1, 2, 3]) {
    world.now += 60_000;
    cut(world, (it) => ({
      ...it,
      positions: it.positions.map((row) => ({ ...row, qtyLots: lots })),
    }));
  }
  expect(world.log).toEqual([]);
});

test("I18: a cut that began no later than a fill convicts nobody, however often it agrees", () => {
  const world = started();
  const before = world.beginCut();
  world.enter(ADA, 4);
  hearAll(world);
  for (let round = 0; round < 4; round++) {
    world.now += 60_000;
    world.endCut({ ...before, beganAt: before.beganAt - 4 + round });
  }
  expect(world.books.qtyLots(ADA)).toBe(4);
  expect(world.log).toEqual([]);
});

test("I18: a cut that is older than one that was read says nothing, and neither does the same again", () => {
  const world = holding(4);
  const old = world.beginCut();
  world.exit(ADA);
  hearAll(world);
  world.run(60_000);
  expect(rowOf(world, ADA)).toBeUndefined();
  world.log.length = 0;
  for (let round = 0; round < 3; round++) world.endCut(old);
  expect(rowOf(world, ADA)).toBeUndefined();
  expect(world.log).toEqual([]);
});

test("I18: the same cut read twice is one observation", () => {
  const world = holding(4);
  world.now += 60_000;
  const gone = { ...world.beginCut(), positions: [] };
  for (let round = 0; round < 4; round++) {
    world.now += 10_000;
    world.endCut(gone);
  }
  expect(world.log).toEqual([]);
});

test("I18: a cut from before the last activity is no observation either", () => {
  const world = holding(4);
  world.now += 60_000;
  const gone = { ...world.beginCut(), positions: [] };
  world.now += 10;
  world.books.activity[ADA] = world.now;
  world.endCut(gone);
  const saysGone = (it: VenueSnapshot): VenueSnapshot => ({ ...it, positions: [] });
  world.now += 10_000;
  cut(world, saysGone);
  expect(world.log).toEqual([]);
  world.now += 10_000;
  cut(world, saysGone);
  expect(world.log.length).toBeGreaterThan(0);
});

test("I18: nothing is done about a key that moved less than the grace time ago", () => {
  const world = holding(4);
  world.exchange.trade(ADA, -4, -1, "lost", world.now);
  world.exchange.executions = [];
  world.books.activity[ADA] = world.now;
  const movedAt = world.now;
  const done: number[] = [];
  for (let round = 0; round < 12; round++) {
    world.now += 700;
    const { length } = world.log;
    cut(world);
    if (world.log.slice(length).some((line) => line.startsWith("book"))) done.push(world.now - 50);
  }
  expect(done).toHaveLength(1);
  expect((done[0] ?? 0) - movedAt).toBeGreaterThanOrEqual(5_000);
});

function orphanNotes(world: ModelWorld): readonly (readonly [string, string])[] {
  return world.notes.flatMap(({ kind, class: found }) =>
    found === "orphanPosition" ? [[kind, found] as const] : [],
  );
}

test("I19: an orphan is raised once, shown as untracked, barred, and cleared once", () => {
  const world = started();
  world.manual(ADA, 4);
  world.news.length = 0;
  world.run(120_000);
  expect(orphanNotes(world)).toEqual([["raised", "orphanPosition"]]);
  expect(rowOf(world, ADA)).toMatchObject({ isUntracked: true, lots: 4, strategy: null });
  expect(world.books.qtyLots(ADA)).toBe(0);
  expect(world.reconciler.mayOpen(ADA)).toBe(false);
  expect(world.reconciler.mayOpen(BTC)).toBe(true);
  expect(world.reconciler.quarantinedBy(ADA)).toEqual(["position ADAUSDT net"]);
  world.manual(ADA, -4);
  world.run(120_000);
  expect(orphanNotes(world)).toEqual([
    ["raised", "orphanPosition"],
    ["cleared", "orphanPosition"],
  ]);
  expect(rowOf(world, ADA)).toBeUndefined();
  expect(world.reconciler.mayOpen(ADA)).toBe(true);
  expect(world.log.filter((line) => line.startsWith("book"))).toEqual([]);
});

test("I19: an order on its way explains what it may have done, until it is stuck", () => {
  const world = started();
  world.ways = ["answer lost"];
  world.enter(ADA, 4);
  world.exchange.executions = [];
  world.timeOut();
  world.run(20_000);
  expect(world.notes).toEqual([]);
  world.run(120_000);
  expect(world.notes.map(({ class: found, key }) => [found, key])).toEqual([
    ["stuckUnknown", "position ADAUSDT net"],
    ["stuckUnknown", "order 0"],
  ]);
  expect(world.reconciler.quarantinedBy(ADA)).toHaveLength(2);
  expect(world.log.filter((line) => line.startsWith("quarantine"))).toHaveLength(1);
});

test("I24: the gate opens with a cut that began after the connection was restored, not before", () => {
  const world = new ModelWorld();
  expect(world.reconciler.mayOpen(ADA)).toBe(false);
  cut(world);
  expect(world.reconciler.mayOpen(ADA)).toBe(true);
  world.reconciler.onConnectionLost();
  expect(world.reconciler.mayOpen(ADA)).toBe(false);
  world.now += 1_000;
  cut(world);
  expect(world.reconciler.isGateOpen).toBe(false);
  world.now += 1_000;
  const early = world.beginCut();
  world.now += 10;
  world.reconciler.onConnectionRestored(world.now);
  world.endCut(early);
  expect(world.reconciler.isGateOpen).toBe(false);
  expect(world.reconciler.nextCutAt).toBeLessThanOrEqual(world.now + 1);
  world.now += 1;
  world.reconciler.onCutFailed(world.now);
  expect(world.reconciler.isGateOpen).toBe(false);
  cut(world);
  expect(world.reconciler.isGateOpen).toBe(true);
  world.restart();
  expect(world.reconciler.isGateOpen).toBe(false);
});

test("cuts come at the interval, sooner while something is suspected or has moved", () => {
  const world = started();
  expect(world.reconciler.nextCutAt - world.now).toBeGreaterThan(29_000);
  world.enter(ADA, 4);
  hearAll(world);
  expect(world.reconciler.nextCutAt - world.now).toBe(5_000);
  world.run(6_000);
  expect(world.reconciler.nextCutAt - world.now).toBeGreaterThan(20_000);
  world.exchange.trade(ADA, -4, -1, "lost", world.now);
  world.exchange.executions = [];
  cut(world);
  expect(world.reconciler.nextCutAt - world.now).toBe(2_000);
});

test("a mark that moves is written again by half a percent, and not before", () => {
  const world = holding(4);
  const marked = (mark: number): void => {
    world.now += 30_000;
    cut(world, (it) => ({
      ...it,
      positions: it.positions.map((row) => ({ ...row, markPrice: mark })),
    }));
  };
  for (const mark of [100.2, 100.5, 99.6, Number.NaN]) marked(mark);
  expect(world.log).toEqual([]);
  marked(100.6);
  expect(world.log).toEqual(["row ADAUSDT net mark"]);
  expect(rowOf(world, ADA)?.markPrice).toBe(100.6);
});
