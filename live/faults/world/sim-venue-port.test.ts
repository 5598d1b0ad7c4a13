import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { ORDER_TYPE, REJECT, SELL } from "#engine/model/order-terms.ts";
import { EXECUTION_CAUSES } from "#engine/model/venue-snapshot.ts";
import { Crash } from "./crash-points.ts";
import { benchPort, TARGET } from "./testing/bench-port.ts";
import { cancelAsk, lookupAsk, MINUTE, pageAsk, placeAsk, START } from "./testing/bench-world.ts";

const market = (clientId: string, changes = {}) => placeAsk(clientId, { qtyLots: 100, ...changes });

test("An order's way: acknowledged, filled on the streams, found by look-ups and in the lists", () => {
  const bench = benchPort();
  bench.go(1_000);
  const { answer, count } = bench.ask(market("a"));
  expect(count()).toBe(0);
  bench.go(1_100);
  expect(answer()).toEqual({ kind: "accepted", venueOrderId: "v100001" });
  bench.go(MINUTE + 100);
  expect(bench.news().toSorted()).toEqual([
    "balanceChanged",
    "orderAccepted",
    "orderFilled",
    "positionChanged",
    "restored",
  ]);
  const fill = bench.heard.find(({ what }) => what === "orderFilled")?.event;
  expect(fill).toMatchObject({ requestId: 1, executionId: 1, qtyLots: 100, side: 1, symbol: 0 });
  expect(fill?.asOf).toBe(START + MINUTE);
  expect(bench.wait(lookupAsk("a", "open"))).toEqual({ kind: "notFound" });
  expect(bench.wait(lookupAsk("a", "closed"))).toMatchObject({
    kind: "foundOrder",
    order: { status: "filled", filledLots: 100, requestId: 1, clientId: "a", index: 0 },
  });
  expect(bench.wait(lookupAsk("a", "executions"))).toMatchObject({
    kind: "foundExecutions",
    executions: [{ executionId: 1, requestId: 1, qtyLots: 100, cause: "trade" }],
  });
  expect(bench.wait(pageAsk("positions"))).toMatchObject({
    kind: "page",
    next: "",
    page: { of: "positions", rows: [{ index: 0, qtyLots: 100, qty: 0.01, slot: "net" }] },
  });
  expect(bench.wait(pageAsk("orders"))).toMatchObject({ page: { rows: [] } });
  expect(bench.wait(pageAsk("wallet"))).toMatchObject({
    page: { of: "wallet", wallet: bench.world.truth("bybit:paper").wallet },
  });
  expect(bench.wait(pageAsk("settings"))).toMatchObject({
    page: { rows: [{ index: 0, leverage: 5, marginMode: "isolated", positionMode: "oneWay" }] },
  });
  expect(bench.wait({ kind: "price", symbol: "BTCUSDT" })).toMatchObject({
    kind: "price",
    asOf: START + MINUTE,
  });
  expect(bench.wait({ kind: "time" })).toMatchObject({ kind: "time" });
});

test("A refusal names its reason; a duplicate id and a fence that has passed prove nothing", () => {
  const bench = benchPort();
  expect(bench.wait(cancelAsk("none"))).toMatchObject({
    kind: "rejected",
    code: REJECT.unknownOrder,
  });
  bench.wait(market("a"));
  expect(bench.wait(market("a"))).toMatchObject({ kind: "unknown" });
  expect(bench.wait(market("b", { fenceAt: START }))).toMatchObject({ kind: "unknown" });
});

test("What others do on the account is told: executions as the venue's own, orders of others not at all", () => {
  const bench = benchPort();
  bench.go(1_000);
  const { server } = bench.target;
  const slot = server.slotOf("BTCUSDT", "net");
  if (slot === null) throw new Error("The slot is there");
  server.placeByHand(slot, -70, { origin: "operator", cause: "trade", closes: false });
  bench.go(MINUTE + 100);
  expect(bench.news()).toHaveLength(4);
  const event = bench.heard.find(({ what }) => what === "externalFill")?.event;
  expect(event).toMatchObject({ requestId: -1, side: SELL, qtyLots: 70, executionId: 1 });
  expect(EXECUTION_CAUSES[event?.reason ?? -1]).toBe("trade");
  server.placeByHand(slot, 70, { origin: "venue", cause: "autoDeleverage", closes: true });
  bench.go(2 * MINUTE + 100);
  const last = bench.heard.findLast(({ what }) => what === "externalFill")?.event;
  expect(EXECUTION_CAUSES[last?.reason ?? -1]).toBe("autoDeleverage");
});

test("An order of another client can be cancelled by the venue's id", () => {
  const bench = benchPort();
  const reply = bench.target.server.handle({
    asks: [placeAsk("other", { type: ORDER_TYPE.limit, priceTicks: 30_000, qtyLots: 10 })],
    key: "the account's key",
  });
  const venueOrderId = String(reply[0]?.rows[0]?.["orderId"]);
  bench.go(MINUTE);
  expect(bench.wait(pageAsk("orders"))).toMatchObject({
    page: { rows: [{ clientId: "other", requestId: -1, venueOrderId }] },
  });
  expect(bench.wait(cancelAsk("", { venueOrderId }))).toMatchObject({ kind: "accepted" });
  bench.go(2 * MINUTE);
  expect(bench.world.truth("bybit:paper").orders[0]?.status).toBe("cancelled");
});

test("What the engine does not trade is listed without lots and makes no events", () => {
  const bench = benchPort({ targets: [{ ...TARGET, foreignSymbol: "XRPUSDT" }] });
  bench.go(1_000);
  const slot = bench.target.server.slotOf("XRPUSDT", "net");
  if (slot === null) throw new Error("The slot is there");
  bench.target.server.placeByHand(slot, 50, { origin: "operator", cause: "trade", closes: false });
  bench.go(2 * MINUTE);
  expect(bench.news()).toEqual(["restored", "balanceChanged"]);
  expect(bench.wait(pageAsk("positions"))).toMatchObject({
    page: { rows: [{ index: -1, symbol: "XRPUSDT", qtyLots: Number.NaN }] },
  });
});

test("Prices of both sides come in hedge mode, each to its place", () => {
  const bench = benchPort({ targets: [{ ...TARGET, positionMode: "hedge" }] });
  bench.go(3 * MINUTE);
  const places = new Set(
    bench.heard.flatMap(({ event }) => (event?.kind === EVENT.lastPrice ? [event.symbol] : [])),
  );
  expect(places).toEqual(new Set([0, 1]));
});

test("A late acknowledgement is told as news after the time-out was answered", () => {
  const bench = benchPort({ timeoutMs: 15 });
  bench.go(1_000);
  const { answer, count } = bench.ask(market("a"));
  bench.go(1_015);
  expect(answer()).toEqual({ kind: "unknown", why: "timed out" });
  bench.go(1_100);
  expect(bench.news()).toEqual(["restored", "orderAccepted"]);
  expect(count()).toBe(1);
});

test("A process that dies hears nothing more; what it had sent arrives all the same", () => {
  const bench = benchPort();
  bench.go(1_000);
  bench.world.points.plan = (_, call) => (call === "venue.place" ? "after" : null);
  expect(() => bench.ask(market("a"))).toThrow(Crash);
  const before = bench.heard.length;
  bench.world.startProcess();
  bench.go(2 * MINUTE);
  expect(bench.heard).toHaveLength(before);
  expect(bench.world.truth("bybit:paper").orders).toMatchObject([
    { clientId: "a", status: "filled" },
  ]);
});

test("A process that dies before it sends has sent nothing", () => {
  for (const moment of ["before", "during"] as const) {
    const bench = benchPort();
    bench.world.points.plan = () => moment;
    expect(() => bench.ask(market("a"))).toThrow(Crash);
    bench.go(2 * MINUTE);
    expect(bench.world.truth("bybit:paper").orders).toEqual([]);
  }
});

test("A closed port hears nothing more, and what was asked is still answered", () => {
  const bench = benchPort();
  bench.go(1_000);
  const { count } = bench.ask(market("a"));
  bench.port.close();
  bench.go(2 * MINUTE);
  expect(bench.news()).toEqual(["restored"]);
  expect(count()).toBe(1);
});

test("Orders of one moment leave in one request where the venue takes batches", () => {
  const bench = benchPort({ targets: [{ ...TARGET, hasBatches: true }] });
  const sizes: number[] = [];
  const { server } = bench.target;
  const handle = server.handle.bind(server);
  server.handle = (request) => {
    sizes.push(request.asks.length);
    return handle(request);
  };
  const asks = ["a", "b", "c"].map((id) => bench.ask(market(id)));
  bench.go(1_000);
  expect(sizes).toEqual([3]);
  expect(asks.map(({ answer }) => answer()?.kind)).toEqual(["accepted", "accepted", "accepted"]);
});
