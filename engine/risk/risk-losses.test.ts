import { expect, test } from "vitest";
import { BUY } from "#engine/model/order-terms.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { ask } from "./testing/ask-risk.ts";
import { RiskRig } from "./testing/risk-rig.ts";

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
