import { expect, test } from "vitest";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { checkPolicies } from "./policies.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";
import { FOREIGN } from "./testing/model-exchange.ts";
import { ACCOUNT, ModelWorld } from "./testing/model-world.ts";

const ADA = 0;
const BTC = 1;

/** A world whose first cut has been read. */
function started(policies: Readonly<Record<string, string>> = {}): ModelWorld {
  const world = new ModelWorld({ policies: checkPolicies(policies) });
  world.run(100);
  return world;
}

/** Holds a position that strategy, exchange and mirror know. */
function holding(lots: number, policies: Readonly<Record<string, string>> = {}): ModelWorld {
  const world = started(policies);
  world.enter(ADA, lots);
  hearAll(world);
  world.run(60_000);
  world.log.length = 0;
  world.notes.length = 0;
  world.changes.length = 0;
  return world;
}

function hearAll(world: ModelWorld): void {
  while (world.news.length > 0) world.deliver(0);
}

/** Cuts a second apart, without the grace of a real cadence. */
function cut(world: ModelWorld, change: (cut: VenueSnapshot) => VenueSnapshot = (it) => it): void {
  const taken = world.beginCut();
  world.now += 50;
  world.endCut(change(taken));
}

function rowOf(world: ModelWorld, index: number) {
  const { symbol } = world.books.instrument(index);
  return world.mirror.find(ACCOUNT, symbol, world.books.slot(index));
}

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

test("I20: a ghost is closed with the executions that made it", () => {
  const world = holding(4);
  world.manual(ADA, -4);
  world.news.length = 0;
  world.run(60_000);
  expect(world.log).toEqual(["bookExternalExecution 0 -4 #2", "row ADAUSDT net closed"]);
  expect(world.books.wallet).toBe(world.exchange.wallet);
});

test("I20: a ghost without executions is closed as estimated", () => {
  const world = holding(4);
  world.manual(ADA, -4);
  world.news.length = 0;
  world.exchange.executions = [];
  world.run(60_000);
  expect(world.log[0]).toBe("raised ghostPosition position ADAUSDT net");
  expect(world.log[1]).toContain("bookEstimatedClose 0 (ghostPosition: 4 of 100.5 here, 0 there)");
  expect(world.log).toContain("cleared ghostPosition position ADAUSDT net");
  expect(rowOf(world, ADA)).toBeUndefined();
  expect(world.log.some((line) => line.startsWith("bookExternalExecution"))).toBe(false);
});

test("I20: what was taken over without its executions is marked as estimated", () => {
  const world = holding(4);
  world.manual(ADA, 2);
  world.news.length = 0;
  world.exchange.executions = [];
  world.run(60_000);
  expect(rowOf(world, ADA)).toMatchObject({ lots: 6, isEstimated: true, isUntracked: false });
  expect(world.books.entryPrice(ADA)).toBe(world.exchange.holdings[ADA]?.entry);
});

test("I21: the same cut again, and the same account again, write nothing", () => {
  const world = holding(4);
  world.manual(ADA, -1);
  world.manual(BTC, 3);
  world.exchange.leverages[BTC] = 7;
  world.exchange.wallet += 50;
  world.news.length = 0;
  world.run(300_000);
  expect(world.log.length).toBeGreaterThan(4);
  world.log.length = 0;
  const state = JSON.stringify(world.reconciler.state().suspicions);
  const again = world.beginCut();
  world.endCut(again);
  world.endCut(again);
  world.now += 60_000;
  cut(world);
  expect(world.log).toEqual([]);
  const suspicions = JSON.stringify(world.reconciler.state().suspicions);
  expect(suspicions.replaceAll(/"count":\d+/g, "")).toBe(state.replaceAll(/"count":\d+/g, ""));
});

test("I22: what the desk sends is reduce-only, a cancel, or a setting", () => {
  // A new call does not compile until somebody has said what it does.
  const calls: Readonly<
    Record<keyof ReconcileDesk, "books" | "closes" | "cancels" | "sets" | "tells">
  > = {
    bookMissedFill: "books",
    bookExternalExecution: "books",
    bookEstimatedClose: "books",
    setPosition: "books",
    doubtOrder: "tells",
    endOrder: "books",
    adoptOrderTerms: "books",
    cancelOrder: "cancels",
    cancelVenueOrder: "cancels",
    closeReduceOnly: "closes",
    restoreProtection: "closes",
    applySettings: "sets",
    adoptBalance: "books",
    quarantine: "tells",
    release: "tells",
    halt: "tells",
    note: "tells",
    noteRow: "tells",
  };
  expect(Object.values(calls)).not.toContain("opens");
});

test.each([4, -4])("I22: an orphan of %i lots is closed against its side, once", (lots) => {
  const world = started({ orphanPosition: "close" });
  world.manual(ADA, lots);
  world.news.length = 0;
  world.run(5_000);
  expect(world.exchange.holdings[ADA]?.lots).toBe(lots);
  world.run(60_000);
  expect(world.log.filter((line) => line.startsWith("close"))).toEqual([
    `closeReduceOnly 0 ${lots}`,
  ]);
  expect(world.exchange.holdings[ADA]?.lots).toBe(0);
  expect(world.exchange.riskRefused).toBe(0);
  hearAll(world);
  world.run(60_000);
  expect(world.books.qtyLots(ADA)).toBe(0);
  expect(world.reconciler.mayOpen(ADA)).toBe(true);
});

test("I22: a close that does not help is asked for again ever later", () => {
  const world = started({ orphanPosition: "close" });
  world.exchange.foreignQty = 7;
  world.ways = Array.from({ length: 99 }, () => "request lost" as const);
  const at: number[] = [];
  for (let second = 0; second < 600; second++) {
    const { length } = world.log;
    world.run(1_000);
    if (world.log.slice(length).includes("closeReduceOnly -1 7")) at.push(second);
  }
  expect(at.length).toBeGreaterThan(3);
  const gaps = at.slice(1).map((second, i) => second - (at[i] ?? 0));
  expect(gaps.every((gap, i) => i === 0 || gap >= (gaps[i - 1] ?? 0) * 0.9)).toBe(true);
  expect(gaps[0]).toBeGreaterThanOrEqual(10);
});

test("I23: an execution that was missed is booked for its own order, also when that has ended", () => {
  const world = started();
  world.ways = ["answer lost", "answer lost"];
  world.enter(ADA, 4);
  world.enter(ADA, 2);
  const [first, second] = [world.books.find(0), world.books.find(1)];
  if (first !== undefined) first.status = STATUS.cancelled;
  world.run(60_000);
  expect(world.log).toContain("bookMissedFill 0 0 4");
  expect(world.log).toContain("bookMissedFill 0 1 2");
  expect([first?.filledLots, second?.filledLots]).toEqual([4, 2]);
  expect(first?.status).toBe(STATUS.cancelled);
});

test("I23: an execution of nobody is never given to an order of ours on the same symbol", () => {
  const world = holding(4);
  world.books.stops[ADA] = { ticks: 190, requestId: -1 };
  world.restoreProtection(ADA);
  hearAll(world);
  world.manual(ADA, -1);
  world.manual(ADA, 2);
  world.run(60_000);
  expect([...world.books.orders.values()].map(({ filledLots }) => filledLots)).toEqual([
    4,
    ...Array.from({ length: world.books.orders.size - 1 }, () => 0),
  ]);
  expect(world.log.filter((line) => line.startsWith("bookExternal"))).toHaveLength(2);
  expect(world.books.qtyLots(ADA)).toBe(5);
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

test("I32: a stop that somebody cancelled is placed again, and the finding is open until it rests", () => {
  const world = holding(4);
  world.protect(ADA, 190);
  hearAll(world);
  world.run(60_000);
  world.log.length = 0;
  const [stop] = [...world.exchange.orders.keys()];
  world.exchange.cancel(stop ?? "");
  world.run(60_000);
  hearAll(world);
  world.run(60_000);
  const steps = world.log.map((line) => line.split(" (")[0]);
  expect(steps.filter((line) => line?.startsWith("restoreProtection"))).toHaveLength(1);
  expect(steps.indexOf("endOrder 1")).toBeLessThan(steps.indexOf("restoreProtection 0"));
  expect([...world.exchange.orders.values()]).toMatchObject([
    { index: ADA, side: -1, qtyLots: 4, triggerTicks: 190, reduceOnly: true },
  ]);
  expect(world.reconciler.openFindings).toEqual([]);
  expect(world.notes.at(-1)).toMatchObject({ kind: "cleared", class: "missingProtection" });
});

test("I32: a stop that can not be placed stays an open finding", () => {
  const world = holding(4);
  world.ways = Array.from({ length: 99 }, () => "request lost" as const);
  world.protect(ADA, 190);
  world.timeOut();
  for (let round = 0; round < 10; round++) {
    world.run(30_000);
    world.timeOut();
    world.resolve();
  }
  expect(world.reconciler.openFindings.map(({ raised }) => raised)).toContain("missingProtection");
  const restored = world.log.filter((line) => line.startsWith("restoreProtection")).length;
  expect(restored).toBeGreaterThan(1);
  expect(restored).toBeLessThan(9);
});

test("I32: an order of ours that closes nothing any more is cancelled", () => {
  const world = started();
  const order = world.books.create(ADA, -1, ORDER_TYPE.stopMarket, 4, 190, true);
  const { requestId } = order;
  const terms = { requestId, index: ADA, side: -1, type: order.type, qtyLots: 4 } as const;
  world.exchange.place({ ...terms, triggerTicks: 190, reduceOnly: true }, world.now);
  order.status = STATUS.cancelled;
  world.run(60_000);
  expect(world.log).toContain("cancelVenueOrder 0 v1");
  expect(world.exchange.orders.size).toBe(0);
});

test("I62: a position that somebody turned around is adopted and its symbol halted, nothing is sent", () => {
  const world = holding(4);
  world.manual(ADA, -6);
  world.run(60_000);
  expect(world.log.map((line) => line.split(" (")[0])).toEqual([
    "raised sideFlip position ADAUSDT net",
    "halt 0",
    "bookExternalExecution 0 -6 #2",
    "cleared sideFlip position ADAUSDT net",
    "row ADAUSDT net turned",
  ]);
  expect(world.halted).toEqual(new Set([ADA]));
  expect(world.books.qtyLots(ADA)).toBe(-2);
  expect(world.books.wallet).toBe(world.exchange.wallet);
});

test("I62: leverage is set back, orders of others are left alone, a deposit is taken over", () => {
  const world = holding(4);
  world.exchange.leverages[BTC] = 20;
  world.exchange.wallet += 500;
  world.exchange.placeForeign(BTC, world.now);
  world.run(120_000);
  expect(world.exchange.leverages[BTC]).toBe(3);
  expect(world.books.wallet).toBe(world.exchange.wallet);
  expect(world.exchange.orders.size).toBe(1);
  expect(world.log).toEqual([
    "raised settingsDrift settings BTCUSDT net",
    "applySettings 1",
    "raised balanceDrift wallet",
    `adoptBalance ${world.exchange.wallet}`,
    "cleared balanceDrift wallet",
    "cleared settingsDrift settings BTCUSDT net",
  ]);
});

test("I62: terms that somebody changed are known here afterwards", () => {
  const world = started();
  world.books.orders.clear();
  const order = world.books.create(ADA, 1, ORDER_TYPE.stopMarket, 4, 210, false);
  world.exchange.place({ ...order, index: ADA, triggerTicks: 210 }, world.now);
  world.run(60_000);
  expect(order.status).toBe(STATUS.accepted);
  const [[id, there] = ["", undefined]] = [...world.exchange.orders];
  if (there !== undefined)
    world.exchange.orders.set(id, { ...there, triggerTicks: 215, qtyLots: 2 });
  world.run(60_000);
  expect(order).toMatchObject({ triggerTicks: 215, qtyLots: 2, status: STATUS.accepted });
  expect(world.notes).toEqual([]);
});

test("orphans are adopted only when that is configured, with the executions that made them", () => {
  const world = started({ orphanPosition: "adopt" });
  world.manual(ADA, 3);
  world.manual(ADA, 1);
  world.run(60_000);
  expect(world.log.map((line) => line.split(" (")[0])).toEqual([
    "raised orphanPosition position ADAUSDT net",
    "bookExternalExecution 0 3 #1",
    "bookExternalExecution 0 1 #2",
    "cleared orphanPosition position ADAUSDT net",
    "row ADAUSDT net opened",
  ]);
  expect(rowOf(world, ADA)).toMatchObject({ isUntracked: false, isEstimated: false, lots: 4 });
});

test("a symbol that the engine does not trade is shown, and dust is told apart from an orphan", () => {
  const world = started();
  world.exchange.foreignQty = -7;
  world.run(60_000);
  expect(world.mirror.find(ACCOUNT, FOREIGN, "net")).toMatchObject({
    side: "short",
    size: 7,
    lots: null,
    isUntracked: true,
  });
  expect(world.notes).toMatchObject([{ class: "orphanPosition", index: -1 }]);
  world.exchange.foreignQty = 0.25;
  world.run(60_000);
  expect(world.mirror.find(ACCOUNT, FOREIGN, "net")?.size).toBe(0.25);
  expect(world.notes.at(-1)).toMatchObject({ kind: "cleared", class: "orphanPosition" });
  world.exchange.foreignQty = 0;
  world.now += 30_000;
  cut(world);
  expect(world.mirror.find(ACCOUNT, FOREIGN, "net")).toBeDefined();
  world.run(60_000);
  expect(world.mirror.find(ACCOUNT, FOREIGN, "net")).toBeUndefined();
});

test("an order that should rest is looked for at the first cut without it, and ended at the second", () => {
  const world = started();
  const order = world.books.create(ADA, 1, ORDER_TYPE.stopMarket, 4, 210, false);
  order.status = STATUS.accepted;
  world.run(1_000);
  world.run(60_000);
  expect(world.log.map((line) => line.split(" (")[0])).toEqual([
    "doubtOrder 0",
    "raised missingOrder order 0",
    "endOrder 0",
    "cleared missingOrder order 0",
  ]);
});

test("halt is told once, and what can be adopted is adopted all the same", () => {
  const world = holding(4, { sizeDrift: "halt", balanceDrift: "halt" });
  world.manual(ADA, 2);
  world.run(60_000);
  expect(world.log.map((line) => line.split(" (")[0])).toEqual([
    "raised sizeDrift position ADAUSDT net",
    "halt 0",
    "bookExternalExecution 0 2 #2",
    "cleared sizeDrift position ADAUSDT net",
    "row ADAUSDT net resized",
  ]);
  world.exchange.wallet += 5;
  world.run(120_000);
  expect(world.log.filter((line) => line.startsWith("halt -1"))).toHaveLength(1);
  expect(world.books.wallet).toBe(world.exchange.wallet);
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
