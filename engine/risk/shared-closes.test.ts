import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { ask } from "./testing/ask-risk.ts";
import { RiskRig } from "./testing/risk-rig.ts";

test("I26: a close is for what no other close takes, whatever became of that", () => {
  const rig = new RiskRig({});
  rig.execute(0, BUY, 10);
  const close = { reduceOnly: true };
  const first = rig.place(0, SELL, 4, close);
  const second = rig.place(0, SELL, 10, close);
  expect([second.status, second.qtyLots, second.wantedLots]).toEqual([STATUS.sent, 6, 6]);
  expect(ask(rig, SELL, 1, close)).toBe("alreadyClosing");
  // What waits for a price closes nothing yet.
  expect(ask(rig, SELL, 10, { ...close, type: ORDER_TYPE.limit, price: 120 })).toBe("sent");
  expect(ask(rig, SELL, 10, { ...close, type: ORDER_TYPE.stopMarket, trigger: 90 })).toBe("sent");
  for (const order of [first, second]) rig.say(EVENT.orderAccepted, order);
  expect([rig.amend(second, 7), rig.amend(second, 5)]).toEqual([false, true]);
  // Until the change is known it counts with the larger size.
  expect(ask(rig, SELL, 1, close)).toBe("alreadyClosing");
  rig.orders.cancel(first);
  rig.say(EVENT.unknownOutcome, first);
  expect(ask(rig, SELL, 1, close)).toBe("alreadyClosing");
  rig.say(EVENT.orderCancelled, first);
  expect(ask(rig, SELL, 4, close)).toBe("sent");
});

test("I26: a close that is alone is sent as it was asked for, and again for what is held by then", () => {
  const rig = new RiskRig({});
  rig.execute(0, BUY, 10);
  const order = rig.place(0, SELL, 12, { reduceOnly: true });
  expect(order.qtyLots).toBe(12);
  rig.say(EVENT.unknownOutcome, order);
  rig.execute(0, SELL, 3);
  rig.orders.resend(order);
  expect([order.status, order.qtyLots]).toEqual([STATUS.sent, 7]);
});

test("a close that goes against nothing known is the venue's to refuse", () => {
  const rig = new RiskRig({});
  for (let n = 0; n < 2; n++) expect(ask(rig, SELL, 3, { reduceOnly: true })).toBe("sent");
  rig.execute(0, SELL, 2);
  expect(ask(rig, SELL, 3, { reduceOnly: true })).toBe("sent");
});
