import { expect, test } from "vitest";
import { ORDER_TYPE, REJECT, SELL } from "#engine/model/order-terms.ts";
import type { FaultRates } from "./fault-codes.ts";
import { benchPort, type PortBench, TARGET } from "./testing/bench-port.ts";
import {
  type Bench,
  benchOf,
  cancelAsk,
  lookupAsk,
  MINUTE,
  marketOf,
  pageAsk,
  placeAsk,
  quiet,
  type Row,
  START,
} from "./testing/bench-world.ts";
import { truthOf } from "./venue-truth.ts";

const SECOND = 1_000;
const market = (clientId: string, changes = {}) => placeAsk(clientId, { qtyLots: 100, ...changes });
const news = (bench: Bench): string[] =>
  bench.messages.flatMap(({ topic, row }) => (topic === "order" ? [String(row["news"])] : []));

test("X3: too many visits are refused until a reset, high load says nothing", () => {
  const kinds = new Set<string>();
  for (const seed of ["1", "2", "3", "4", "5", "6"]) {
    const bench = benchPort({ seed, rates: { X3: 1 } });
    const answer = bench.wait(market("a"));
    kinds.add(answer.kind === "refusedForNow" ? answer.cause : answer.kind);
    expect(bench.world.truth("bybit:paper").orders).toEqual([]);
    expect(bench.world.faults.fired.X3).toBe(1);
  }
  expect(kinds).toEqual(new Set(["rateLimit", "unknown"]));
});

test("X4: a ban refuses everything for ten minutes, whatever the clock of the client shows", () => {
  const bench = benchPort({ clockSkewMs: 0 });
  bench.world.wall.jump(5_000);
  bench.world.chaos.strike("X4");
  const answer = bench.wait({ kind: "time" });
  expect(answer).toMatchObject({ kind: "refusedForNow", cause: "ban" });
  const waitMs = answer.kind === "refusedForNow" ? answer.waitMs : 0;
  expect(Math.abs(waitMs - 10 * MINUTE)).toBeLessThan(100);
  bench.go(10 * MINUTE + SECOND);
  expect(bench.wait({ kind: "time" }).kind).toBe("time");
  expect(bench.world.truth("bybit:paper").duringBan).toBe(1);
});

test("Beyond the limits requests are refused, and an address that goes on is banned", () => {
  const bench = benchOf();
  const codes = Array.from({ length: 11 }, (_, at) => bench.send(market(`o${at}`)).code);
  expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "ok"));
  expect(codes[10]).toBe("tooManyVisits");
  for (let count = 0; count < 600; count++) bench.send({ kind: "time" });
  expect(bench.send({ kind: "time" }).code).toBe("ipBanned");
  expect(truthOf(bench.server).overLimit).toBeGreaterThan(0);
});

test("X5: acknowledged, then rejected on the stream", () => {
  const bench = benchPort({ rates: { X5: 1 } });
  expect(bench.wait(market("a")).kind).toBe("accepted");
  bench.go(2 * MINUTE);
  expect(bench.news()).toEqual(["restored", "orderRejected"]);
  expect(bench.world.truth("bybit:paper").orders).toMatchObject([
    { status: "rejected", isTaken: false },
  ]);
});

test("X6: little volume fills orders in parts", () => {
  const bench = benchPort({ rates: { X6: 1 }, participationPct: 0.5 });
  bench.wait(market("a", { qtyLots: 400 }));
  bench.go(30 * MINUTE);
  expect(bench.news().filter((what) => what === "orderPartiallyFilled").length).toBeGreaterThan(1);
  expect(bench.world.faults.fired.X6).toBeGreaterThan(1);
});

/** A limit order at 90 and its cancel, in the minute before the price falls there. */
function lateCancel(rates: FaultRates): Bench {
  const rows: Row[] = [...quiet(2), [100, 100.1, 89, 95, 1_000], ...quiet(5, 95)];
  const bench = benchOf({ markets: [marketOf(rows)], rates });
  bench.send(placeAsk("a", { type: ORDER_TYPE.limit, priceTicks: 900 }));
  bench.go(2 * MINUTE - 10);
  expect(bench.send(cancelAsk("a")).code).toBe("ok");
  bench.go(6 * MINUTE);
  return bench;
}

test("X7: an order fills although its cancel was accepted", () => {
  expect(news(lateCancel({}))).toEqual(["open", "cancelled"]);
  const bench = lateCancel({ X7: 1 });
  expect(news(bench)).toEqual(["open", "filled", "commandRejected"]);
  expect(bench.faults.fired.X7).toBe(1);
});

test("X8: a cancel that comes too late brings a second Filled with the same execution", () => {
  const bench = lateCancel({ X7: 1, X8: 1 });
  expect(news(bench)).toEqual(["open", "filled", "commandRejected", "filled"]);
  const fills = bench.messages.filter(({ topic }) => topic === "execution");
  expect(fills.map(({ row }) => row["execId"])).toEqual([1, 1]);
  expect(truthOf(bench.server).executions).toHaveLength(1);
  expect(bench.faults.fired.X8).toBe(1);
});

test("X10: look-ups and lists miss a new order for a while, look-ups twice at most", () => {
  const bench = benchOf({ rates: { X10: 1 }, terms: { lagMsMax: 4_000 } });
  bench.send(placeAsk("a", { type: ORDER_TYPE.limit, priceTicks: 900 }));
  expect(bench.send(pageAsk("orders")).rows).toEqual([]);
  const codes = [1, 2, 3].map(() => bench.send(lookupAsk("a", "open")).code);
  expect(codes).toEqual(["notFound", "notFound", "ok"]);
  bench.go(4 * SECOND);
  expect(bench.send(pageAsk("orders")).rows).toHaveLength(1);
  expect(bench.faults.fired.X10).toBe(1);
});

test("X11: after a restart of the venue closed orders are found again only later", () => {
  const bench = benchPort({ lagMsMax: 4_000 });
  bench.wait(market("a"));
  bench.go(2 * MINUTE);
  expect(bench.wait(lookupAsk("a", "closed")).kind).toBe("foundOrder");
  bench.world.chaos.strike("X11");
  expect(bench.wait(lookupAsk("a", "closed")).kind).toBe("notFound");
  bench.go(2 * MINUTE + 5 * SECOND);
  expect(bench.wait(lookupAsk("a", "closed")).kind).toBe("foundOrder");
  expect(bench.news()).toContain("lost: the venue restarts");
});

test("X12: an order that ended unfilled is forgotten in time; one that filled is not", () => {
  const bench = benchOf({ rates: { X12: 1 }, terms: { cancelledHistoryMs: 10 * MINUTE } });
  bench.send(placeAsk("a", { type: ORDER_TYPE.limit, priceTicks: 900 }));
  bench.send(cancelAsk("a"));
  bench.send(market("b"));
  bench.go(5 * MINUTE);
  expect(bench.send(lookupAsk("a", "closed")).code).toBe("ok");
  bench.go(12 * MINUTE);
  expect(bench.send(lookupAsk("a", "closed")).code).toBe("notFound");
  expect(bench.send(lookupAsk("b", "closed")).code).toBe("ok");
  expect(bench.faults.fired.X12).toBe(1);
});

test("X14: a cursor comes back, or a page is left out, that seldom", () => {
  const bench = benchOf({ rates: { X14: 1 }, terms: { pageSize: 2 } });
  for (let at = 0; at < 6; at++) {
    bench.send(placeAsk(`o${at}`, { type: ORDER_TYPE.limit, priceTicks: 900, qtyLots: 10 }));
  }
  const first = bench.send(pageAsk("orders"));
  expect(first.rows.map((row) => row["clientId"])).toEqual(["o3", "o2"]);
  const again = Array.from({ length: 8 }, () => bench.send(pageAsk("orders", first.next)).next);
  expect(again).toContain(first.next);
  // Nothing is left out twice within ten minutes.
  const second = bench.send(pageAsk("orders"));
  expect(second.rows.map((row) => row["clientId"])).toEqual(["o5", "o4"]);
});

test("X15: a page may hold nothing but an empty side and go on all the same", () => {
  const target = { ...TARGET, positionMode: "hedge", pageSize: 1 } as const;
  const bench = benchPort({ rates: { X15: 1 }, targets: [target] });
  bench.wait(market("a", { slot: "long" }));
  bench.go(2 * MINUTE);
  const first = bench.wait(pageAsk("positions"));
  expect(first).toMatchObject({ kind: "page", page: { rows: [] }, next: "1" });
  expect(bench.wait(pageAsk("positions", "1"))).toMatchObject({
    page: { rows: [{ qtyLots: 100 }] },
    next: "",
  });
});

test("X16: the list of positions lags behind the fill that is told already", () => {
  const bench = benchOf({ rates: { X16: 1 }, terms: { lagMsMax: 4_000 } });
  bench.go(SECOND);
  bench.send(market("a"));
  bench.go(MINUTE);
  expect(bench.send(pageAsk("executions")).rows).toHaveLength(1);
  expect(bench.send(pageAsk("positions")).rows).toEqual([]);
  bench.go(MINUTE + 4 * SECOND);
  expect(bench.send(pageAsk("positions")).rows).toMatchObject([{ qty: 100 }]);
});

test("X17: funding is told as funding, and never stands among the executions of a page", () => {
  const hours = { durationMs: 600 * MINUTE, rates: { X17: 1 } };
  const bench = benchPort(hours);
  bench.wait(market("a"));
  bench.go(490 * MINUTE);
  const funding = bench.heard.find(({ what }) => what === "fundingPaid")?.event;
  const [, truth] = bench.world.truth("bybit:paper").executions;
  expect(funding).toMatchObject({ amount: truth?.funding, executionId: 500_000_001 });
  expect(bench.wait(pageAsk("executions"))).toMatchObject({ page: { rows: [{ executionId: 1 }] } });
  expect(bench.world.faults.fired.X17).toBe(1);
});

test("X18, D7: the venue takes a position off or ends a contract", () => {
  const causes = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    const targets = [{ ...TARGET, symbols: ["BTCUSDT", "ETHUSDT"] }];
    const bench = benchPort({ seed: String(seed), targets });
    bench.wait(market("a"));
    bench.go(2 * MINUTE);
    expect(bench.world.chaos.strike(seed === 1 ? "D7" : "X18")).toBe(true);
    bench.go(4 * MINUTE);
    const last = bench.world.truth("bybit:paper").executions.at(-1);
    if (last !== undefined) causes.add(last.cause);
    for (const symbol of ["BTCUSDT", "ETHUSDT"]) {
      const answer = bench.wait(market(`new ${symbol}`, { symbol }));
      causes.add(answer.kind === "rejected" ? `${answer.code}` : answer.kind);
    }
  }
  expect(causes).toEqual(
    new Set(["trade", "autoDeleverage", "settlement", "accepted", String(REJECT.marketClosed)]),
  );
});

test("X18 finds nothing to do where nothing is held, and does not count", () => {
  const bench = benchPort();
  expect(bench.world.chaos.strike("X18")).toBe(false);
  expect(bench.world.faults.fired.X18).toBe(0);
});

test("X19: for a while only closes, only post-only orders or nothing is taken", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const bench = benchPort({ seed: String(seed) });
    bench.world.chaos.strike("X19");
    const limit = { type: ORDER_TYPE.limit, priceTicks: 30_000, isPostOnly: true };
    const kinds = [market("a"), market("b", { reduceOnly: true }), market("c", limit)].map(
      (ask) => bench.wait(ask).kind,
    );
    seen.add(kinds.map((kind) => (kind === "refusedForNow" ? "-" : "+")).join(""));
    bench.go(20 * MINUTE);
    expect(bench.wait(market("d")).kind).toBe("accepted");
  }
  expect(seen).toEqual(new Set(["---", "-+-", "--+"]));
});

test("X22: other sizes are taken, closes of any size", () => {
  const bench = benchPort({ seed: "3" });
  bench.world.chaos.strike("X22");
  bench.target.server.setFilter("BTCUSDT", { minLots: 20, stepLots: 5 });
  const small = { kind: "rejected", code: REJECT.belowMinQty };
  expect(bench.wait(market("a", { qtyLots: 15 }))).toMatchObject(small);
  expect(bench.wait(market("b", { qtyLots: 21 }))).toMatchObject(small);
  expect(bench.wait(market("c", { qtyLots: 25 })).kind).toBe("accepted");
  expect(bench.wait(market("d", { qtyLots: 3, reduceOnly: true })).kind).toBe("accepted");
  expect(bench.world.faults.fired.X22).toBe(1);
});

test("X23: the venue's clock is off and drifts, until it is healed", () => {
  const bench = benchPort({ rates: { X23: 1 }, clockSkewMs: 2_000, clockDriftMsPerDay: 500_000 });
  const offNow = (): number => bench.target.clock.now() - bench.world.time.now;
  const first = offNow();
  expect(first).not.toBe(0);
  bench.go(100 * MINUTE);
  expect(Math.abs(offNow() - first)).toBeGreaterThan(100);
  bench.world.heal();
  bench.go(110 * MINUTE);
  expect(offNow()).toBe(0);
  expect(bench.world.faults.fired.X23).toBe(1);
});

test("X24: a close is refused for lack of balance", () => {
  const bench = benchPort({ rates: { X24: 1 } });
  bench.wait(market("a"));
  bench.go(2 * MINUTE);
  const close = market("b", { side: SELL, reduceOnly: true });
  expect(bench.wait(close)).toMatchObject({ kind: "rejected", code: REJECT.insufficientMargin });
});

test("D8: a price by request may be old, and says so", () => {
  const bench = benchPort({ rates: { D8: 1 } });
  bench.go(60 * MINUTE);
  const answer = bench.wait({ kind: "price", symbol: "BTCUSDT" });
  expect(answer.kind === "price" ? answer.asOf : 0).toBeLessThan(START + 60 * MINUTE);
});

function operated(code: "O1" | "O2" | "O3" | "O4" | "O5" | "O6", seed = 1): PortBench {
  const bench = benchPort({ seed: String(seed) });
  bench.wait(market("a"));
  bench.wait(placeAsk("b", { type: ORDER_TYPE.limit, priceTicks: 30_000, qtyLots: 10 }));
  bench.go(2 * MINUTE);
  expect(bench.world.chaos.strike(code)).toBe(true);
  expect(bench.world.faults.fired[code]).toBe(1);
  bench.go(4 * MINUTE);
  return bench;
}

test("O1: a position is closed by hand, whole or in part", () => {
  const left = new Set<number>();
  for (let seed = 1; seed <= 8; seed++) {
    const { positions } = operated("O1", seed).world.truth("bybit:paper");
    const lots = positions[0]?.qtyLots ?? 0;
    expect(lots).toBeLessThan(100);
    left.add(Math.sign(lots));
  }
  expect(left).toEqual(new Set([0, 1]));
});

test("O2, O3, O4, O6: opened by hand, orders cancelled, terms changed, money moved", () => {
  const opened = operated("O2").world.truth("bybit:paper");
  expect(opened.orders.at(-1)).toMatchObject({
    origin: "operator",
    clientId: "",
    status: "filled",
  });
  const cancelled = operated("O3").world.truth("bybit:paper");
  expect(cancelled.orders[1]).toMatchObject({ clientId: "b", status: "cancelled" });
  const changed = new Set<string>();
  for (let seed = 1; seed <= 8; seed++) {
    const { server } = operated("O4", seed).target;
    const { sim } = server.matcher.slots[0] ?? { sim: { leverage: 5 } };
    changed.add([server.marginMode, server.positionMode, sim.leverage === 5].join());
  }
  expect(changed).toEqual(
    new Set(["cross,oneWay,true", "isolated,hedge,true", "isolated,oneWay,false"]),
  );
  const moved = operated("O6");
  expect(moved.world.truth("bybit:paper").transferred).not.toBe(0);
  expect(moved.news().filter((what) => what === "balanceChanged")).toHaveLength(2);
});

test("O5: a key that was revoked is refused until its owner puts it back", () => {
  const bench = operated("O5");
  const refused = { kind: "refusedForNow", cause: "credentials" };
  expect(bench.wait(pageAsk("wallet"))).toMatchObject(refused);
  expect(bench.wait({ kind: "price", symbol: "BTCUSDT" }).kind).toBe("price");
  bench.go(40 * MINUTE);
  expect(bench.wait(pageAsk("wallet")).kind).toBe("page");
});

test("Healed, everything is as usual again", () => {
  const bench = benchPort({ rates: { N1: 1, X1: 1, N11: 1 } });
  for (const code of ["X4", "X19", "X22", "O4", "O5", "N10", "N12"] as const) {
    bench.world.chaos.strike(code);
  }
  bench.world.heal();
  bench.go(MINUTE);
  expect(bench.wait(market("a")).kind).toBe("accepted");
  bench.go(3 * MINUTE);
  expect(bench.news().filter((what) => what === "orderFilled")).toHaveLength(1);
  expect(bench.target.server.positionMode).toBe("oneWay");
});

test("A fault may stay when the others are healed", () => {
  const bench = benchPort({ rates: { N1: 1, X4: 1 } });
  bench.world.heal(new Set(["N1"]));
  expect(bench.world.faults.isOn("N1")).toBe(true);
  expect(bench.world.faults.isOn("X4")).toBe(false);
});
