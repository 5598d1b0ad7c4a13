import { expect, test } from "vitest";
import { COMMAND } from "#engine/model/command.ts";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, type OrderSide, rejectName, SELL } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { Order } from "#engine/orders/order-store.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { RiskRig, type Wish } from "./testing/risk-rig.ts";

/** What risk says to a new order: "sent", or the reason against it. */
function ask(rig: RiskRig, side: OrderSide, lots: number, wish: Wish = {}, slot = 0): string {
  const before = rig.orders.counts.totals().rejected;
  const { status } = rig.place(slot, side, lots, wish);
  const after = rig.orders.counts.totals().rejected;
  const [reason] = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(reason === undefined).toBe(status === STATUS.sent);
  return reason ?? "sent";
}

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

test("I26: a close is for what no other close takes, whatever became of that", () => {
  const rig = new RiskRig({});
  rig.execute(0, BUY, 10);
  const close = { reduceOnly: true };
  const first = rig.place(0, SELL, 4, close);
  const second = rig.place(0, SELL, 10, close);
  expect([second.status, second.qtyLots, second.wantedLots]).toEqual([STATUS.sent, 6, 6]);
  expect(ask(rig, SELL, 1, close)).toBe("alreadyClosing");
  // What waits for a price closes nothing yet.
  expect(ask(rig, SELL, 10, { ...close, type: LIMIT, price: 120 })).toBe("sent");
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

const DAY = 86_400_000;

test("a daily loss halts till somebody resumes, and then counts anew", () => {
  const rig = new RiskRig({ maxDailyLossPct: 5, maxDailyLossQuote: 6_000 }, ["BTC"]);
  rig.risk.onTime(0);
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 51);
  rig.risk.onTime(1);
  expect(rig.risk.latches.halt).toBeNull();
  rig.setPrice(0, 50);
  rig.now = 2;
  expect(ask(rig, BUY, 1)).toBe("riskDailyLoss");
  expect(rig.risk.latches.halt).toEqual({ reason: "dailyLoss", since: 2, clearsAt: null });
  rig.now = DAY * 3;
  rig.risk.onTime(rig.now);
  expect(ask(rig, BUY, 1)).toBe("riskDailyLoss");
  rig.risk.resume();
  expect(ask(rig, BUY, 1)).toBe("sent");
  rig.setPrice(0, 1);
  expect(ask(rig, BUY, 1)).toBe("riskDailyLoss");
});

test("the day goes on after a restart as it began", () => {
  const rig = new RiskRig({ maxDailyLossQuote: 1_000 });
  rig.risk.onTime(0);
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 94);
  rig.risk.onTime(1);
  rig.restart();
  rig.setPrice(0, 90);
  rig.risk.onTime(2);
  expect(rig.risk.latches.halt?.reason).toBe("dailyLoss");
});

test("who resumes after a daily loss does not forgive the drawdown", () => {
  const rig = new RiskRig({ maxDailyLossQuote: 1_000, maxDrawdownPct: 2 });
  rig.risk.onTime(0);
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 90);
  rig.risk.onTime(1);
  rig.risk.resume();
  rig.setPrice(0, 81);
  rig.risk.onTime(DAY);
  expect(rig.risk.latches.halt).toBeNull();
  rig.setPrice(0, 80);
  rig.risk.onTime(DAY + 1);
  expect(rig.risk.latches.halt?.reason).toBe("drawdown");
});

test("a resumed loss is forgiven once: less than the limit from there goes on, more halts again", () => {
  const rig = new RiskRig({ maxDailyLossQuote: 1_000 });
  rig.risk.onTime(0);
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 90);
  rig.risk.onTime(1);
  rig.risk.resume();
  rig.setPrice(0, 81);
  rig.risk.onTime(2);
  expect(rig.risk.latches.halt).toBeNull();
  rig.setPrice(0, 80);
  rig.risk.onTime(3);
  expect(rig.risk.latches.halt?.reason).toBe("dailyLoss");
});

test("a daily loss may end with the UTC day, but not a halt by hand that came after it", () => {
  const limits: RiskLimits = { maxDailyLossPct: 1, onDailyLoss: "haltUntilNextDay" };
  const rig = new RiskRig(limits);
  rig.risk.onTime(DAY + 5);
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 80);
  rig.risk.onTime(DAY + 6);
  expect(rig.risk.latches.halt?.clearsAt).toBe(2 * DAY);
  rig.restart();
  rig.now = 2 * DAY - 1;
  expect(ask(rig, BUY, 1)).toBe("riskDailyLoss");
  rig.now = 2 * DAY;
  expect(ask(rig, BUY, 1)).toBe("sent");
  rig.setPrice(0, 60);
  rig.risk.onTime(2 * DAY + 1);
  rig.risk.halt("by hand", 2 * DAY + 2);
  rig.now = 4 * DAY;
  expect(ask(rig, BUY, 1)).toBe("riskHalted");
});

test("the day begins with the last equity before it when nothing is seen at midnight", () => {
  const rig = new RiskRig({ maxDailyLossQuote: 500 });
  rig.execute(0, BUY, 100);
  rig.risk.onTime(DAY - 60_000);
  rig.setPrice(0, 95);
  rig.risk.onTime(DAY + 60_000);
  expect(rig.risk.latches.halt?.reason).toBe("dailyLoss");
});

test("what is lost up to midnight is the loss of the day that ends there", () => {
  const lost = (limits: RiskLimits): RiskRig => {
    const rig = new RiskRig({ maxDailyLossQuote: 1_000, ...limits });
    rig.execute(0, BUY, 100);
    rig.risk.onTime(DAY);
    rig.setPrice(0, 90);
    rig.risk.onTime(2 * DAY);
    return rig;
  };
  expect(lost({}).risk.latches.halt).toEqual({
    reason: "dailyLoss",
    since: 2 * DAY,
    clearsAt: null,
  });
  // Its day is over: the next one begins with what is left.
  const next = lost({ onDailyLoss: "haltUntilNextDay" });
  expect(next.risk.latches.halt).toBeNull();
  next.setPrice(0, 81);
  next.risk.onTime(2 * DAY + 1);
  expect(next.risk.latches.halt).toBeNull();
  next.setPrice(0, 80);
  next.risk.onTime(2 * DAY + 2);
  expect(next.risk.latches.halt?.clearsAt).toBe(3 * DAY);
});

test("a decision on bars that became complete late begins no day of its own", () => {
  const rig = new RiskRig({ maxDailyLossQuote: 1_000 });
  rig.execute(0, BUY, 100);
  rig.risk.onTime(2 * DAY + 1);
  rig.setPrice(0, 95);
  rig.risk.onTime(2 * DAY - 1);
  rig.setPrice(0, 90);
  rig.risk.onTime(2 * DAY + 2);
  expect(rig.risk.latches.halt?.reason).toBe("dailyLoss");
});

test("a drawdown counts from the highest equity, over days and restarts; money moved is no loss", () => {
  const rig = new RiskRig({ maxDrawdownPct: 10 });
  rig.execute(0, BUY, 100);
  rig.setPrice(0, 200);
  rig.risk.onTime(DAY);
  rig.restart();
  rig.risk.onTransfer(-50_000);
  rig.ledger.wallet -= 50_000;
  rig.risk.onTime(2 * DAY);
  expect(rig.risk.latches.halt).toBeNull();
  rig.setPrice(0, 140);
  rig.risk.onTime(3 * DAY);
  expect(rig.risk.latches.halt?.reason).toBe("drawdown");
  expect(ask(rig, BUY, 1)).toBe("riskDrawdown");
});

test("I61: a halt ends what would open, keeps what protects, and refuses changes that grow or move", () => {
  const rig = new RiskRig({}, ["BTC", "ETH"]);
  rig.execute(0, BUY, 10);
  const stop = rig.place(0, SELL, 10, {
    type: ORDER_TYPE.stopMarket,
    trigger: 90,
    reduceOnly: true,
  });
  const rests = rig.place(0, BUY, 5, { type: LIMIT, price: 95 });
  const flying = rig.place(1, SELL, 5, { type: LIMIT, price: 105 });
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
    rig.place(0, BUY, lots, { type: LIMIT, price: 95 }),
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
  const order = rig.place(0, BUY, 5, { type: LIMIT, price: 95 });
  rig.commands();
  rig.risk.halt("by hand", 0);
  rig.say(EVENT.orderAccepted, order);
  rig.risk.onTime(1);
  expect(rig.commands()).toEqual([]);
});

test("latches of one symbol leave the others alone", () => {
  const rig = new RiskRig({}, ["BTC", "BTC", "ETH"]);
  const other = rig.place(2, BUY, 1, { type: LIMIT, price: 95 });
  const own = rig.place(1, SELL, 1, { type: LIMIT, price: 105 });
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

test("every reason of risk's has a name of its own", () => {
  for (let code = 17; code <= 29; code++) expect(rejectName(code)).toMatch(/^risk[A-Z]/);
});
