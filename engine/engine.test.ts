import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AssertionFailed } from "#engine/assert.ts";
import { TRADE } from "#engine/ledger/trade-log.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, PURPOSE, REJECT, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { HandDrivenEngine, MINUTE, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

const fill = (order: SentCommand, lots: number, ticks = 10_000): Record<string, number> => ({
  requestId: order.requestId,
  side: order.side,
  qtyLots: lots,
  priceTicks: ticks,
  referenceTicks: ticks,
});

/** An engine whose strategy has just sent a limit buy of one unit. */
function withLimit(): { readonly hand: HandDrivenEngine; readonly order: SentCommand } {
  const hand = new HandDrivenEngine();
  const [order] = hand.decide((ctx) => ctx.enterLong({ qty: 1, limit: 99 }));
  if (order === undefined) throw new Error("An order was sent");
  return { hand, order };
}

describe("what the venue says, in any order", () => {
  test("acknowledged is not filled, and saying it twice changes nothing", () => {
    const { hand, order } = withLimit();
    expect(order).toMatchObject({ kind: "place", type: ORDER_TYPE.limit, qtyLots: 1_000 });
    hand.say(EVENT.orderAccepted, { requestId: order.requestId });
    hand.say(EVENT.orderAccepted, { requestId: order.requestId });
    expect(hand.order(order.requestId)).toEqual([STATUS.accepted, 0, 1_000]);
    expect(hand.lots).toBe(0);
    hand.engine.records.flush();
    expect(hand.records.rows).toHaveLength(4);
  });

  test("a fill may overtake its acknowledgement", () => {
    const { hand, order } = withLimit();
    hand.say(EVENT.orderPartiallyFilled, fill(order, 400));
    hand.say(EVENT.orderAccepted, { requestId: order.requestId });
    expect(hand.order(order.requestId)).toEqual([STATUS.partiallyFilled, 400, 1_000]);
    expect(hand.lots).toBe(400);
  });

  test("a late fill after a cancel raises the filled size and the ledger, and nothing else", () => {
    const { hand, order } = withLimit();
    hand.say(EVENT.orderAccepted, { requestId: order.requestId });
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.orderCancelled, { requestId: order.requestId });
    hand.say(EVENT.orderPartiallyFilled, fill(order, 300));
    expect(hand.order(order.requestId)).toEqual([STATUS.cancelled, 300, 1_000]);
    expect(hand.lots).toBe(300);
  });

  test("an execution that is told twice is booked once", () => {
    const { hand, order } = withLimit();
    const part = { ...fill(order, 400), executionId: 7 };
    hand.say(EVENT.orderPartiallyFilled, part);
    hand.say(EVENT.orderPartiallyFilled, part);
    hand.say(EVENT.orderPartiallyFilled, { ...fill(order, 100), executionId: 8 });
    hand.say(EVENT.orderPartiallyFilled, part);
    expect(hand.order(order.requestId)).toEqual([STATUS.partiallyFilled, 500, 1_000]);
    expect(hand.lots).toBe(500);
    const liquidation = {
      side: SELL,
      qtyLots: 500,
      priceTicks: 9_000,
      referenceTicks: 9_000,
      executionId: 9,
    } as const;
    hand.say(EVENT.liquidated, liquidation);
    hand.say(EVENT.liquidated, liquidation);
    expect(hand.lots).toBe(0);
    expect(hand.engine.ledger.liquidations).toBe(1);
  });

  test("cancel and fill end the same in either order, said once or twice", () => {
    const news = {
      cancelled: (hand: HandDrivenEngine, order: SentCommand) =>
        hand.say(EVENT.orderCancelled, { requestId: order.requestId }),
      refused: (hand: HandDrivenEngine, order: SentCommand) =>
        hand.say(EVENT.commandRejected, {
          requestId: order.requestId,
          reason: REJECT.unknownOrder,
        }),
    };
    const once = fc
      .constantFrom("cancelled", "refused")
      .chain((end) => fc.shuffledSubarray(["fill", end, end] as const, { minLength: 3 }));
    const property = fc.property(once, (steps) => {
      const { hand, order } = withLimit();
      hand.say(EVENT.orderAccepted, { requestId: order.requestId });
      hand.decide((ctx) => ctx.cancelAll());
      for (const step of steps) {
        if (step === "fill") hand.say(EVENT.orderFilled, fill(order, 1_000));
        else news[step](hand, order);
      }
      const [, filled] = hand.order(order.requestId);
      expect([filled, hand.lots, hand.engine.desk.store.working(0).length]).toEqual([
        1_000, 1_000, 0,
      ]);
    });
    fc.assert(property, { numRuns: 40 });
  });

  test("a cancel that is refused puts the order back to where it was", () => {
    const { hand, order } = withLimit();
    const id = { requestId: order.requestId };
    hand.say(EVENT.orderAccepted, id);
    hand.decide((ctx) => ctx.cancelAll());
    expect(hand.order(order.requestId)[0]).toBe(STATUS.cancelling);
    hand.say(EVENT.commandRejected, id);
    expect(hand.order(order.requestId)[0]).toBe(STATUS.accepted);
    hand.say(EVENT.orderPartiallyFilled, fill(order, 1));
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.commandRejected, id);
    expect(hand.order(order.requestId)[0]).toBe(STATUS.partiallyFilled);
  });

  test("an unknown outcome stays unknown until the venue gives evidence", () => {
    const { hand, order } = withLimit();
    const id = { requestId: order.requestId };
    hand.say(EVENT.unknownOutcome, id);
    hand.decide();
    expect(hand.order(order.requestId)[0]).toBe(STATUS.unknown);
    expect(hand.engine.desk.hasWorkingEntry(0, 1)).toBe(true);
    hand.say(EVENT.orderAccepted, id);
    expect(hand.order(order.requestId)[0]).toBe(STATUS.accepted);
  });

  test("an outcome that is unknown after the venue has told more is not unknown", () => {
    const { hand, order } = withLimit();
    hand.say(EVENT.orderAccepted, { requestId: order.requestId });
    hand.decide((ctx) => ctx.cancelAll());
    hand.say(EVENT.orderPartiallyFilled, fill(order, 400));
    hand.say(EVENT.unknownOutcome, { requestId: order.requestId });
    expect(hand.order(order.requestId)[0]).toBe(STATUS.partiallyFilled);
    hand.say(EVENT.orderFilled, fill(order, 600));
    hand.say(EVENT.unknownOutcome, { requestId: order.requestId });
    expect(hand.order(order.requestId)[0]).toBe(STATUS.filled);
  });

  test("news of an order that nobody knows changes nothing, a fill of it is an external one", () => {
    const hand = new HandDrivenEngine();
    hand.decide();
    for (const kind of [EVENT.orderAccepted, EVENT.orderCancelled, EVENT.unknownOutcome]) {
      expect(hand.say(kind, { requestId: 77 })).toEqual([]);
    }
    const told = { requestId: 77, executionId: 5, qtyLots: 2, priceTicks: 10_000 };
    hand.say(EVENT.orderFilled, { ...told, referenceTicks: 10_000 });
    hand.say(EVENT.orderFilled, { ...told, referenceTicks: 10_000 });
    hand.say(EVENT.externalFill, { ...told, executionId: 6, referenceTicks: 10_000, side: SELL });
    expect(hand.lots).toBe(0);
    const { trades } = hand.engine.ledger;
    expect([trades.closedCount, trades.get(0, TRADE.purpose)]).toEqual([1, PURPOSE.external]);
  });

  test("an order is never filled beyond its quantity", () => {
    const { hand, order } = withLimit();
    expect(() => hand.say(EVENT.orderFilled, fill(order, 1_001))).toThrow(/beyond its quantity/);
  });
});

describe("amends on their way", () => {
  test("an amend asks for what differs from the last wish, not from the last acknowledgement", () => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderFilled, fill(entry, 1_000)) as [SentCommand];
    expect(stop).toMatchObject({
      kind: "place",
      side: SELL,
      triggerTicks: 9_500,
      reduceOnly: true,
    });
    hand.say(EVENT.orderAccepted, { requestId: stop.requestId });
    const moved = hand.decide((ctx) => {
      ctx.protect({ stopLoss: 96 });
      ctx.protect({ stopLoss: 96 });
      ctx.protect({ stopLoss: 95 });
    });
    expect(moved.map((one) => [one.kind, one.triggerTicks])).toEqual([
      ["amend", 9_600],
      ["amend", 9_500],
    ]);
  });

  test("an amend that is refused is asked for again", () => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderFilled, fill(entry, 1_000)) as [SentCommand];
    const id = { requestId: stop.requestId };
    hand.say(EVENT.orderAccepted, id);
    hand.decide((ctx) => ctx.protect({ stopLoss: 96 }));
    hand.say(EVENT.commandRejected, id);
    const again = hand.decide((ctx) => ctx.protect({ stopLoss: 96 }));
    expect(again.map((one) => one.triggerTicks)).toEqual([9_600]);
  });
});

test("a candle widens the range of a trade that was open before it closed", () => {
  const lows = [2 * MINUTE, 30_000].map((asOf) => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    hand.say(EVENT.orderFilled, fill(entry, 1_000, 10_100));
    const bar = { kind: EVENT.barClosed, time: 2 * MINUTE, asOf, index: 1 };
    hand.engine.process(Object.assign(new EngineEvent(), bar));
    return hand.engine.ledger.trades.open[0]?.low;
  });
  expect(lows).toEqual([100, 101]);
});

describe("protection", () => {
  test("a protective order that the venue refuses becomes a market exit, once", () => {
    const hand = new HandDrivenEngine({ stopLossPct: 5 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderFilled, fill(entry, 1_000)) as [SentCommand];
    const refused = { requestId: stop.requestId, reason: REJECT.triggerAlreadyPassed };
    const [exit, ...more] = hand.say(EVENT.orderRejected, refused) as [SentCommand];
    expect(more).toEqual([]);
    expect(exit).toMatchObject({
      type: ORDER_TYPE.market,
      side: SELL,
      qtyLots: 1_000,
      reduceOnly: true,
    });
    expect(hand.say(EVENT.orderRejected, refused)).toEqual([]);
  });

  test("a turn by one fill cancels the old side's orders before it places the new ones", () => {
    const hand = new HandDrivenEngine({ stopLossPct: 5, takeProfitPct: 5 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    const old = hand.say(EVENT.orderFilled, fill(entry, 1_000));
    const [turn] = hand.decide((ctx) => ctx.order({ side: "sell", qty: 3 })) as [SentCommand];
    const commands = hand.say(EVENT.orderFilled, fill(turn, 3_000));
    expect(commands.map((one) => [one.kind, one.kind === "place" ? one.side : 0])).toEqual([
      ["cancel", 0],
      ["cancel", 0],
      ["place", BUY],
      ["place", BUY],
    ]);
    expect(commands.slice(0, 2).map((one) => one.requestId)).toEqual(
      old.map((one) => one.requestId),
    );
    expect(commands[2]).toMatchObject({ qtyLots: 2_000, triggerTicks: 10_500 });
  });

  test("protective orders are as large as the position after every part of an entry", () => {
    const hand = new HandDrivenEngine({ stopLossPct: 5 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderPartiallyFilled, fill(entry, 300)) as [SentCommand];
    expect(stop.qtyLots).toBe(300);
    const [amend] = hand.say(EVENT.orderFilled, fill(entry, 700, 10_100)) as [SentCommand];
    // 100.70 on average.
    expect(amend).toMatchObject({ kind: "amend", qtyLots: 1_000, triggerTicks: 9_566 });
  });

  test("a size asked for and not yet acknowledged is not asked for again", () => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderPartiallyFilled, fill(entry, 300)) as [SentCommand];
    hand.say(EVENT.orderAccepted, { requestId: stop.requestId });
    const [amend] = hand.say(EVENT.orderFilled, fill(entry, 700)) as [SentCommand];
    expect(amend.qtyLots).toBe(1_000);
    expect(hand.decide((ctx) => ctx.protect({ stopLoss: 95 }))).toEqual([]);
  });

  test("of two entries the one that first filled last names the prices, not the one that fills again", () => {
    const hand = new HandDrivenEngine();
    const [first] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 95 })) as [SentCommand];
    hand.say(EVENT.orderPartiallyFilled, fill(first, 300));
    const [second] = hand.decide((ctx) => ctx.enterLong({ qty: 1, stopLoss: 97, add: true })) as [
      SentCommand,
    ];
    hand.say(EVENT.orderFilled, fill(second, 1_000));
    const [amend] = hand.say(EVENT.orderFilled, fill(first, 700)) as [SentCommand];
    expect(amend).toMatchObject({ kind: "amend", qtyLots: 2_000, triggerTicks: 9_700 });
  });

  test("the venue's liquidation ends it: nothing but the end of its stop is sent for a position that is gone", () => {
    const hand = new HandDrivenEngine({ stopLossPct: 5, maxBars: 2 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    hand.say(EVENT.orderFilled, fill(entry, 1_000));
    const gone = { side: SELL, qtyLots: 1_000, priceTicks: 9_000, referenceTicks: 9_000 } as const;
    // The stop was still on its way: it must not wait for the next position.
    expect(hand.say(EVENT.liquidated, gone)).toMatchObject([{ kind: "cancel" }]);
    expect(hand.lots).toBe(0);
    for (let bar = 0; bar < 4; bar++) expect(hand.decide()).toEqual([]);
  });
});

describe("a liquidation of a part", () => {
  test("keeps trade and protection, and what the rest does is told by the same trade", () => {
    const hand = new HandDrivenEngine({ stopLossPct: 5 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    const [stop] = hand.say(EVENT.orderFilled, fill(entry, 1_000)) as [SentCommand];
    const part = { side: SELL, priceTicks: 9_000, referenceTicks: 9_000, fee: 0.5 } as const;
    const first = { ...part, qtyLots: 600, executionId: 5 };
    expect(hand.say(EVENT.liquidated, first)).toEqual([]);
    hand.say(EVENT.liquidated, first);
    const { ledger } = hand.engine;
    expect([hand.lots, ledger.trades.closedCount, ledger.liquidations]).toEqual([400, 0, 1]);
    expect(ledger.trades.open[0]).toMatchObject({ isOpen: true, exitQty: 0.6, fees: 0.5 });
    expect(ledger.wallet).toBe(10_000 - 6 - 0.5);
    hand.say(EVENT.orderFilled, { ...fill(stop, 400), priceTicks: 9_500, referenceTicks: 9_500 });
    expect([hand.lots, ledger.trades.closedCount]).toEqual([0, 1]);
    // 0.6 at 90 and 0.4 at 95, and the stop made it flat.
    expect(ledger.trades.get(0, TRADE.exitNotional)).toBe(92);
    expect(ledger.trades.get(0, TRADE.purpose)).toBe(PURPOSE.stopLoss);
  });

  test("of the rest ends the trade as a liquidation", () => {
    const hand = new HandDrivenEngine();
    const [entry] = hand.decide((ctx) => ctx.enterShort({ qty: 1 })) as [SentCommand];
    hand.say(EVENT.orderFilled, fill(entry, 1_000));
    const part = { side: BUY, priceTicks: 11_000, referenceTicks: 11_000 } as const;
    hand.say(EVENT.liquidated, { ...part, qtyLots: 300, executionId: 5 });
    hand.say(EVENT.liquidated, { ...part, qtyLots: 700, executionId: 6 });
    const { trades, liqFees, liquidations } = hand.engine.ledger;
    expect(trades.get(0, TRADE.purpose)).toBe(PURPOSE.liquidation);
    expect(trades.get(0, TRADE.exitNotional)).toBe(110);
    expect([liqFees, liquidations]).toEqual([0, 2]);
  });
});

describe("faults", () => {
  test("a strategy that throws leaves what it has decided on to the next process", () => {
    const hand = new HandDrivenEngine();
    hand.decide();
    hand.decide(() => {
      throw new Error("no plan");
    });
    expect(hand.engine.failures).toHaveLength(1);
    expect(hand.engine.state().strategies).toEqual([{ strategy: 1, decided: [MINUTE] }]);
  });

  test("a strategy that throws is stopped, and what protects its position goes on", () => {
    const hand = new HandDrivenEngine({ trailing: { pct: 5 }, maxBars: 3 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    hand.say(EVENT.orderFilled, fill(entry, 1_000));
    const cause = new Error("of the strategy");
    hand.decide(() => {
      throw cause;
    });
    expect(hand.engine.failures).toMatchObject([{ strategy: 1, error: cause }]);
    let isAsked = false;
    const exits = [0, 1].flatMap(() =>
      hand.decide(() => {
        isAsked = true;
      }),
    );
    expect(isAsked).toBe(false);
    expect(exits).toMatchObject([{ kind: "place", type: ORDER_TYPE.market, side: SELL }]);
  });

  test("a fault of the engine itself is not the strategy's: it stops the run", () => {
    const hand = new HandDrivenEngine();
    const broken = (): void => {
      throw new AssertionFailed("Something of ours does not hold");
    };
    expect(() => hand.decide(broken)).toThrow(AssertionFailed);
    expect(hand.engine.failures).toEqual([]);
  });

  test("a bar closes once, in order", () => {
    const hand = new HandDrivenEngine();
    hand.decide();
    expect(() => hand.say(EVENT.barClosed, { index: 0 })).toThrow(/closes once/);
  });
});

test("request ids and intent keys depend on what was decided, not on how often the test ran", () => {
  const play = (): readonly unknown[] => {
    const hand = new HandDrivenEngine({ stopLossPct: 5 });
    const [entry] = hand.decide((ctx) => ctx.enterLong({ qty: 1 })) as [SentCommand];
    hand.say(EVENT.orderFilled, fill(entry, 1_000));
    hand.decide((ctx) => ctx.exit());
    hand.engine.records.flush();
    return hand.records.rows;
  };
  expect(play()).toEqual(play());
});
