import { expect, test } from "vitest";
import { must } from "#engine/assert.ts";
import { EVENT } from "#engine/model/event.ts";
import { PURPOSE, REJECT } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { auditRecords } from "#engine/testing/audit-records.ts";
import {
  HandDrivenEngine,
  instrument,
  MINUTE,
  type SentCommand,
} from "#engine/testing/hand-driven-engine.ts";
import { type AgedParams, resolveAgedConfig } from "./aged-config.ts";
import { BACKTEST_PRICES } from "./aged-monitor.ts";

/** Aged after three minutes; the price stands still at the entry, which the grace takes. */
const MINUTES: AgedParams = { maxAgeHours: 0.05, graceHours: 10, detectEveryMinutes: 1 };
let execution = 0;

/** An engine that holds two lots, long, at 100.00. */
function holding(params: AgedParams = {}): HandDrivenEngine {
  const config = resolveAgedConfig({ ...MINUTES, ...params }, 0);
  const engine = new HandDrivenEngine({}, { config, prices: BACKTEST_PRICES });
  const [entry] = engine.decide((ctx) => void ctx.enterLong({ qty: 0.002 }));
  fill(engine, must(entry, "An entry is sent"), 2);
  return engine;
}

function fill(
  engine: HandDrivenEngine,
  { requestId, side }: SentCommand,
  lots: number,
): readonly SentCommand[] {
  execution += 1;
  const [, filled, size] = engine.order(requestId);
  return engine.say(filled + lots === size ? EVENT.orderFilled : EVENT.orderPartiallyFilled, {
    requestId,
    side,
    executionId: execution,
    qtyLots: lots,
    priceTicks: 10_000,
    referenceTicks: 10_000,
  });
}

/** Closes bars until a command comes out. */
function nextCommand(engine: HandDrivenEngine, bars = 20): SentCommand {
  for (let bar = 0; bar < bars; bar++) {
    const [command] = engine.decide();
    if (command !== undefined) return command;
  }
  throw new Error(`No command in ${bars} bars`);
}

function record(engine: HandDrivenEngine) {
  return must(engine.engine.aged?.positions.recordOf(0), "The position is aged");
}

function told(engine: HandDrivenEngine): readonly string[] {
  return (engine.engine.aged?.log.history ?? []).map(({ to, reason }) => `${to} ${reason}`);
}

const FOUND = ["detected aged", "grace_pending subscribed", "grace_active price"];

test("a close is reduce-only, bears purpose and rule, and ends with the fill", () => {
  const engine = holding();
  const close = nextCommand(engine);
  expect(close).toMatchObject({ kind: "place", side: -1, qtyLots: 2, reduceOnly: true, type: 0 });
  const order = engine.engine.desk.store.find(close.requestId);
  expect(order).toMatchObject({ purpose: PURPOSE.aged, tag: "grace_target" });
  fill(engine, close, 1);
  expect(told(engine)).toEqual(FOUND);
  fill(engine, close, 1);
  expect(told(engine)).toEqual([...FOUND, "closed grace_target"]);
  expect(engine.lots).toBe(0);
});

test("refused closes lead to an error, and the next detection tries again", () => {
  const engine = holding({ detectEveryMinutes: 10 });
  for (let attempt = 1; attempt <= 3; attempt++) {
    const close = nextCommand(engine);
    expect(record(engine).attempts).toBe(attempt);
    engine.say(EVENT.orderRejected, {
      requestId: close.requestId,
      reason: REJECT.insufficientMargin,
    });
  }
  expect(told(engine)).toEqual([...FOUND, "error attempts_failed"]);
  const again = nextCommand(engine);
  expect(told(engine).slice(4)).toEqual([
    "detected re_armed",
    "grace_pending subscribed",
    "grace_active price",
  ]);
  fill(engine, again, 2);
  expect(told(engine).at(-1)).toBe("closed grace_target");
  engine.engine.records.flush();
  expect(() => auditRecords(engine.records.rows, [instrument], 10_000, false)).not.toThrow();
});

test("a venue under maintenance uses up no attempt", () => {
  const engine = holding();
  for (let attempt = 0; attempt < 5; attempt++) {
    const close = nextCommand(engine);
    engine.say(EVENT.orderRejected, { requestId: close.requestId, reason: REJECT.marketClosed });
    expect(record(engine)).toMatchObject({
      attempts: 0,
      waits: attempt + 1,
      status: "grace_active",
    });
  }
});

test("an order of unknown outcome is still the only one, until the venue tells", () => {
  const engine = holding();
  const close = nextCommand(engine);
  engine.say(EVENT.unknownOutcome, { requestId: close.requestId });
  expect(engine.order(close.requestId)[0]).toBe(STATUS.unknown);
  for (let bar = 0; bar < 30; bar++) expect(engine.decide()).toEqual([]);
  expect(record(engine).attempts).toBe(1);
  engine.say(EVENT.orderRejected, {
    requestId: close.requestId,
    reason: REJECT.insufficientMargin,
  });
  expect(nextCommand(engine).requestId).not.toBe(close.requestId);
});

test("news told twice ends an attempt once", () => {
  const engine = holding();
  const close = nextCommand(engine);
  const news = { requestId: close.requestId, reason: REJECT.insufficientMargin };
  engine.say(EVENT.orderRejected, news);
  engine.say(EVENT.orderRejected, news);
  nextCommand(engine);
  expect(record(engine)).toMatchObject({ attempts: 2, status: "grace_active" });
});

test("a limit that was on its way when the position ended is taken back, and never works against the next one", () => {
  const engine = holding({ mode: "limit" });
  const limit = nextCommand(engine);
  expect(limit).toMatchObject({ kind: "place", type: 1, priceTicks: 10_000, reduceOnly: true });
  const [exit] = engine.decide((ctx) => void ctx.exit());
  const after = fill(engine, must(exit, "The strategy leaves"), 2);
  expect(after).toMatchObject([{ kind: "cancel", requestId: limit.requestId }]);
  expect(told(engine).at(-1)).toBe("closed other_exit");
  // The limit was faster than its cancel.
  const accepted = engine.say(EVENT.orderAccepted, { requestId: limit.requestId });
  expect(accepted).toMatchObject([{ kind: "cancel", requestId: limit.requestId }]);
});

test("an accepted limit of the rules rests: it is no stray order of the engine", () => {
  const engine = holding({ mode: "limit" });
  const limit = nextCommand(engine);
  expect(engine.say(EVENT.orderAccepted, { requestId: limit.requestId })).toEqual([]);
  expect(engine.order(limit.requestId)[0]).toBe(STATUS.accepted);
  // An add makes it larger at once.
  const [add] = engine.decide((ctx) => void ctx.enterLong({ qty: 0.003, add: true }));
  const [amend] = fill(engine, must(add, "The add is sent"), 3);
  expect(amend).toMatchObject({ kind: "amend", requestId: limit.requestId, qtyLots: 5 });
});

test("a liquidation ends a record from outside", () => {
  const engine = holding();
  nextCommand(engine);
  engine.say(EVENT.liquidated, {
    side: -1,
    qtyLots: 2,
    priceTicks: 9_000,
    referenceTicks: 9_000,
    executionId: 77_777,
  });
  expect(told(engine).at(-1)).toBe("closed closed_externally");
  expect(engine.engine.aged?.log.records).toMatchObject([{ closePrice: 90, pnlPct: -10 }]);
});

test("I43: a candle that comes late does not set the clock of the aged rules back", () => {
  const engine = holding();
  engine.decide();
  const at = 10 * MINUTE;
  engine.say(EVENT.timer, { time: at });
  const before = told(engine);
  expect(before).toEqual(["detected aged", "grace_pending subscribed"]);
  engine.say(EVENT.decide, { time: at + 20, asOf: 2 * MINUTE });
  expect(told(engine)).toEqual(before);
});
