import { describe, expect, test } from "vitest";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { LIQUIDITY, ORDER_TYPE, PURPOSE, REJECT } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
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
