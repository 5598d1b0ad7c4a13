import { expect, test } from "vitest";
import { COMMAND } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import { ask } from "./testing/ask-risk.ts";
import { RiskRig } from "./testing/risk-rig.ts";

test("I61: a halt ends what would open, keeps what protects, and refuses changes that grow or move", () => {
  const rig = new RiskRig({}, ["BTC", "ETH"]);
  rig.execute(0, BUY, 10);
  const stop = rig.place(0, SELL, 10, {
    type: ORDER_TYPE.stopMarket,
    trigger: 90,
    reduceOnly: true,
  });
  const rests = rig.place(0, BUY, 5, { type: ORDER_TYPE.limit, price: 95 });
  const flying = rig.place(1, SELL, 5, { type: ORDER_TYPE.limit, price: 105 });
  for (const order of [stop, rests]) rig.say(EVENT.orderAccepted, order);
  rig.commands();
  rig.risk.halt("by hand", rig.now);
  expect(rig.commands()).toEqual([
    [COMMAND.cancel, rests.requestId],
    [COMMAND.cancel, flying.requestId],
  ]);
  expect(rig.amend(rests, 6)).toBe(false);
  expect(rig.amend(rests, Number.NaN, 94)).toBe(false);
  expect(rig.amend(rests, 4)).toBe(true);
  expect(rig.amend(stop, 20)).toBe(true);
  rig.commands();
  // The cancel was faster than the order: it is asked for again when the order arrives.
  rig.risk.onTime(1);
  expect(rig.commands()).toEqual([]);
  rig.say(EVENT.orderAccepted, flying);
  expect(rig.commands()).toEqual([[COMMAND.cancel, flying.requestId]]);
  // A cancel that the venue refuses is asked for again at the next decision.
  rig.say(EVENT.commandRejected, flying);
  rig.risk.onTime(2);
  expect(rig.commands()).toEqual([[COMMAND.cancel, flying.requestId]]);
});

test("I61: under a halt smaller is smaller than what is there and than what was asked last", () => {
  const rig = new RiskRig({ haltCancelsEntries: false });
  const [shrunk, grown] = [5, 5].map((lots) =>
    rig.place(0, BUY, lots, { type: ORDER_TYPE.limit, price: 95 }),
  ) as [Order, Order];
  for (const order of [shrunk, grown]) rig.say(EVENT.orderAccepted, order);
  expect(rig.amend(grown, 10)).toBe(true);
  rig.risk.halt("by hand", 0);
  expect(rig.amend(shrunk, 3)).toBe(true);
  expect(rig.amend(shrunk, 4)).toBe(false);
  // The venue may have refused the ten: seven would be more than the five that rest.
  expect(rig.amend(grown, 7)).toBe(false);
  expect(rig.amend(grown, 4)).toBe(true);
});

test("a halt leaves entries where they are when told so", () => {
  const rig = new RiskRig({ haltCancelsEntries: false });
  const order = rig.place(0, BUY, 5, { type: ORDER_TYPE.limit, price: 95 });
  rig.commands();
  rig.risk.halt("by hand", 0);
  rig.say(EVENT.orderAccepted, order);
  rig.risk.onTime(1);
  expect(rig.commands()).toEqual([]);
});

test("latches of one symbol leave the others alone", () => {
  const rig = new RiskRig({}, ["BTC", "BTC", "ETH"]);
  const other = rig.place(2, BUY, 1, { type: ORDER_TYPE.limit, price: 95 });
  const own = rig.place(1, SELL, 1, { type: ORDER_TYPE.limit, price: 105 });
  rig.commands();
  rig.risk.latches.quarantine("BTC", "orphan", 1);
  expect(rig.commands()).toEqual([]);
  expect([ask(rig, BUY, 1), ask(rig, SELL, 1, {}, 1), ask(rig, BUY, 1, {}, 2)]).toEqual([
    "riskQuarantined",
    "riskQuarantined",
    "sent",
  ]);
  rig.commands();
  rig.risk.haltSymbol("BTC", "flip", 2);
  expect(rig.commands()).toEqual([[COMMAND.cancel, own.requestId]]);
  expect(other.status).toBe(STATUS.sent);
  expect(ask(rig, BUY, 1)).toBe("riskHalted");
  rig.risk.resume();
  expect(ask(rig, BUY, 1)).toBe("riskQuarantined");
  rig.risk.latches.clearQuarantine("BTC");
  expect(ask(rig, BUY, 1)).toBe("sent");
});

test("I24: a closed gate passes what closes and nothing that opens, till it is opened", () => {
  const rig = new RiskRig({});
  rig.risk.latches.closeGate("connection lost", 1);
  expect(ask(rig, BUY, 1)).toBe("riskGateClosed");
  expect(ask(rig, SELL, 1, { reduceOnly: true })).toBe("sent");
  rig.risk.latches.openGate();
  expect(ask(rig, BUY, 1)).toBe("sent");
});

test("latches read the same after a restart, also of symbols that are not traded", () => {
  const rig = new RiskRig({}, ["BTC"]);
  const { latches } = rig.risk;
  latches.quarantine("SOL", "orphan", 3);
  latches.haltSymbol("BTC", "flip", 2);
  latches.closeGate("gap", 4);
  const before = latches.state();
  const { revision } = latches;
  rig.restart();
  expect(latches.state()).toEqual(before);
  expect(latches.revision).toBeGreaterThan(revision);
  expect(latches.state()).toEqual({
    halt: null,
    gate: { reason: "gap", since: 4, clearsAt: null },
    haltedSymbols: [{ symbol: "BTC", reason: "flip", since: 2, clearsAt: null }],
    quarantined: [{ symbol: "SOL", reason: "orphan", since: 3, clearsAt: null }],
  });
});
