import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import type { VenuePosition, VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { HandDrivenEngine, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

/** An account with nothing in it. */
const EMPTY: VenueSnapshot = {
  beganAt: 0,
  asOf: 0,
  positions: [],
  orders: [],
  executions: [],
  executionsFrom: 0,
  wallet: 0,
  settings: [],
};

const shortOf = ({ kind, requestId, qtyLots, reduceOnly }: SentCommand): readonly unknown[] =>
  kind === "cancel" ? [kind, requestId] : [kind, qtyLots, reduceOnly];

/** Long 10 lots with a stop and a target that rest, and an entry that rests. */
function held(): { readonly hand: HandDrivenEngine; readonly ids: readonly number[] } {
  const hand = new HandDrivenEngine();
  const [entry] = hand.decide((ctx) =>
    ctx.enterLong({ qty: 0.01, stopLoss: 50, takeProfit: 150 }),
  ) as [SentCommand];
  const { requestId } = entry;
  hand.say(EVENT.orderAccepted, { requestId });
  const fill = { requestId, qtyLots: 10, priceTicks: 10_000, referenceTicks: 10_000 };
  const protection = hand.say(EVENT.orderFilled, { ...fill, executionId: 1 });
  const resting = hand.decide((ctx) =>
    ctx.order({ side: "buy", type: "limit", price: 90, qty: 0.01 }),
  );
  const ids = [...protection, ...resting].map((command) => command.requestId);
  for (const id of ids) hand.say(EVENT.orderAccepted, { requestId: id });
  return { hand, ids };
}

test("I26: the kill switch halts, cancels protection and entries, and closes reduce-only, all at once", () => {
  const { hand, ids } = held();
  const { engine } = hand;
  engine.flatten("test");
  expect(engine.risk.latches.halt?.reason).toBe("flatten: test");
  const commands = hand.decide();
  expect(commands.map(shortOf)).toEqual([
    // The entry first, by the halt; then what protects.
    ["cancel", ids[2]],
    ["cancel", ids[0]],
    ["cancel", ids[1]],
    ["place", 10, true],
  ]);
});

test("I26: an exit that is on its way is left to close its part, and waited for", () => {
  const { hand } = held();
  const [exit] = hand.decide((ctx) => ctx.exit({ qty: 0.004 })) as [SentCommand];
  const { flattening } = hand.engine;
  hand.engine.flatten("test");
  const commands = hand.decide();
  expect(commands.filter(({ requestId }) => requestId === exit.requestId)).toEqual([]);
  expect(commands.filter(({ kind }) => kind === "place").map(shortOf)).toEqual([
    ["place", 6, true],
  ]);
  const [campaign] = flattening.state().campaigns;
  expect(campaign?.requestIds).toContain(exit.requestId);
  // Nothing is left for a second switch, nor for an exit of the strategy.
  expect(hand.decide((ctx) => ctx.exit())).toEqual([]);
});

test("an empty cut proves nothing while an order of ours has no end", () => {
  const { hand, ids } = held();
  const { flattening } = hand.engine;
  hand.engine.flatten("test");
  const close = hand.decide().find(({ kind }) => kind === "place") as SentCommand;
  const { requestId } = close;
  const cut = (beganAt: number): string => {
    flattening.onSnapshot({ ...EMPTY, beganAt }, beganAt + 1);
    return flattening.status.phase;
  };
  expect(cut(500_000)).toBe("closing");
  expect(flattening.status.left).toEqual(["4 orders of ours are not proven ended"]);
  for (const id of ids) hand.say(EVENT.orderCancelled, { requestId: id });
  hand.say(EVENT.orderFilled, {
    requestId,
    side: -1,
    qtyLots: 10,
    priceTicks: 10_000,
    referenceTicks: 10_000,
    executionId: 2,
  });
  expect(hand.lots).toBe(0);
  expect(cut(600_000)).toBe("verifying");
  // The same cut told twice is one cut.
  expect(cut(600_000)).toBe("verifying");
  expect(cut(600_001)).toBe("done");
});

test("a position that the books do not know is closed reduce-only all the same", () => {
  const hand = new HandDrivenEngine();
  hand.decide();
  hand.engine.flatten("test");
  const position: VenuePosition = {
    index: 0,
    symbol: "BTCUSDT",
    slot: "net",
    qtyLots: -7,
    qty: -0.007,
    entryPrice: 100,
    markPrice: 100,
    openedAt: Number.NaN,
    hasTrailingStop: false,
  };
  const { flattening } = hand.engine;
  flattening.onSnapshot({ ...EMPTY, beganAt: 70_000, positions: [position] }, 70_001);
  const [close] = hand.decide() as [SentCommand];
  expect([close.kind, close.side, close.qtyLots, close.reduceOnly]).toEqual(["place", 1, 7, true]);
});

test("what appears meanwhile is cancelled without waiting for a cut", () => {
  const { hand } = held();
  hand.engine.flatten("test");
  hand.decide();
  // A reduce-only order is not refused under a halt; under the kill switch nobody wants it.
  const [late] = hand.decide((ctx) =>
    ctx.order({ side: "sell", type: "limit", price: 120, qty: 0.01, reduceOnly: true }),
  ) as [SentCommand];
  expect(hand.decide().map(shortOf)).toEqual([["cancel", late.requestId]]);
  expect(hand.decide()).toEqual([]);
  expect(hand.say(EVENT.orderAccepted, { requestId: late.requestId })).toEqual([]);
  expect(hand.decide().map(shortOf)).toEqual([["cancel", late.requestId]]);
});

test("I61: who resumes while the kill switch works lets nothing in", () => {
  const { hand } = held();
  const { engine } = hand;
  engine.flatten("test");
  hand.decide();
  engine.risk.resume();
  expect(hand.decide((ctx) => ctx.order({ side: "buy", qty: 0.02 }))).toEqual([]);
  expect(engine.risk.latches.halt?.reason).toBe("flatten: test");
});
