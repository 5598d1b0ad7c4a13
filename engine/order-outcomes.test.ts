import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import { HandDrivenEngine, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

const REASON = { reason: REJECT.reduceOnlyWouldIncrease };

/** Long one lot behind a resting stop. */
function protectedLong(): { readonly driven: HandDrivenEngine; readonly stop: number } {
  const driven = new HandDrivenEngine();
  const [entry] = driven.decide((ctx) => ctx.enterLong({ qty: 0.001, stopLoss: 90 }));
  const { requestId } = entry as SentCommand;
  const fill = { requestId, side: 1, qtyLots: 1, priceTicks: 10_000, executionId: 1 } as const;
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

test("a stop that the venue ends while nothing closes its position has it closed at the market", () => {
  const { driven, stop } = protectedLong();
  const sent = driven.say(EVENT.orderCancelled, { requestId: stop, ...REASON });
  expect(sent).toMatchObject([{ kind: "place", type: 0, side: -1, qtyLots: 1, reduceOnly: true }]);
});
