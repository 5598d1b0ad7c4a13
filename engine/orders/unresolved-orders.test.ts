import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { HandDrivenEngine, MINUTE, type SentCommand } from "#engine/testing/hand-driven-engine.ts";
import { cancelRace } from "./testing/cancel-race.ts";

const { firstLookupMs, lastLookupMs, visibilityGraceMs, missesNeeded } = RESOLVE_TERMS;

/** A resting buy of 1,000 lots whose answer is lost a millisecond after it was sent; the fence is at `fence`. */
function withUnknown(fence: number): { hand: HandDrivenEngine; requestId: number; at: number } {
  const hand = new HandDrivenEngine();
  const [order] = hand.decide((ctx) =>
    ctx.order({ side: "buy", type: "limit", qty: 1, price: 90 }),
  );
  const { requestId } = order as SentCommand;
  hand.say(EVENT.unknownOutcome, { requestId, amount: fence });
  return { hand, requestId, at: MINUTE + 1 };
}

/** The engine's timer rings whenever it asked for it, until `until`; returns when it asked for a look-up. */
function ring(hand: HandDrivenEngine, until: number): number[] {
  const asked: number[] = [];
  for (let rings = 0; rings < 1_000 && hand.engine.nextTimerAt <= until; rings++) {
    const time = hand.engine.nextTimerAt;
    for (const { kind } of hand.say(EVENT.timer, { time })) if (kind === "query") asked.push(time);
  }
  return asked;
}

describe("an order whose outcome is not known", () => {
  test("I11: is looked for again and again, ever more seldom, and never given up", () => {
    const { hand, requestId, at } = withUnknown(MINUTE + 5_000);
    const asked = ring(hand, at + 600_000);
    expect(asked.slice(0, 4).map((time) => time - at)).toEqual([500, 1_500, 3_500, 7_500]);
    const gaps = asked.slice(1).map((time, index) => time - (asked[index] as number));
    expect(Math.max(...gaps)).toBe(lastLookupMs);
    expect(asked.length).toBeGreaterThan(20);
    expect(hand.order(requestId)[0]).toBe(STATUS.unknown);
    expect(hand.engine.nextTimerAt).toBeLessThanOrEqual(at + 600_000 + lastLookupMs);
  });

  test("I4: misses from before the fence and its grace prove nothing", () => {
    const fence = MINUTE + 5_000;
    const { hand, requestId } = withUnknown(fence);
    for (let miss = 0; miss < 50; miss++) {
      hand.say(EVENT.orderNotFound, { requestId, amount: fence + visibilityGraceMs - 1 });
    }
    expect(hand.order(requestId)[0]).toBe(STATUS.unknown);
  });

  test("I4: after the fence it takes several misses in a row", () => {
    const fence = MINUTE + 5_000;
    const { hand, requestId } = withUnknown(fence);
    for (let miss = 1; miss <= missesNeeded; miss++) {
      expect(hand.order(requestId)[0]).toBe(STATUS.unknown);
      hand.say(EVENT.orderNotFound, { requestId, amount: fence + visibilityGraceMs });
    }
    expect(hand.order(requestId)[0]).toBe(STATUS.rejected);
    expect(hand.engine.orderManager.counts.totals().rejected).toEqual({ neverAccepted: 1 });
    expect(hand.engine.nextTimerAt).toBe(Number.POSITIVE_INFINITY);
  });

  test("I5: a late acknowledgement ends the search, and nothing is sent again", () => {
    const fence = MINUTE + 5_000;
    const { hand, requestId } = withUnknown(fence);
    hand.say(EVENT.orderNotFound, { requestId, amount: fence + visibilityGraceMs });
    expect(hand.say(EVENT.orderAccepted, { requestId })).toEqual([]);
    expect(ring(hand, fence + 600_000)).toEqual([]);
    for (let miss = 0; miss < 5; miss++) {
      const said = hand.say(EVENT.orderNotFound, { requestId, amount: fence + 60_000 });
      expect(said).toEqual([]);
    }
    expect(hand.order(requestId)[0]).toBe(STATUS.accepted);
  });

  test("a fill ends the search as well", () => {
    const { hand, requestId } = withUnknown(MINUTE + 5_000);
    const price = { priceTicks: 9_000, referenceTicks: 9_000 };
    hand.say(EVENT.orderPartiallyFilled, { requestId, executionId: 1, qtyLots: 400, ...price });
    expect(hand.order(requestId)).toEqual([STATUS.partiallyFilled, 400, 1_000]);
    expect(hand.engine.nextTimerAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a close whose request is proven to have never arrived", () => {
  function withLostClose(): { hand: HandDrivenEngine; requestId: number } {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 }));
    const price = { priceTicks: 10_000, referenceTicks: 10_000 };
    const { requestId: bought } = entry as SentCommand;
    hand.say(EVENT.orderFilled, { requestId: bought, executionId: 1, qtyLots: 1_000, ...price });
    const [close] = hand.decide((ctx) => ctx.exit());
    const { requestId } = close as SentCommand;
    hand.say(EVENT.unknownOutcome, { requestId, amount: 2 * MINUTE + 5_000 });
    return { hand, requestId };
  }

  function miss(hand: HandDrivenEngine, requestId: number): readonly SentCommand[] {
    const begunAt = 2 * MINUTE + 5_000 + visibilityGraceMs;
    let said: readonly SentCommand[] = [];
    for (let at = 0; at < missesNeeded; at++) {
      expect(said).toEqual([]);
      said = hand.say(EVENT.orderNotFound, { requestId, amount: begunAt });
    }
    return said;
  }

  test("I5: is asked for once more, as the next attempt of the same intent", () => {
    const { hand, requestId } = withLostClose();
    const [again, ...rest] = miss(hand, requestId);
    expect(rest).toEqual([]);
    expect(again).toMatchObject({
      kind: "place",
      requestId,
      attempt: 2,
      reduceOnly: true,
      qtyLots: 1_000,
    });
    expect(hand.order(requestId)[0]).toBe(STATUS.sent);
  });

  test("I26: is asked for again for what is held by then", () => {
    const { hand, requestId } = withLostClose();
    const price = { priceTicks: 10_000, referenceTicks: 10_000 };
    hand.say(EVENT.externalFill, { executionId: 2, qtyLots: 400, side: -1, ...price });
    expect(miss(hand, requestId)).toMatchObject([{ kind: "place", attempt: 2, qtyLots: 600 }]);
    expect(hand.order(requestId)).toEqual([STATUS.sent, 0, 600]);
  });

  test("I22: is not asked for again when there is nothing left to close", () => {
    const { hand, requestId } = withLostClose();
    const price = { priceTicks: 10_000, referenceTicks: 10_000 };
    hand.say(EVENT.externalFill, { executionId: 2, qtyLots: 1_000, side: -1, ...price });
    expect(miss(hand, requestId)).toEqual([]);
    expect(hand.order(requestId)[0]).toBe(STATUS.rejected);
  });
});

describe("a cancel that may not have arrived", () => {
  function withResting(): { hand: HandDrivenEngine; requestId: number } {
    const hand = new HandDrivenEngine();
    const [order] = hand.decide((ctx) =>
      ctx.order({ side: "buy", type: "limit", qty: 1, price: 90 }),
    );
    return { hand, requestId: (order as SentCommand).requestId };
  }

  test("is sent again once the order is seen resting", () => {
    const { hand, requestId } = withResting();
    hand.say(EVENT.orderAccepted, { requestId });
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.unknownOutcome, { requestId, amount: 3 * MINUTE });
    expect(hand.order(requestId)[0]).toBe(STATUS.unknown);
    const [cancel] = hand.say(EVENT.orderAccepted, { requestId });
    expect(cancel).toMatchObject({ kind: "cancel", requestId });
    expect(hand.order(requestId)[0]).toBe(STATUS.cancelling);
  });

  test("is sent again when it was faster than its order", () => {
    const { hand, requestId } = withResting();
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.commandRejected, { requestId, reason: REJECT.unknownOrder });
    expect(hand.order(requestId)[0]).toBe(STATUS.sent);
    const [cancel] = hand.say(EVENT.orderAccepted, { requestId });
    expect(cancel).toMatchObject({ kind: "cancel", requestId });
  });

  test("an order that the venue knows no more is looked for, and gone when it is nowhere", () => {
    const { hand, requestId } = withResting();
    hand.say(EVENT.orderAccepted, { requestId });
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.commandRejected, { requestId, reason: REJECT.unknownOrder });
    expect(hand.order(requestId)[0]).toBe(STATUS.accepted);
    const at = 2 * MINUTE + 1;
    expect(ring(hand, at + 10 * firstLookupMs).length).toBeGreaterThan(1);
    for (let miss = 0; miss < missesNeeded; miss++) {
      hand.say(EVENT.orderNotFound, { requestId, amount: at + visibilityGraceMs });
    }
    expect(hand.order(requestId)[0]).toBe(STATUS.cancelled);
  });
});

describe("a change that may not have arrived", () => {
  const FENCE = 2 * MINUTE + 5_000;
  const SETTLED = FENCE + visibilityGraceMs;
  const price = { priceTicks: 9_000, referenceTicks: 9_000 };

  test("is looked for although a fill has told that the order rests", () => {
    const hand = new HandDrivenEngine();
    let ref = 0;
    const [order] = hand.decide((ctx) => {
      ref = ctx.order({ side: "buy", type: "limit", qty: 1, price: 90 });
    });
    const { requestId } = order as SentCommand;
    hand.say(EVENT.orderAccepted, { requestId });
    hand.decide((ctx) => void ctx.amend(ref, { price: 91 }));
    hand.say(EVENT.orderPartiallyFilled, { requestId, executionId: 1, qtyLots: 400, ...price });
    hand.say(EVENT.unknownOutcome, { requestId, amount: FENCE });
    expect(hand.order(requestId)[0]).toBe(STATUS.partiallyFilled);
    expect(ring(hand, SETTLED + 1).length).toBeGreaterThan(1);
    const found = { requestId, qtyLots: 1_000, priceTicks: 9_000 };
    hand.say(EVENT.orderFoundOpen, { ...found, time: SETTLED });
    expect(hand.engine.nextTimerAt).toBeLessThan(Number.POSITIVE_INFINITY);
    hand.say(EVENT.orderFoundOpen, { ...found, time: SETTLED + 1 });
    expect(hand.engine.nextTimerAt).toBe(Number.POSITIVE_INFINITY);
    const kept = hand.engine.desk.store.find(requestId);
    expect([kept?.status, kept?.wantedPriceTicks]).toEqual([STATUS.partiallyFilled, 9_000]);
  });

  test("is what the next attempt of a stop asks for", () => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 80 }));
    const { requestId: bought } = entry as SentCommand;
    const filled = { requestId: bought, executionId: 1, qtyLots: 1_000, ...price };
    const [stop] = hand.say(EVENT.orderFilled, filled);
    const { requestId } = stop as SentCommand;
    hand.say(EVENT.unknownOutcome, { requestId, amount: FENCE });
    const moved = hand.decide((ctx) => ctx.protect({ stopLoss: 85 }));
    expect(moved).toMatchObject([{ kind: "amend", requestId, triggerTicks: 8_500 }]);
    hand.say(EVENT.unknownOutcome, { requestId, amount: FENCE });
    let said: readonly SentCommand[] = [];
    for (let miss = 0; miss < missesNeeded; miss++)
      said = hand.say(EVENT.orderNotFound, { requestId, amount: SETTLED });
    expect(said).toMatchObject([{ kind: "place", requestId, attempt: 2, triggerTicks: 8_500 }]);
  });
});

test("I10: a cancel and fills end in the same state in any order, told once or more often", () => {
  fc.assert(cancelRace, { numRuns: 200 });
});
