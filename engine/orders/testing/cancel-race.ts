import * as fc from "fast-check";
import { expect } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { HandDrivenEngine, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

/** An execution of the order that is cancelled meanwhile. */
interface RacingFill {
  readonly executionId: number;
  readonly qtyLots: number;
  readonly priceTicks: number;
  readonly referenceTicks: number;
  readonly fee: number;
}
type News = RacingFill | "cancelled";

/** Less than half of the order together: what was cancelled was never filled in full. */
const fills = fc
  .array(
    fc.record({
      qtyLots: fc.integer({ min: 1, max: 100 }),
      priceTicks: fc.integer({ min: 8_000, max: 9_000 }),
      // Quarters add up to the same in any order.
      fee: fc.integer({ min: 0, max: 20 }).map((quarters) => quarters / 4),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all): readonly RacingFill[] =>
    all.map((one, at) => ({ ...one, executionId: 7 + at, referenceTicks: one.priceTicks })),
  );

/** Fills and a cancel in their own order, and the same in any other with any of them told again. */
const tellings = fills.chain((all) => {
  const news: readonly News[] = [...all, "cancelled"];
  const again = fc.array(fc.constantFrom(...news), { maxLength: 4 });
  const told = again.chain((more) => {
    const every = [...news, ...more];
    return fc.shuffledSubarray(every, { minLength: every.length });
  });
  return fc.tuple(fc.constant(news), told);
});

/** I10: a cancel and fills end in the same state in any order, told once or more often. */
export const cancelRace = fc.property(tellings, ([inOrder, told]) => expectSame(inOrder, told));

function expectSame(inOrder: readonly News[], told: readonly News[]): void {
  const [one, other] = [endOf(inOrder), endOf(told)];
  expect(other.order).toEqual(one.order);
  expect([other.lots, other.wallet]).toEqual([one.lots, one.wallet]);
  expect(Math.abs(other.entryValue - one.entryValue)).toBeLessThan(1e-9);
}

function endOf(told: readonly News[]) {
  const hand = new HandDrivenEngine();
  const [order] = hand.decide((ctx) =>
    ctx.order({ side: "buy", type: "limit", qty: 1, price: 90 }),
  );
  const { requestId } = order as SentCommand;
  hand.say(EVENT.orderAccepted, { requestId });
  hand.decide((ctx) => ctx.cancelAll());
  for (const one of told) {
    if (one === "cancelled") hand.say(EVENT.orderCancelled, { requestId });
    else hand.say(EVENT.orderPartiallyFilled, { requestId, ...one });
  }
  const { ledger } = hand.engine;
  return {
    order: hand.order(requestId),
    lots: hand.lots,
    wallet: ledger.wallet,
    entryValue: ledger.positions[0]?.entryValue ?? Number.NaN,
  };
}
