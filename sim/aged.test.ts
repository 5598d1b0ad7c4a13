import { describe, expect, test } from "vitest";
import type { AgedParams } from "#engine/aged/aged-config.ts";
import { makeBars } from "#engine/market/bars.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { auditRecords } from "#engine/testing/audit-records.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  HOUR,
  instrumentOf,
  runMarket,
  runScript,
  type Script,
  START,
  scripted,
  symbolOf,
} from "#sim/testing/fixture.ts";

const MINUTE = 60_000;
const FEE = 0.055;

/** One price per minute: each bar opens and closes there, from minute 0 on. */
function minuteRun(
  side: 1 | -1,
  priceAt: (minute: number) => number,
  minutes: number,
  aged: AgedParams = {},
) {
  const bars = makeBars(MINUTE, minutes);
  for (let row = 0; row < minutes; row++) {
    bars.time[row] = START + row * MINUTE;
    for (const column of [bars.open, bars.high, bars.low, bars.close]) column[row] = priceAt(row);
    bars.volume[row] = 1e6;
  }
  const records = new RecordRows();
  const strategy = defineStrategy({
    name: "once",
    description: "Enters at the close of the first bar and never leaves",
    onBar: (ctx) => {
      if (ctx.bar.time !== START) return;
      if (side > 0) ctx.enterLong({ qty: 1 });
      else ctx.enterShort({ qty: 1 });
    },
  });
  const options = { aged, settings: { takerPct: FEE } };
  const backtest = new Backtest({
    ...configOf([symbolOf(bars)], strategy, options),
    recordSink: records.sink,
  });
  backtest.run();
  auditRecords(records.rows, [instrumentOf()], 10_000, false);
  const result = backtestResult(backtest);
  return { trade: result.trades[0], aged: result.aged, records: records.rows };
}

/** `HH:MM` since the entry (which is filled at minute 1) of each transition. */
function clockOf(aged: ReturnType<typeof minuteRun>["aged"]): readonly string[] {
  return (aged?.history ?? []).map(({ time, to, reason }) => {
    const minutes = (time - START) / MINUTE - 1;
    const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
    return `${hours}:${String(minutes % 60).padStart(2, "0")} ${to} ${reason}`;
  });
}

/*
 * The worked example. The entry at 100 is filled at the open of minute 1, 00:01. Defaults, so age 3 h, grace 8 h, fee
 * 0.055 %: the position is too old after 03:01, its grace ends at 11:01, the emergency begins after 31:01. The
 * detector runs at whole hours: at 04:00 h is 59 min > 0; at 03:00 it was −1 min. A decision at the close of a minute is
 * filled at the open of the next, which bears the same time. Times below count from the entry, so 04:00 is 03:59.
 */
describe("the worked example, to the minute", () => {
  test.each([1, -1] as const)("side %d: detected, and in profit", (side) => {
    // Break-even is 100 ± 0.11. At 05:00 after the entry (the close of minute 300) the price is 0.2 better.
    const { aged, trade } = minuteRun(
      side,
      (at) => (at < 2 ? 100 : at >= 300 ? 100 + side * 0.2 : 100 - side),
      400,
    );
    expect(trade).toMatchObject({ exitReason: "aged", exitDetail: "profitable_close" });
    expect(clockOf(aged)).toEqual([
      "03:59 detected aged",
      "03:59 grace_pending subscribed",
      "03:59 grace_active price",
      "05:00 closed profitable_close",
    ]);
    // 0.2 less the fee of 0.055 % on 100 and on 100 ± 0.2.
    expect(trade?.netPnl).toBeCloseTo(0.2 - (FEE / 100) * (200 + side * 0.2), 10);
  });

  test.each([1, -1] as const)("side %d: at the grace target, inside its buffer", (side) => {
    // Entry 100, break-even 100.11, buffered 100.00989; for a short 99.89 and 99.98989.
    const near = side > 0 ? 100.01 : 99.98;
    const { aged, trade } = minuteRun(
      side,
      (at) => (at < 2 ? 100 : at >= 600 ? near : 100 - side),
      700,
    );
    expect(clockOf(aged).at(-1)).toBe("10:00 closed grace_target");
    expect(trade).toMatchObject({ exitPrice: near, exitDetail: "grace_target" });
    expect(trade?.netPnl).toBeLessThan(0);
  });

  test.each([1, -1] as const)("side %d: at the progressive target as it passes a loss", (side) => {
    // A loss of 2 %, to 98: reached when 100 × (1 − t) × 0.999 ≤ 98, so t ≥ 1.9019 % of 0.5 % an hour: g ≥ 3.8038 h =
    // 3 h 48.23 min. The grace ends at 11:00 after the entry: 14:48.23, so the close of 14:49. A short at 102:
    // 100 × (1 + t) × 1.001 ≥ 102, t ≥ 1.8981 %, g ≥ 3.7962 h = 3 h 47.77 min: the close of 14:48.
    const price = 100 - side * 2;
    const { aged } = minuteRun(side, (at) => (at < 2 ? 100 : price), 1_000);
    expect(clockOf(aged)).toEqual([
      "03:59 detected aged",
      "03:59 grace_pending subscribed",
      "03:59 grace_active price",
      "11:01 progressive_active price",
      side > 0 ? "14:49 closed progressive_target" : "14:48 closed progressive_target",
    ]);
  });

  test.each([1, -1] as const)("side %d: acceleration brings 5 % to 6 % at once", (side) => {
    // A loss of 5.5 % is not tolerated at g = 10 h (5 %, with the buffer 5.095 for a long and 4.895 for a short);
    // one minute later the factor makes it 10.0167 × 0.6 = 6.01 %. The grace ends at 11:00: 21:01.
    const { aged } = minuteRun(side, (at) => (at < 2 ? 100 : 100 - side * 5.5), 1_500);
    expect(clockOf(aged).at(-1)).toBe("21:01 closed progressive_target");
    expect(aged?.history.at(-1)?.tolerancePct).toBeCloseTo(6.01, 10);
  });

  test.each([1, -1] as const)("side %d: the maximum loss, from 16 h 40 min on", (side) => {
    // 10 % / 0.6 % an hour are 16 h 40 min after the grace, which ends at 11:00: 27:40. Until then the price is 10.2 %
    // away, beyond what is ever tolerated; at 27:41 it comes back to 10.08 %, inside the buffer of the cap:
    // 90 × 0.999 = 89.91 ≤ 89.92 and 110 × 1.001 = 110.11 ≥ 110.08.
    const price = side > 0 ? 89.92 : 110.08;
    const early = 100 - side * 10.2;
    const at = 11 * 60 + 1_000 + 1;
    const { aged } = minuteRun(
      side,
      (minute) => (minute < 2 ? 100 : minute >= at ? price : early),
      2_000,
    );
    expect(clockOf(aged).at(-1)).toBe("27:41 closed max_loss_reached");
    expect(aged?.history.at(-1)).toMatchObject({ tolerancePct: 10 });
    expect(aged?.history.at(-1)?.target).toBeCloseTo(100 - side * 10, 10);
  });

  test.each([1, -1] as const)("side %d: beyond the cap it waits for the emergency", (side) => {
    // h > 28 h is after 31:00; the first close past it is that of 31:01.
    const price = 100 - side * 12;
    const { aged, trade, records } = minuteRun(side, (at) => (at < 2 ? 100 : price), 2_400);
    expect(clockOf(aged)).toEqual([
      "03:59 detected aged",
      "03:59 grace_pending subscribed",
      "03:59 grace_active price",
      "11:01 progressive_active price",
      "31:01 closed emergency",
    ]);
    expect(trade).toMatchObject({ exitReason: "aged", exitDetail: "emergency", exitPrice: price });
    expect(records.filter(([kind]) => kind === 8)).toHaveLength(5);
  });
});

/** `bar to reason` of each transition of an hourly run; a time at an open belongs to the bar before, as its close. */
function hourly(backtest: Backtest, symbol = "BTCUSDT"): readonly string[] {
  const history = backtestResult(backtest).aged?.history ?? [];
  return history
    .filter((row) => row.symbol === symbol)
    .map(({ time, to, reason }) => `${(time - START) / HOUR} ${to} ${reason}`);
}

const bar = (price: number, volume = 1e6): Candle => [price, price, price, price, volume];
const steady = (price: number, count: number): readonly Candle[] =>
  Array.from({ length: count }, () => bar(price));
const enter: Script = { 0: (ctx) => void ctx.enterLong({ qty: 1 }) };
const settings = { takerPct: FEE };
const found = ["5 detected aged", "5 grace_pending subscribed", "5 grace_active price"];

describe("beside other exits", () => {
  test("an exit of the strategy at the same close goes first in nothing: both together close once", () => {
    const candles = [...steady(100, 5), ...steady(103, 4)];
    const script: Script = { ...enter, 5: (ctx) => void ctx.exit({ tag: "mine" }) };
    const run = runScript(candles, script, { aged: {}, settings });
    const { fills, trades } = backtestResult(run);
    expect(fills.map(({ qty }) => qty)).toEqual([1, 1]);
    expect(trades).toMatchObject([{ exitReason: "aged", exitDetail: "profitable_close" }]);
    expect(run.engine.orderManager.counts.totals()).toMatchObject({ placed: 2, filled: 2 });
  });

  test("an exit that was asked for before leaves nothing to close", () => {
    // The bar in which the strategy's exit arrives has no volume: it waits, and the aged rules with it.
    const candles = [...steady(100, 5), bar(100, 0), bar(103, 0), bar(103), bar(103)];
    const script: Script = { ...enter, 4: (ctx) => void ctx.exit({ tag: "mine" }) };
    const limits = { settings: { ...settings, participationPct: 10 } };
    const run = runScript(candles, script, { aged: {}, ...limits });
    expect(hourly(run)).toEqual([...found, "7 closed other_exit"]);
    expect(backtestResult(run).trades).toMatchObject([
      { exitReason: "signal", exitDetail: "mine" },
    ]);
    expect(run.engine.orderManager.counts.totals().placed).toBe(2);
  });

  test("a time stop at the same close comes first", () => {
    const candles = [...steady(100, 5), ...steady(103, 4)];
    const run = runScript(candles, enter, { aged: {}, settings, rules: { maxBars: 5 } });
    expect(backtestResult(run).trades).toMatchObject([{ exitReason: "timeStop" }]);
    expect(hourly(run).at(-1)).toBe("6 closed other_exit");
    expect(run.engine.orderManager.counts.totals().placed).toBe(2);
  });

  test("a stop that rests goes with the position that the aged rules close", () => {
    const script: Script = { 0: (ctx) => void ctx.enterLong({ qty: 1, stopLoss: 50 }) };
    const run = runScript([...steady(100, 5), ...steady(103, 4)], script, { aged: {}, settings });
    expect(backtestResult(run).trades).toMatchObject([{ exitReason: "aged" }]);
    expect(run.engine.orderManager.counts.totals()).toMatchObject({
      placed: 3,
      filled: 2,
      cancelled: 1,
    });
  });

  test("a trailing stop that trails keeps them away; one that does not yet trail does not", () => {
    const candles = [...steady(100, 5), ...steady(103, 4)];
    const trailing = (offsetPct: number) => ({
      trailing: { pct: 50, offsetPct, onlyAfterOffset: true },
    });
    const follows = runScript(candles, enter, { aged: {}, settings, rules: trailing(2) });
    expect(backtestResult(follows).trades).toEqual([]);
    expect(hourly(follows)).toEqual(found);
    const sleeps = runScript(candles, enter, { aged: {}, settings, rules: trailing(4) });
    expect(backtestResult(sleeps).trades).toMatchObject([{ exitReason: "aged" }]);
  });

  test("a trailing-stop order counts from its activation price on", () => {
    const candles = [...steady(100, 5), ...steady(103, 4)];
    const withOrder = (activation: number): Script => ({
      ...enter,
      2: (ctx) =>
        void ctx.order({
          side: "sell",
          qty: 1,
          type: "trailingStop",
          callbackPct: 50,
          activation,
          reduceOnly: true,
        }),
    });
    const options = { aged: {}, settings };
    expect(backtestResult(runScript(candles, withOrder(103), options)).trades).toEqual([]);
    expect(backtestResult(runScript(candles, withOrder(103.5), options)).trades).toHaveLength(1);
  });
});

test("a strategy may enter again at once: a new position with a life of its own", () => {
  const script: Script = { ...enter, 6: (ctx) => void ctx.enterLong({ qty: 1 }) };
  const run = runScript([...steady(100, 5), ...steady(103, 9)], script, { aged: {}, settings });
  // Bought at 103, held at 103: break-even is not met, the target with its buffer is not either.
  expect(hourly(run)).toEqual([
    ...found,
    "6 closed profitable_close",
    "11 detected aged",
    "11 grace_pending subscribed",
    "11 grace_active price",
  ]);
  expect(backtestResult(run).aged?.positions).toMatchObject([
    { id: 1, tradeId: 1, status: "closed", hoursAged: 2 },
    { id: 2, tradeId: 2, status: "grace_active", netPnl: null, hoursInGrace: 3 },
  ]);
});

test("a close larger than the largest order goes out in parts and is one campaign", () => {
  const script: Script = {
    0: (ctx) => [1, 1, 0.5].forEach((qty) => ctx.order({ side: "buy", qty })),
  };
  const instrument = { maxQty: 1 };
  const run = runScript([...steady(100, 5), ...steady(103, 4)], script, {
    aged: {},
    settings,
    instrument,
  });
  const { trades, fills, aged } = backtestResult(run);
  expect(fills.map(({ qty }) => qty)).toEqual([1, 1, 0.5, 1, 1, 0.5]);
  expect(trades).toMatchObject([{ exitReason: "aged", qty: 2.5 }]);
  expect(aged?.positions).toMatchObject([{ attempts: 1, closePrice: 103, pnlPct: 3 }]);
});

test("a bar without volume delays the close; it is asked for once", () => {
  const candles = [...steady(100, 5), bar(103, 0), bar(103, 0), bar(103, 0), bar(103)];
  const run = runScript(candles, enter, {
    aged: {},
    settings: { ...settings, participationPct: 10 },
  });
  expect(hourly(run)).toEqual([...found, "8 closed profitable_close"]);
  expect(run.engine.orderManager.counts.totals()).toMatchObject({ placed: 2, filled: 2 });
});

test("after a gap a price of before it is no price, and time alone still closes", () => {
  const gap: readonly Candle[] = Array.from({ length: 30 }, () => "gap" as const);
  const candles = [...steady(100, 5), bar(90), ...gap, bar(88), bar(88)];
  const run = runScript(candles, enter, { aged: {}, settings });
  // Opened at 1, emergency after 1 + 3 + 28 = 32; the first bar after the gap opens at 36, where the order meets it.
  expect(hourly(run).slice(3)).toEqual(["36 progressive_active timer", "36 closed emergency"]);
  expect(backtestResult(run).trades).toMatchObject([{ exitPrice: 88, exitDetail: "emergency" }]);
});

test("the two sides of a symbol in hedge mode age each alone", () => {
  const script: Script = {
    0: (ctx) => void ctx.enterLong({ qty: 1 }),
    2: (ctx) => void ctx.enterShort({ qty: 1 }),
  };
  const candles = [...steady(100, 5), ...steady(99.5, 7)];
  const run = runScript(candles, script, {
    aged: {},
    settings: { ...settings, positionMode: "hedge" },
  });
  const { aged, trades } = backtestResult(run);
  expect(aged?.positions).toMatchObject([
    { side: "long", detectedAt: START + 5 * HOUR, status: "grace_active" },
    { side: "short", detectedAt: START + 7 * HOUR, reason: "profitable_close" },
  ]);
  expect(trades).toMatchObject([{ side: "short", exitReason: "aged" }]);
});

test("symbols age apart, in the order of their names at one time", () => {
  const parts = ["SOLUSDT", "BTCUSDT"].map((symbol) => ({
    symbol,
    candles: steady(100, 8),
    script: enter,
  }));
  const run = runMarket(parts, { aged: {}, settings, balance: 100_000 });
  const history = backtestResult(run).aged?.history ?? [];
  expect(history.map(({ symbol, to }) => `${symbol} ${to}`)).toEqual([
    "BTCUSDT detected",
    "BTCUSDT grace_pending",
    "SOLUSDT detected",
    "SOLUSDT grace_pending",
    "BTCUSDT grace_active",
    "SOLUSDT grace_active",
  ]);
});

test("without the rules the records are what they were, with rules that never act too but for their own rows", () => {
  const records = (aged?: AgedParams) => {
    const rows = new RecordRows();
    const candles = [...steady(100, 5), ...steady(95, 7)];
    const config = configOf([symbolOf(barsOf(candles))], scripted(enter), { aged, settings });
    new Backtest({ ...config, recordSink: rows.sink }).run();
    return rows.rows;
  };
  const plain = records();
  expect(records({}).filter(([kind]) => kind !== 8)).toEqual(plain);
  expect(records({}).length).toBe(plain.length + 3);
  expect(records({ maxAgeHours: 1000 })).toEqual(plain);
});
