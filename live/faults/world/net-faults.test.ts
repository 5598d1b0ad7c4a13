import { expect, test } from "vitest";
import type { Answer } from "#live/ports/venue-port.ts";
import type { FaultCode } from "./fault-codes.ts";
import { benchPort, type PortBench, TARGET } from "./testing/bench-port.ts";
import { MINUTE, placeAsk, START } from "./testing/bench-world.ts";

const market = (clientId: string, changes = {}) => placeAsk(clientId, { qtyLots: 100, ...changes });
const SECOND = 1_000;

/** One order under a fault that always strikes: how it was answered, and what the venue has of it in the end. */
function oneOrder(
  code: FaultCode,
  seed = "1",
): { answer: Answer; orders: number; bench: PortBench } {
  const bench = benchPort({ rates: { [code]: 1 }, seed, timeoutMs: 2_000 });
  bench.go(SECOND);
  const answer = bench.wait(market("a"));
  bench.go(MINUTE);
  return { answer, orders: bench.world.truth("bybit:paper").orders.length, bench };
}

test.each([
  ["N1", { kind: "unknown", why: "timed out" }, 0],
  ["N2", { kind: "unknown", why: "timed out" }, 1],
  ["N3", { kind: "unknown", why: "timed out" }, 1],
  ["N4", { kind: "accepted" }, 1],
  ["N8", { kind: "unknown", why: "connection reset" }, 1],
  ["N11", { kind: "refusedForNow", cause: "notSent" }, 0],
  ["X1", { kind: "unknown", why: "serverError: Bad gateway" }, 0],
  ["X2", { kind: "unknown", why: "serverError: Bad gateway" }, 1],
] as const)("%s: the client is told %j, the venue has %i orders", (code, expected, count) => {
  const { answer, orders, bench } = oneOrder(code);
  expect(answer).toMatchObject(expected);
  expect(orders).toBe(count);
  expect(bench.world.faults.fired[code]).toBeGreaterThan(0);
});

test("N3: a request or its answer comes after the client has given up", () => {
  const early: boolean[] = [];
  for (const seed of ["1", "2", "3", "4", "5", "6"]) {
    const { bench } = oneOrder("N3", seed);
    const [order] = bench.world.truth("bybit:paper").orders;
    early.push((order?.acceptedAt ?? 0) < START + 2 * SECOND);
    expect(bench.news()).toContain("orderAccepted");
  }
  expect(new Set(early)).toEqual(new Set([true, false]));
});

test("N4: a request that comes twice is one order; pushes come twice", () => {
  const { bench } = oneOrder("N4");
  bench.go(2 * MINUTE);
  const fills = bench.heard.filter(({ what }) => what === "orderFilled");
  expect(fills.map(({ event }) => event?.executionId)).toEqual([1, 1]);
  expect(bench.world.faults.fired.X13).toBe(1);
});

test("N5: requests overtake each other", () => {
  const bench = benchPort({ rates: { N5: 1 }, latencyMs: [10, 10] });
  bench.go(SECOND);
  const order: number[] = [];
  for (let at = 0; at < 8; at++) bench.port.ask({ kind: "time" }, () => order.push(at));
  bench.go(6 * SECOND);
  const sorted = order.toSorted((a, b) => a - b);
  expect(sorted).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(order).not.toEqual(sorted);
  expect(bench.world.faults.fired.N5).toBeGreaterThanOrEqual(8);
});

/** Lets a timed fault strike so often that it has met every socket. */
function strike(bench: PortBench, code: FaultCode, times = 40): void {
  for (let count = 0; count < times; count++) bench.world.chaos.strike(code);
}

test("N6: a half-open socket takes pings without an answer and is given up after 30 s of silence", () => {
  const bench = benchPort();
  bench.go(SECOND);
  strike(bench, "N6");
  bench.ask(market("a"));
  bench.go(30 * SECOND);
  expect(bench.news()).toEqual(["restored"]);
  bench.go(50 * SECOND);
  expect(bench.news()).toEqual(["restored", "lost: silent", "restored"]);
  expect(bench.world.faults.fired.N6).toBeGreaterThan(0);
});

test("N7: a clean close is told, and the port dials again", () => {
  const bench = benchPort();
  bench.go(SECOND);
  strike(bench, "N7", 2);
  bench.go(5 * SECOND);
  expect(bench.news()).toEqual(["restored", "lost: closed by the peer", "restored"]);
});

test("N8: a push that breaks off closes its socket", () => {
  const { bench } = oneOrder("N8");
  bench.go(90 * SECOND);
  expect(bench.news()).toContain("lost: reset in the middle of a frame");
});

test("N9: while pongs flow nobody notices that a topic of the account is silent; prices are missed", () => {
  const bench = benchPort();
  bench.go(SECOND);
  strike(bench, "N9", 200);
  bench.ask(market("a"));
  bench.go(10 * MINUTE);
  expect(bench.news()).toEqual(["restored"]);
  const prices = bench.heard.filter(({ what }) => what === "lastPrice");
  // None until the silence was noticed after three bars; then the stream was dialled anew.
  expect(prices[0]?.at).toBeGreaterThan(3 * MINUTE);
  expect(prices.length).toBeGreaterThan(3);
  expect(bench.world.faults.fired.N9).toBe(200);
});

test("N10: in a storm sockets close again and again, the client's dials become rarer", () => {
  const bench = benchPort();
  bench.go(SECOND);
  bench.world.chaos.strike("N10");
  bench.target.net.storm(120 * SECOND);
  bench.go(5 * MINUTE);
  const losses = bench.heard.filter(({ what }) => what.startsWith("lost"));
  expect(losses.length).toBeGreaterThan(3);
  expect(losses.length).toBeLessThan(40);
  expect(bench.news().at(-1)).toBe("restored");
  expect(bench.world.faults.fired.N10).toBe(1);
});

test("N11: without DNS nothing is ever restored", () => {
  const bench = benchPort({ rates: { N11: 1 } });
  bench.go(10 * MINUTE);
  expect(bench.heard).toEqual([]);
});

test("N12: one direction alone is dead: requests are lost, or their answers", () => {
  const seen = new Set<string>();
  for (const seed of ["1", "2", "3", "4", "5", "6"]) {
    const bench = benchPort({ seed, timeoutMs: 2_000 });
    bench.go(SECOND);
    bench.world.chaos.strike("N12");
    const answer = bench.wait(market("a"));
    seen.add(`${answer.kind} ${bench.world.truth("bybit:paper").orders.length}`);
    expect(bench.world.faults.fired.N12).toBe(1);
  }
  expect(seen).toEqual(new Set(["unknown 0", "unknown 1"]));
});

test("X9: a fill may be told before the order that was filled", () => {
  const orders = new Set<string>();
  const bench = benchPort({ rates: { X9: 1 } });
  for (let at = 0; at < 12; at++) {
    bench.go(at * MINUTE + SECOND);
    bench.ask(market(`o${at}`, { side: at % 2 === 0 ? 1 : -1 }));
    const before = bench.heard.length;
    bench.go((at + 1) * MINUTE + 20 * SECOND);
    const wanted = ["orderAccepted", "orderFilled", "positionChanged"];
    const told = bench.heard.slice(before).map(({ what }) => what);
    orders.add(told.filter((what) => wanted.includes(what)).join());
  }
  expect(orders.size).toBeGreaterThan(2);
  expect([...orders].some((order) => order.startsWith("orderFilled,"))).toBe(true);
});

test("X20: a gap in the prices lets the client begin anew instead of going on", () => {
  const plain = benchPort();
  plain.go(30 * MINUTE);
  const gaps = benchPort({ rates: { X20: 0.2 } });
  gaps.go(30 * MINUTE);
  const pricesOf = ({ heard }: PortBench) =>
    heard.filter(({ what }) => what === "lastPrice").length;
  const lost = gaps.world.faults.fired.X20;
  expect(lost).toBeGreaterThan(1);
  // The message after the gap is not used either.
  expect(pricesOf(gaps)).toBeLessThanOrEqual(pricesOf(plain) - 2 * lost + 2);
  expect(gaps.news()).toEqual(["restored"]);
});

test("X21: what can not be read is no answer, and a message that can not be read is a loss", () => {
  const answers = new Set<string>();
  const losses = new Set<boolean>();
  for (let seed = 1; seed <= 12; seed++) {
    const bench = benchPort({ seed: String(seed), rates: { X21: 1 } });
    bench.target.server.lists.page({ kind: "page", of: "wallet", cursor: "", since: 0 });
    answers.add(bench.wait({ kind: "page", of: "wallet", cursor: "", since: 0 }).kind);
    bench.ask(market("a"));
    bench.go(2 * MINUTE);
    losses.add(bench.news().some((what) => what.startsWith("lost: a message could not be read")));
  }
  expect(answers).toEqual(new Set(["page", "unknown"]));
  expect(losses.has(true)).toBe(true);
});

test("X25: what a batch's answer does not name is unknown, although it may be there", () => {
  const kinds = new Set<string>();
  for (const seed of ["1", "2", "3"]) {
    const bench = benchPort({
      seed,
      rates: { X25: 1 },
      targets: [{ ...TARGET, hasBatches: true }],
    });
    bench.go(SECOND);
    const asks = ["a", "b", "c", "d"].map((id) => bench.ask(market(id)));
    bench.go(2 * SECOND);
    expect(bench.world.truth("bybit:paper").orders).toHaveLength(4);
    for (const { answer } of asks) kinds.add(answer()?.kind ?? "nothing");
  }
  expect(kinds).toEqual(new Set(["accepted", "unknown"]));
});

test("P4: a stalled program hears everything late, and asks no sooner", () => {
  const bench = benchPort();
  bench.go(SECOND);
  bench.ask(market("a"));
  bench.world.process.stall(5 * MINUTE);
  bench.go(4 * MINUTE);
  expect(bench.news()).toEqual(["restored"]);
  bench.go(6 * MINUTE);
  expect(bench.news()).toContain("orderFilled");
  expect(bench.world.chaos.strike("P4")).toBe(true);
  expect(bench.world.process.stalledUntil).toBeGreaterThan(bench.world.time.now);
});

test("P10: the wall clock jumps or the machine sleeps; virtual time does neither", () => {
  const jumps = new Set<boolean>();
  for (const seed of ["1", "2", "3", "4", "5", "6"]) {
    const { world } = benchPort({ seed });
    world.chaos.strike("P10");
    jumps.add(world.wall.now() !== world.time.now);
    expect(world.wall.offset !== 0 || world.process.stalledUntil > world.time.now).toBe(true);
  }
  expect(jumps).toEqual(new Set([true, false]));
});
