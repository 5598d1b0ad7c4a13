import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { checkCut } from "./check-cut.ts";
import { PRECEDENCE, type ReconcileClass } from "./classes.ts";
import { diff } from "./diff.ts";
import { DIFF_TERMS } from "./diff-terms.ts";
import { isSame } from "./is-same.ts";
import {
  BEGAN_AT,
  type Pairing,
  pairings,
  positionAt,
  restingOrder,
} from "./testing/arbitraries.ts";
import { classifySlowly } from "./testing/classify-slowly.ts";

test("I19: every pair of any two sides falls in exactly one class, the first that holds", () => {
  const met = new Map<ReconcileClass, number>();
  const property = fc.property(pairings, (pairing) => {
    const { books, cut, inFlight } = pairing;
    expect(checkCut(cut, books.size)).toBeNull();
    const findings = diff(books, cut, inFlight);
    const classes = classifySlowly(pairing);
    const keys = findings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, subject, class: found } of findings) {
      expect(PRECEDENCE[subject] as readonly string[]).toContain(found);
      expect([key, classes.has(key)]).toEqual([key, true]);
    }
    const found = new Map(findings.map((finding) => [finding.key, finding.class]));
    for (const [key, expected] of classes) {
      expect([key, found.get(key) ?? "match"]).toEqual([key, expected]);
      met.set(expected, (met.get(expected) ?? 0) + 1);
    }
  });
  fc.assert(property, { numRuns: 3_000 });
  // A class that no run met would be a class without a test.
  const all = new Set(Object.values(PRECEDENCE).flat());
  expect([...met.keys()].sort()).toEqual([...all].sort());
  expect(Math.min(...met.values())).toBeGreaterThan(20);
});

test("the findings are the same whatever the order of the rows", () => {
  const property = fc.property(pairings, fc.nat(), ({ books, cut, inFlight }, turn) => {
    const turned = <T>(rows: readonly T[]): readonly T[] => {
      const at = rows.length === 0 ? 0 : turn % rows.length;
      return [...rows.slice(at), ...rows.slice(0, at)].reverse();
    };
    const { positions, orders, settings } = cut;
    const other = {
      ...cut,
      positions: turned(positions),
      orders: turned(orders),
      settings: turned(settings),
    };
    expect(diff(books, other, inFlight)).toEqual(diff(books, cut, inFlight));
  });
  fc.assert(property, { numRuns: 500 });
});

/** A cut that says what the books say, but for at most one thing. */
function almostSame({ books }: Pairing, change: number): VenueSnapshot {
  const positions = books.holdings.flatMap(({ lots, entry }, index) =>
    lots === 0 ? [] : [positionAt(index, lots, entry)],
  );
  const orders = [...books.orders.values()]
    .filter(({ status }) => !isTerminal(status))
    .map((order) => ({
      ...restingOrder(order.symbol, order.requestId, ""),
      ...order,
      parentRequestId: -1,
    }))
    .map((order) => ({
      ...order,
      index: order.symbol,
      symbol: "",
      venueOrderId: `v${order.requestId}`,
    }));
  const changes: readonly (() => void)[] = [
    () => positions.pop(),
    () => orders.pop(),
    () =>
      orders.splice(0, 1, ...orders.slice(0, 1).map((order) => ({ ...order, triggerTicks: 1 }))),
    () => positions.splice(0, 1, ...positions.slice(0, 1).map((row) => ({ ...row, qtyLots: 9 }))),
    () => positions.push(positionAt(-1, Number.NaN, 5)),
  ];
  changes[change]?.();
  return {
    beganAt: BEGAN_AT,
    asOf: BEGAN_AT,
    positions,
    orders,
    executions: [],
    executionsFrom: 0,
    wallet: books.wallet + (change === 5 ? 1 : 0),
    settings: [0, 1, 2, 3].map((index) => ({
      index,
      ...books.settings(index),
      leverage: change === 6 ? 4 : 3,
    })),
  };
}

test("the short way says the same as the long one, and nothing else does", () => {
  const answers = { same: 0, other: 0 };
  const property = fc.property(pairings, fc.integer({ min: -6, max: 6 }), (pairing, change) => {
    const { books, inFlight } = pairing;
    const isCalm = change % 2 === 0;
    for (const order of isCalm ? books.orders.values() : []) {
      if (!isTerminal(order.status)) order.status = STATUS.accepted;
    }
    const cut = almostSame(pairing, change);
    const short = isSame(books, cut, DIFF_TERMS);
    // A tolerance below zero: the short way is not taken, and all that is added is the wallet.
    const long = diff(books, cut, inFlight, { walletTolerance: -1 }).filter(
      ({ key }) => key !== "wallet",
    );
    const isWalletSame = Math.abs(cut.wallet - books.wallet) <= DIFF_TERMS.walletTolerance;
    expect(short).toBe(long.length === 0 && isWalletSame);
    answers[short ? "same" : "other"] += 1;
  });
  fc.assert(property, { numRuns: 6_000 });
  expect(answers.same).toBeGreaterThan(50);
  expect(answers.other).toBeGreaterThan(500);
});
