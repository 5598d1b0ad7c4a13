import { expect, test } from "vitest";
import { STATUS } from "#engine/orders/order-status.ts";
import { checkPolicies } from "./policies.ts";
import type { ReconcileDesk } from "./reconcile-desk.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { ADA, hearAll, holding, rowOf, started } from "./testing/started-world.ts";

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

test("I22: a close that does not help is asked for again ever later, up to 5 minutes", () => {
  const policies = checkPolicies({ orphanPosition: "close" });
  const world = new ModelWorld({ policies, intervalMs: 2_000 });
  world.exchange.foreignQty = 7;
  world.ways = Array.from({ length: 99 }, () => "request lost" as const);
  const at: number[] = [];
  for (let second = 0; second < 1_800; second++) {
    const { length } = world.log;
    world.run(1_000);
    if (world.log.slice(length).includes("closeReduceOnly -1 7")) at.push(world.now / 1_000);
  }
  const gaps = at.slice(1, 9).map((seconds, i) => seconds - (at[i] ?? 0));
  expect(gaps.map((gap) => Math.floor(gap / 10) * 10)).toEqual([
    10, 20, 40, 80, 160, 300, 300, 300,
  ]);
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

test("I7: what others traded is judged by what was held then, not by what has been heard first", () => {
  const world = started();
  world.enter(ADA, -2);
  world.now += 10;
  world.manual(ADA, -3);
  world.now += 10;
  world.enter(ADA, 2);
  const [others] = world.news.splice(2, 1);
  hearAll(world);
  expect(world.books.qtyLots(ADA)).toBe(0);
  if (others !== undefined) world.hear(others);
  expect(world.books.qtyLots(ADA)).toBe(-3);
  world.run(60_000);
  // Booked in another order, the same fills realise another part of the profit.
  expect(new Set(world.notes.map(({ class: found }) => found))).toEqual(new Set(["balanceDrift"]));
  expect(rowOf(world, ADA)).toMatchObject({ lots: -3, isUntracked: false });
});
