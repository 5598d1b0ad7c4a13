import { describe, expect, test } from "vitest";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { LIQUIDITY, ORDER_TYPE, PURPOSE, REJECT, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { HandDrivenEngine, MINUTE, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

/** How the driver tells that a request never left. */
const notSent = ({ requestId }: SentCommand): Partial<EngineEvent> => ({
  requestId,
  reason: REJECT.venueBusy,
});

const fill = (order: SentCommand, lots: number): Partial<EngineEvent> => ({
  requestId: order.requestId,
  side: order.side,
  qtyLots: lots,
  priceTicks: 10_000,
  referenceTicks: 10_000,
  liquidity: LIQUIDITY.taker,
});

/** A long of 1,000 lots, and the stop that was sent for it. */
function protectedLong(): { readonly hand: HandDrivenEngine; readonly stop: SentCommand } {
  const hand = new HandDrivenEngine({ stopLossPct: 5 });
  const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
  const [stop] = hand.say(EVENT.orderFilled, fill(entry, 1_000)) as [SentCommand];
  return { hand, stop };
}

/** Rings the engine's timer whenever it is due until `until`, and gives what was sent with the time of it. */
function ring(hand: HandDrivenEngine, until: number): (readonly [number, SentCommand])[] {
  const sent: (readonly [number, SentCommand])[] = [];
  for (let rings = 0; rings < 1_000 && hand.engine.nextTimerAt <= until; rings++) {
    const time = hand.engine.nextTimerAt;
    for (const command of hand.say(EVENT.timer, { time })) sent.push([time, command]);
  }
  return sent;
}

describe("a stop that could not be sent", () => {
  test("is no reason to sell: it is placed again after a second", () => {
    const { hand, stop } = protectedLong();
    expect(hand.say(EVENT.orderRejected, notSent(stop))).toEqual([]);
    const [[time, again] = [], ...more] = ring(hand, 10 * MINUTE);
    expect(more).toEqual([]);
    expect(time).toBe(MINUTE + 1 + 1_000);
    expect(again).toMatchObject({ kind: "place", triggerTicks: 9_500, qtyLots: 1_000 });
    expect(again?.requestId).not.toBe(stop.requestId);
  });

  test("is tried at longer intervals as long as nothing can be sent, half a minute at most", () => {
    const { hand, stop } = protectedLong();
    const pauses: number[] = [];
    let last = stop;
    let at = MINUTE + 1;
    for (let tries = 0; tries < 8; tries++) {
      hand.say(EVENT.orderRejected, { ...notSent(last), time: at });
      const [[time, again] = []] = ring(hand, at + 10 * MINUTE);
      pauses.push((time ?? Number.NaN) - at);
      at = time ?? Number.NaN;
      last = again as SentCommand;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1_000));
    // Once one has rested for a while, the next trouble is another one.
    hand.say(EVENT.orderAccepted, { requestId: last.requestId, time: at });
    hand.say(EVENT.orderRejected, { ...notSent(last), time: at + MINUTE });
    expect(hand.engine.nextTimerAt).toBe(at + MINUTE + 1_000);
  });

  test("is not owed to a position that is gone by then", () => {
    const { hand, stop } = protectedLong();
    hand.say(EVENT.orderRejected, notSent(stop));
    const gone = { side: -1, qtyLots: 1_000, priceTicks: 9_000, referenceTicks: 9_000 } as const;
    hand.say(EVENT.externalFill, gone);
    expect(hand.lots).toBe(0);
    expect(ring(hand, 10 * MINUTE)).toEqual([]);
  });
});

/** The close at market that follows from a stop whose trigger has passed. */
function refuseStop(hand: HandDrivenEngine, { requestId }: SentCommand): SentCommand {
  const refused = { requestId, reason: REJECT.triggerAlreadyPassed };
  const [close] = hand.say(EVENT.orderRejected, refused) as [SentCommand];
  expect(close).toMatchObject({ type: ORDER_TYPE.market, reduceOnly: true });
  return close;
}

describe("I32: a close of the exit rules leaves the position protected", () => {
  test.each([
    ["could not be sent", EVENT.orderRejected, REJECT.venueBusy],
    ["is refused", EVENT.orderRejected, REJECT.insufficientMargin],
    ["is cancelled by the venue", EVENT.orderCancelled, REJECT.none],
    ["expires", EVENT.orderExpired, REJECT.none],
  ])("when it %s", (_how, kind, reason) => {
    const { hand, stop } = protectedLong();
    const close = refuseStop(hand, stop);
    expect(hand.say(kind, { requestId: close.requestId, reason })).toEqual([]);
    const [[, again] = []] = ring(hand, 10 * MINUTE);
    expect(again).toMatchObject({ kind: "place", triggerTicks: 9_500, qtyLots: 1_000 });
    expect(hand.engine.desk.store.find(again?.requestId ?? -1)?.purpose).toBe(PURPOSE.stopLoss);
    // The price is still beyond: the close is asked for once more.
    expect(refuseStop(hand, again as SentCommand).qtyLots).toBe(1_000);
  });

  test("of which it has filled a part, for the rest", () => {
    const { hand, stop } = protectedLong();
    const close = refuseStop(hand, stop);
    hand.say(EVENT.orderPartiallyFilled, { ...fill(close, 400), executionId: 7 });
    hand.say(EVENT.orderCancelled, { requestId: close.requestId });
    const [[, again] = []] = ring(hand, 10 * MINUTE);
    expect(again).toMatchObject({ kind: "place", triggerTicks: 9_500, qtyLots: 600 });
  });
});

test("a cancel that could not be sent is sent again once the order has been seen", () => {
  const hand = new HandDrivenEngine();
  const [order] = hand.decide((ctx) =>
    ctx.order({ side: "buy", type: "limit", qty: 1, price: 90 }),
  ) as [SentCommand];
  const { requestId } = order;
  hand.say(EVENT.orderAccepted, { requestId });
  hand.decide((ctx) => ctx.cancelAll());
  expect(hand.order(requestId)[0]).toBe(STATUS.cancelling);
  expect(hand.say(EVENT.commandRejected, notSent(order))).toEqual([]);
  expect(hand.order(requestId)[0]).toBe(STATUS.accepted);
  const found = { requestId, qtyLots: 1_000, priceTicks: 9_000 };
  expect(hand.say(EVENT.orderFoundOpen, found)).toMatchObject([{ kind: "cancel", requestId }]);
});

test("I32: a close that the venue took and then knows nothing of leaves the position protected", () => {
  const { hand, stop } = protectedLong();
  const { requestId } = refuseStop(hand, stop);
  hand.say(EVENT.orderAccepted, { requestId });
  hand.engine.orderNews.doubt(hand.engine.desk.store.find(requestId) as Order);
  const sent: SentCommand[] = [];
  for (let time = 4 * MINUTE; time < 9 * MINUTE; time += MINUTE) {
    sent.push(...hand.say(EVENT.timer, { time }));
    sent.push(...hand.say(EVENT.orderNotFound, { requestId, amount: time, time: time + 1 }));
  }
  expect(hand.order(requestId)[0]).toBe(STATUS.cancelled);
  const placed = sent.filter(({ kind }) => kind === "place");
  expect(placed).toMatchObject([{ triggerTicks: 9_500, qtyLots: 1_000 }]);
});

test("a time stop that is refused is asked for again after a second, whatever the length of its bars", () => {
  const hand = new HandDrivenEngine({ maxBars: 1 });
  const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
  hand.say(EVENT.orderFilled, fill(entry, 1_000));
  const [close] = hand.decide() as [SentCommand];
  hand.say(EVENT.orderRejected, { requestId: close.requestId, reason: REJECT.insufficientMargin });
  const [[time, again] = []] = ring(hand, 10 * MINUTE);
  expect(again).toMatchObject({ kind: "place", type: ORDER_TYPE.market, qtyLots: 1_000 });
  expect(time).toBe(close.time + 1 + 1_000);
});

test("the kill switch is not answered with a stop", () => {
  const { hand, stop } = protectedLong();
  hand.say(EVENT.orderCancelled, { requestId: refuseStop(hand, stop).requestId });
  hand.engine.flatten("test");
  const sent = ring(hand, MINUTE + 5_000).map(([, command]) => command);
  expect(sent.filter(({ kind }) => kind === "place").map(({ type }) => type)).not.toContain(
    ORDER_TYPE.stopMarket,
  );
});

test("a venue that refuses every stop and close is asked less and less often", () => {
  const { hand, stop } = protectedLong();
  let sent: readonly SentCommand[] = [stop];
  let count = 0;
  for (let time = MINUTE + 1; time < 61 * MINUTE; ) {
    const refused = { reason: REJECT.reduceOnlyWouldIncrease, time };
    const next = sent.flatMap(({ requestId }) =>
      hand.say(EVENT.orderRejected, { requestId, ...refused }),
    );
    if (next.length === 0) time = hand.engine.nextTimerAt;
    sent = next.length === 0 ? hand.say(EVENT.timer, { time }) : next;
    count += sent.length;
  }
  expect(count).toBeGreaterThan(20);
  expect(count).toBeLessThan(50);
});

test("a stop that is refused while an exit takes the position is placed again when the exit comes to nothing", () => {
  const { hand, stop } = protectedLong();
  const [exit] = hand.decide((ctx) => ctx.exit()) as [SentCommand];
  const refused = { requestId: stop.requestId, reason: REJECT.triggerAlreadyPassed };
  expect(hand.say(EVENT.orderRejected, refused)).toEqual([]);
  hand.say(EVENT.orderRejected, { requestId: exit.requestId, reason: REJECT.insufficientMargin });
  const [[, again] = []] = ring(hand, 10 * MINUTE);
  expect(again).toMatchObject({ kind: "place", triggerTicks: 9_500, qtyLots: 1_000 });
});

test("a close that never arrived is not sent again against a later position", () => {
  const { hand, stop } = protectedLong();
  const terms = { side: "buy", type: "limit", qty: 0.5, price: 90 } as const;
  const [limit] = hand.decide((ctx) => ctx.order(terms)) as [SentCommand];
  hand.say(EVENT.orderAccepted, { requestId: limit.requestId });
  const { requestId } = refuseStop(hand, stop);
  hand.say(EVENT.unknownOutcome, { requestId, amount: 3 * MINUTE });
  const out = { side: SELL, qtyLots: 1_000, priceTicks: 9_400, referenceTicks: 9_400 } as const;
  hand.say(EVENT.externalFill, { ...out, executionId: 50 });
  for (const sent of hand.say(EVENT.orderFilled, fill(limit, 500)))
    hand.say(EVENT.orderAccepted, { requestId: sent.requestId });
  expect(hand.lots).toBe(500);
  const sent: SentCommand[] = [];
  for (let time = 4 * MINUTE; time < 9 * MINUTE; time += MINUTE) {
    hand.say(EVENT.timer, { time });
    sent.push(...hand.say(EVENT.orderNotFound, { requestId, amount: time, time: time + 1 }));
  }
  expect(hand.order(requestId)[0]).toBe(STATUS.rejected);
  expect(sent).toEqual([]);
});

test("a change that is refused after a later one was sent leaves that one open", () => {
  const hand = new HandDrivenEngine();
  const terms = { side: "buy", type: "limit", qty: 1, price: 90 } as const;
  const [{ requestId }] = hand.decide((ctx) => ctx.order(terms)) as [SentCommand];
  hand.say(EVENT.orderAccepted, { requestId });
  const change = (price: number): SentCommand =>
    hand.decide((ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, { price }))[0] as SentCommand;
  const [first, second] = [change(91), change(92)];
  const refuse = ({ time }: SentCommand): void => {
    hand.say(EVENT.commandRejected, { requestId, amount: time, reason: REJECT.venueBusy });
  };
  refuse(first);
  expect(hand.order(requestId)[0]).toBe(STATUS.amending);
  refuse(second);
  expect(hand.order(requestId)[0]).toBe(STATUS.accepted);
});

test("terms that the venue tells of after it refused them are what is wanted, and an older list takes none back", () => {
  const hand = new HandDrivenEngine();
  const terms = { side: "buy", type: "limit", qty: 1, price: 90 } as const;
  const [{ requestId }] = hand.decide((ctx) => ctx.order(terms)) as [SentCommand];
  hand.say(EVENT.orderAccepted, { requestId });
  hand.decide((ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, { qty: 2 }));
  hand.say(EVENT.commandRejected, { requestId, reason: REJECT.venueBusy });
  const told = { requestId, qtyLots: 2_000, priceTicks: 9_000 };
  hand.say(EVENT.orderAmended, { ...told, asOf: MINUTE });
  hand.say(EVENT.orderFoundOpen, { ...told, qtyLots: 1_000 });
  expect(hand.engine.desk.store.find(requestId)?.qtyLots).toBe(2_000);
});

test.each([1_000, 1_200])(
  "a part of %s lots, told of an order of 1,000 that is being enlarged, proves that the change has come through",
  (lots) => {
    const hand = new HandDrivenEngine();
    const terms = { side: "buy", type: "limit", qty: 1, price: 90 } as const;
    const [order] = hand.decide((ctx) => ctx.order(terms)) as [SentCommand];
    const { requestId } = order;
    hand.say(EVENT.orderAccepted, { requestId });
    hand.decide((ctx) => ctx.amend(ctx.orders[0]?.ref ?? 0, { qty: 2 }));
    hand.say(EVENT.orderPartiallyFilled, fill(order, lots));
    expect(hand.order(requestId)[0]).toBe(STATUS.partiallyFilled);
    expect(hand.engine.desk.store.find(requestId)?.remainingLots).toBe(2_000 - lots);
    hand.say(EVENT.orderFilled, { ...fill(order, 2_000 - lots), executionId: 2 });
    expect(hand.order(requestId)[0]).toBe(STATUS.filled);
  },
);
