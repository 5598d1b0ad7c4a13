import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import { HandDrivenEngine, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

const REASON = { reason: REJECT.reduceOnlyWouldIncrease };

/** Long behind a resting stop. */
function protectedLong(lots = 1): { readonly driven: HandDrivenEngine; readonly stop: number } {
  const driven = new HandDrivenEngine();
  const [entry] = driven.decide((ctx) => ctx.enterLong({ qty: lots / 1_000, stopLoss: 90 }));
  const { requestId } = entry as SentCommand;
  const fill = { requestId, side: 1, qtyLots: lots, priceTicks: 10_000, executionId: 1 } as const;
  const [stop] = driven.say(EVENT.orderFilled, fill);
  driven.say(EVENT.orderAccepted, { requestId: (stop as SentCommand).requestId });
  return { driven, stop: (stop as SentCommand).requestId };
}

test("a stop that the venue ends with its position, told before the close is, closes nothing more", () => {
  const { driven, stop } = protectedLong();
  const exit = driven.decide((ctx) => ctx.exit()).find(({ kind }) => kind === "place");
  driven.say(EVENT.orderAccepted, { requestId: (exit as SentCommand).requestId });
  expect(driven.say(EVENT.orderCancelled, { requestId: stop, ...REASON })).toEqual([]);
});

test("I26: what a refused stop closes at the market is what no exit on its way does", () => {
  const { driven, stop } = protectedLong(10);
  const [exit] = driven.decide((ctx) => ctx.exit({ qty: 0.004 }));
  const [rest] = driven.say(EVENT.orderCancelled, { requestId: stop, ...REASON });
  expect([exit?.qtyLots, rest?.qtyLots, rest?.reduceOnly]).toEqual([4, 6, true]);
});

test("I32: an entry that risk marked as one that only reduces goes when its position is gone before it rests", () => {
  const { driven } = protectedLong();
  driven.engine.risk.halt("test", 0);
  const [late] = driven.decide((ctx) =>
    ctx.order({ side: "sell", type: "stopMarket", trigger: 95, qty: 0.001 }),
  ) as [SentCommand];
  expect(late.reduceOnly).toBe(true);
  const out = { executionId: 9, qtyLots: 1, side: -1, priceTicks: 10_000 } as const;
  driven.say(EVENT.externalFill, { ...out, referenceTicks: 10_000 });
  const { requestId } = late;
  expect(driven.say(EVENT.orderAccepted, { requestId })).toMatchObject([
    { kind: "cancel", requestId },
  ]);
});

test("a stop that the venue ends while nothing closes its position has it closed at the market", () => {
  const { driven, stop } = protectedLong();
  const sent = driven.say(EVENT.orderCancelled, { requestId: stop, ...REASON });
  expect(sent).toMatchObject([{ kind: "place", type: 0, side: -1, qtyLots: 1, reduceOnly: true }]);
});
