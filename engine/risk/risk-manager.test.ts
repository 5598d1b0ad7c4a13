import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, type OrderSide, rejectName, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { ask } from "./testing/ask-risk.ts";
import { RiskRig, type Wish } from "./testing/risk-rig.ts";

interface Row {
  readonly name: string;
  readonly limits: RiskLimits;
  /** Positions that are there already, by slot. */
  readonly held?: readonly number[];
  readonly symbols?: readonly string[];
  readonly asks: readonly (readonly [
    slot: number,
    side: OrderSide,
    lots: number,
    wish: Wish,
    verdict: string,
  ])[];
}

const LIMIT = ORDER_TYPE.limit;
const ROWS: readonly Row[] = [
  {
    name: "a symbol's value up to the limit itself",
    limits: { maxNotionalPerSymbol: 1_000 },
    asks: [
      [0, BUY, 11, {}, "riskSymbolNotional"],
      [0, BUY, 10, {}, "sent"],
      [0, BUY, 1, {}, "riskSymbolNotional"],
    ],
  },
  {
    name: "a buy limit counts at its price, a sell limit at the last price at least",
    limits: { maxNotionalPerSymbol: 1_000 },
    asks: [
      [0, BUY, 20, { type: LIMIT, price: 50 }, "sent"],
      [0, SELL, 11, { type: LIMIT, price: 50 }, "riskSymbolNotional"],
      [0, SELL, 10, { type: LIMIT, price: 101 }, "riskSymbolNotional"],
      [0, SELL, 5, { type: LIMIT, price: 200 }, "sent"],
    ],
  },
  {
    name: "a stop entry counts at its trigger",
    limits: { maxNotionalPerSymbol: 1_000 },
    asks: [
      [0, BUY, 10, { type: ORDER_TYPE.stopMarket, trigger: 101 }, "riskSymbolNotional"],
      [0, BUY, 9, { type: ORDER_TYPE.stopMarket, trigger: 111 }, "sent"],
    ],
  },
  {
    name: "buys and sells do not add up, the larger side counts",
    limits: { maxNotionalPerSymbol: 1_000 },
    asks: [
      [0, BUY, 10, {}, "sent"],
      [0, SELL, 10, {}, "sent"],
      [0, SELL, 1, {}, "riskSymbolNotional"],
    ],
  },
  {
    name: "one order that turns around counts whole: something else may close the position first",
    limits: { maxNotionalPerSymbol: 1_000 },
    held: [10],
    asks: [
      [0, SELL, 20, {}, "riskSymbolNotional"],
      [0, SELL, 10, { reduceOnly: true }, "sent"],
      [0, SELL, 10, {}, "sent"],
    ],
  },
  {
    name: "the two sides of a hedged symbol add up",
    limits: { maxNotionalPerSymbol: 1_000 },
    symbols: ["BTC", "BTC", "ETH"],
    held: [6, 0, 0],
    asks: [
      [1, SELL, 5, {}, "riskSymbolNotional"],
      [1, SELL, 4, {}, "sent"],
      [2, BUY, 10, {}, "sent"],
    ],
  },
  {
    name: "the value of all symbols",
    limits: { maxTotalNotional: 1_500 },
    symbols: ["BTC", "ETH"],
    held: [10, 0],
    asks: [
      [1, BUY, 6, {}, "riskTotalNotional"],
      [1, SELL, 5, {}, "sent"],
      [0, SELL, 10, {}, "sent"],
      [0, BUY, 1, {}, "riskTotalNotional"],
    ],
  },
  {
    name: "leverage is the value of all symbols over the equity",
    limits: { maxLeverage: 2 },
    symbols: ["BTC", "ETH"],
    held: [1_000, 0],
    asks: [
      [1, BUY, 1_001, {}, "riskLeverage"],
      [1, BUY, 1_000, {}, "sent"],
    ],
  },
  {
    name: "a symbol with an order on its way is taken",
    limits: { maxOpenPositions: 2 },
    symbols: ["BTC", "ETH", "SOL"],
    held: [1, 0, 0],
    asks: [
      [1, BUY, 1, {}, "sent"],
      [2, BUY, 1, {}, "riskOpenPositions"],
      [0, BUY, 1, {}, "sent"],
      [1, SELL, 1, {}, "sent"],
    ],
  },
  {
    name: "an order's prices against last and mark",
    limits: { maxPriceDeviationPct: 5 },
    held: [10],
    asks: [
      [0, BUY, 1, { type: LIMIT, price: 106 }, "riskPriceDeviation"],
      [0, BUY, 1, { type: LIMIT, price: 94 }, "riskPriceDeviation"],
      [0, BUY, 1, { type: LIMIT, price: 95 }, "sent"],
      [0, BUY, 1, { type: ORDER_TYPE.stopMarket, trigger: 106 }, "riskPriceDeviation"],
      [0, SELL, 1, { type: LIMIT, price: 300, reduceOnly: true }, "sent"],
    ],
  },
];

test.each(ROWS)("I58: $name", ({ limits, symbols = ["BTC"], held = [], asks }) => {
  const rig = new RiskRig(limits, symbols);
  held.forEach((lots, slot) => {
    if (lots !== 0) rig.execute(slot, lots > 0 ? BUY : SELL, Math.abs(lots));
  });
  for (const [slot, side, lots, wish, expected] of asks) {
    expect([slot, side, lots, ask(rig, side, lots, wish, slot)]).toEqual([
      slot,
      side,
      lots,
      expected,
    ]);
  }
});

test("I58: an unknown order counts as filled until the venue says otherwise, and its symbol takes no new risk", () => {
  const rig = new RiskRig({ maxTotalNotional: 1_000 }, ["BTC", "BTC", "ETH"]);
  const lost = rig.place(0, BUY, 6);
  rig.say(EVENT.unknownOutcome, lost);
  expect(ask(rig, SELL, 1, {}, 1)).toBe("riskUnknownOrder");
  expect(ask(rig, BUY, 5, {}, 2)).toBe("riskTotalNotional");
  expect(ask(rig, SELL, 6, { reduceOnly: true })).toBe("sent");
  rig.say(EVENT.orderRejected, lost, { reason: 5 });
  expect(ask(rig, BUY, 5, {}, 2)).toBe("sent");
  expect(ask(rig, SELL, 1, {}, 1)).toBe("sent");
});

test("an unknown order blocks its symbol also where nothing is limited", () => {
  const rig = new RiskRig({});
  const lost = rig.place(0, BUY, 6);
  rig.say(EVENT.unknownOutcome, lost);
  expect(ask(rig, BUY, 1)).toBe("riskUnknownOrder");
  rig.restart();
  expect(ask(rig, BUY, 1)).toBe("riskUnknownOrder");
  rig.say(EVENT.orderAccepted, lost);
  expect(ask(rig, BUY, 1)).toBe("sent");
});

test("I58: a change in flight counts with the larger of before and after", () => {
  const rig = new RiskRig({ maxNotionalPerSymbol: 1_000 });
  const order = rig.place(0, BUY, 10, { type: LIMIT, price: 50 });
  rig.say(EVENT.orderAccepted, order);
  expect(rig.risk.worstNotional()).toBe(500);
  expect(rig.amend(order, 10, 101)).toBe(false);
  expect(order.wantedPriceTicks).toBe(50);
  expect(rig.amend(order, 10, 80)).toBe(true);
  expect(rig.risk.worstNotional()).toBe(800);
  // Asked back before the answer: it may still become the larger one.
  expect(rig.amend(order, 5, 50)).toBe(true);
  expect(rig.risk.worstNotional()).toBe(800);
  rig.say(EVENT.orderAmended, order, { qtyLots: 10, priceTicks: 80 });
  expect(rig.risk.worstNotional()).toBe(800);
  rig.say(EVENT.orderAmended, order, { qtyLots: 5, priceTicks: 50 });
  expect(rig.risk.worstNotional()).toBe(250);
});

test("I58: a refused change counts as before, unless the refusal may be of a cancel", () => {
  const rig = new RiskRig({ maxNotionalPerSymbol: 1_000 });
  const order = rig.place(0, BUY, 5);
  rig.say(EVENT.orderAccepted, order);
  expect(rig.amend(order, 10)).toBe(true);
  rig.say(EVENT.commandRejected, order, { reason: 5 });
  expect(rig.risk.worstNotional()).toBe(500);
  expect(rig.amend(order, 10)).toBe(true);
  rig.orders.cancel(order);
  rig.say(EVENT.commandRejected, order, { reason: 5 });
  expect(rig.risk.worstNotional()).toBe(1_000);
  rig.say(EVENT.orderCancelled, order);
  expect(rig.risk.worstNotional()).toBe(0);
});

test("what only reduces passes every limit and latch, and is sent so that it can do nothing else", () => {
  const limits: RiskLimits = {
    maxNotionalPerSymbol: 100,
    maxLeverage: 0.001,
    maxOpenPositions: 1,
    maxOrdersPerMinute: 1,
    maxDailyLossPct: 1,
    maxPriceDeviationPct: 1,
    maxPriceAgeSeconds: 1,
  };
  const rig = new RiskRig(limits);
  rig.execute(0, BUY, 50);
  rig.risk.halt("test", 0);
  rig.risk.latches.closeGate("test", 0);
  rig.risk.lastPrices[0] = Number.NaN;
  rig.now = 3_600_000;
  for (let n = 0; n < 5; n++) expect(ask(rig, SELL, 6, { reduceOnly: true })).toBe("sent");
  expect(ask(rig, SELL, 50, { type: LIMIT, price: 9_999, reduceOnly: true })).toBe("sent");
  rig.risk.lastPrices[0] = 100;
  expect(ask(rig, SELL, 21)).toBe("riskHalted");
  const plain = rig.place(0, SELL, 20);
  expect([plain.status, plain.reduceOnly]).toEqual([STATUS.sent, true]);
  expect(ask(rig, SELL, 1)).toBe("riskHalted");
  expect(ask(rig, BUY, 1)).toBe("riskHalted");
});

test("orders per minute count all places, and keep a fifth for closes", () => {
  const rig = new RiskRig({ maxOrdersPerMinute: 10 });
  rig.execute(0, BUY, 1);
  for (let n = 0; n < 8; n++) {
    rig.now = n * 1_000;
    expect(ask(rig, BUY, 1)).toBe("sent");
  }
  rig.now = 59_999;
  expect(ask(rig, BUY, 1)).toBe("riskOrderRate");
  const stop = { type: ORDER_TYPE.stopMarket, trigger: 90, reduceOnly: true };
  for (let n = 0; n < 20; n++) expect(ask(rig, SELL, 1, stop)).toBe("sent");
  rig.restart();
  rig.now = 60_000;
  expect(ask(rig, BUY, 1)).toBe("riskOrderRate");
  rig.now = 119_999;
  expect(ask(rig, BUY, 1)).toBe("sent");
});

test("I53: a price that is too old, or of unknown age, takes no new risk", () => {
  const rig = new RiskRig({ maxPriceAgeSeconds: 60 });
  rig.now = 60_000;
  expect(ask(rig, BUY, 1)).toBe("sent");
  rig.now = 60_001;
  expect(ask(rig, BUY, 1)).toBe("riskStalePrice");
  expect(ask(rig, SELL, 1, { reduceOnly: true })).toBe("sent");
  rig.risk.priceAsOf[0] = Number.NaN;
  expect(ask(rig, BUY, 1)).toBe("riskStalePrice");
});

test("every reason of risk's has a name of its own", () => {
  for (let code = 17; code <= 29; code++) expect(rejectName(code)).toMatch(/^risk[A-Z]/);
});

test("I58: what outlived a process counts at the first price that is seen, as it did before", () => {
  const rig = new RiskRig({ maxNotionalPerSymbol: 1_000 });
  rig.place(0, SELL, 9, { type: ORDER_TYPE.stopMarket, trigger: 90 });
  const before = rig.risk.worstNotional();
  rig.setPrice(0, Number.NaN);
  rig.risk.priceAsOf[0] = Number.NaN;
  rig.restart();
  expect(rig.risk.worstNotional()).toBeLessThan(before);
  rig.risk.seePrice(0, 100, rig.now);
  expect(rig.risk.worstNotional()).toBe(before);
});

test("I58: a limit that was lowered holds on the smaller side as well", () => {
  const rig = new RiskRig({ maxNotionalPerSymbol: 1_000 });
  rig.place(0, BUY, 9, { type: ORDER_TYPE.limit, price: 99 });
  Object.assign(rig.risk.limits, { maxNotionalPerSymbol: 500 });
  expect(ask(rig, SELL, 6, { type: ORDER_TYPE.limit, price: 101 })).toBe("riskSymbolNotional");
  expect(ask(rig, SELL, 4, { type: ORDER_TYPE.limit, price: 101 })).toBe("sent");
});
