import { expect, test } from "vitest";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { FOREIGN } from "./testing/model-exchange.ts";
import { ACCOUNT, type ModelWorld } from "./testing/model-world.ts";
import { ADA, BTC, cut, hearAll, holding, rowOf, started } from "./testing/started-world.ts";

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

test("a position that closes take together, sent and not there yet, misses no stop until they end", () => {
  const world = holding(4);
  world.protect(ADA, 190);
  hearAll(world);
  world.run(60_000);
  world.log.length = 0;
  const closes = [1, 3].map((lots) => {
    const close = world.books.create(ADA, -1, ORDER_TYPE.market, lots, Number.NaN, true);
    close.status = STATUS.sent;
    return close;
  });
  world.exchange.cancel([...world.exchange.orders.keys()][0] ?? "");
  const restored = (): number =>
    world.log.filter((line) => line.startsWith("restoreProtection")).length;
  world.run(120_000);
  expect(restored()).toBe(0);
  for (const close of closes) close.status = STATUS.rejected;
  world.run(120_000);
  expect(restored()).toBeGreaterThan(0);
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

test("an order that a look-up finds after a cut without it is ended by two cuts more, not by one", () => {
  const world = started();
  const order = world.books.create(ADA, 1, ORDER_TYPE.stopMarket, 4, 210, false);
  order.status = STATUS.accepted;
  const ended = (): boolean => world.log.some((line) => line.startsWith("endOrder 0"));
  const cutLater = (): void => {
    world.now += 30_000;
    cut(world);
  };
  cutLater();
  expect(world.log.map((line) => line.split(" (")[0])).toEqual(["doubtOrder 0"]);
  world.reconciler.onOrderFound(order.requestId);
  cutLater();
  expect(ended()).toBe(false);
  cutLater();
  expect(ended()).toBe(true);
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

/** Makes a class hold at the exchange or in the books. */
const MAKES = {
  stuckUnknown: (world: ModelWorld) => {
    world.ways = ["request lost"];
    world.enter(BTC, 4);
    world.timeOut();
  },
  dust: (world: ModelWorld) => void world.exchange.trade(BTC, 1, -1, "lost", world.now),
  ghostPosition: (world: ModelWorld) => void world.exchange.trade(ADA, -4, -1, "lost", world.now),
  sideFlip: (world: ModelWorld) => void world.exchange.trade(ADA, -6, -1, "lost", world.now),
  missingProtection: (world: ModelWorld) => {
    world.ways = ["request lost"];
    world.protect(ADA, 190);
    for (const order of world.books.orders.values()) order.status = STATUS.cancelled;
  },
  orphanOrder: (world: ModelWorld) => {
    world.protect(ADA, 190);
    world.books.stops[ADA] = { ticks: Number.NaN, requestId: -1 };
    for (const order of world.books.orders.values()) order.status = STATUS.cancelled;
    world.news.length = 0;
  },
  foreignOrder: (world: ModelWorld) => world.exchange.placeForeign(BTC, world.now),
  balanceDrift: (world: ModelWorld) => {
    world.exchange.wallet += 9;
  },
  settingsDrift: (world: ModelWorld) => {
    world.exchange.leverages[BTC] = 9;
  },
} as const;

test.each<[keyof typeof MAKES, string, string]>([
  ["stuckUnknown", "close", "cancelOrder 1"],
  ["stuckUnknown", "halt", "halt 1"],
  ["dust", "adopt", "bookExternalExecution 1 1"],
  ["dust", "quarantine", "quarantine 1"],
  ["ghostPosition", "quarantine", "quarantine 0"],
  ["ghostPosition", "halt", "halt 0"],
  ["sideFlip", "quarantine", "quarantine 0"],
  ["missingProtection", "close", "closeReduceOnly 0 4"],
  ["missingProtection", "quarantine", "quarantine 0"],
  ["orphanOrder", "quarantine", "quarantine 0"],
  ["orphanOrder", "ignore", ""],
  ["foreignOrder", "close", "cancelVenueOrder -1"],
  ["foreignOrder", "ignore", ""],
  ["balanceDrift", "halt", "halt -1"],
  ["balanceDrift", "ignore", ""],
  ["settingsDrift", "quarantine", "quarantine 1"],
  ["settingsDrift", "ignore", ""],
])("%s under the policy %s: %s", (name, policy, deed) => {
  const world = holding(4, { [name]: policy });
  MAKES[name](world);
  world.log.length = 0;
  world.run(180_000);
  const deeds = world.log.filter((line) => !line.startsWith("row") && !line.startsWith("doubt"));
  expect(deeds.some((line) => line.startsWith(`raised ${name} `))).toBe(deed !== "");
  // Without a deed there is nothing at all.
  expect(deeds.some((line) => line.startsWith(deed))).toBe(deed !== "");
});
