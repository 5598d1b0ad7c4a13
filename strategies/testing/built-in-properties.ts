import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { barsOf, type Candle, HOUR, START } from "#sim/testing/fixture.ts";
import { runs } from "#sim/testing/seed.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";
import { candleSeries, fundingSeries, type Venue, venue } from "./arbitraries.ts";
import { QUICK } from "./quick-params.ts";
import { runStrategy, type StrategyRun } from "./run-strategy.ts";

interface Case {
  readonly candles: readonly (readonly Candle[])[];
  readonly funding: FundingColumns;
  readonly venue: Venue;
}

const caseOf = (strategy: Strategy): fc.Arbitrary<Case> =>
  fc.record({
    candles: fc.tuple(...Array.from({ length: strategy.symbolCount ?? 1 }, () => candleSeries)),
    funding: fundingSeries,
    venue,
  });

const run = (strategy: Strategy, one: Case, seen?: readonly BarColumns[]): StrategyRun =>
  runStrategy(strategy, one.candles, {
    params: QUICK[strategy.name] ?? {},
    funding: one.funding,
    ...one.venue,
    ...(seen === undefined ? {} : { seen }),
  });

/** The case as it was known at the end of its first bars; what comes after is gone, or something else entirely. */
function cut(one: Case, bars: number, poison: "none" | "other"): Case {
  const candles = one.candles.map((series) => {
    const kept = series.slice(0, bars);
    if (poison === "none") return kept;
    return [...kept, ...series.slice(bars).map((): Candle => [3, 500, 2, 400, 77])];
  });
  // The stamp at the very end is exchanged there, after the last decision.
  const end = START + bars * HOUR;
  const { time, rate } = one.funding;
  const other = rate.map((value, at) => ((time[at] as number) <= end ? value : 0.01 - 7 * value));
  return { ...one, candles, funding: { ...one.funding, rate: other } };
}

/** Wallet = start + Σ realised − Σ fees + Σ funding, by the records and by the totals of the result. */
function expectConservation({ backtest, result, rows }: StrategyRun): void {
  let wallet = result.startBalance;
  let wealth = wallet;
  for (const row of rows) {
    if (row[0] === RECORD.ledger) wallet += (row[5] as number) - (row[6] as number);
    if (row[0] === RECORD.funding) wallet += row[5] as number;
    wealth = Math.max(wealth, Math.abs(wallet));
  }
  const { ledger } = backtest.engine;
  expect(Math.abs(ledger.wallet - wallet)).toBeLessThanOrEqual(1e-9 * wealth);
  expect(Math.abs(backtest.exchange.account.wallet - wallet)).toBeLessThanOrEqual(1e-9 * wealth);
  const closed = result.trades.reduce((sum, trade) => sum + trade.netPnl, 0);
  const open = result.openTrades.reduce((sum, trade) => sum + trade.netPnl, 0);
  const equity = ledger.equity(backtest.engine.desk.marks);
  const gross = result.fills.reduce((sum, fill) => sum + fill.qty * fill.price, 0);
  expect(Math.abs(equity - result.startBalance - closed - open)).toBeLessThanOrEqual(
    1e-9 * (wealth + gross),
  );
}

/** A reduce-only order makes a position smaller and never turns it around. */
function expectReduceOnly({ rows }: StrategyRun): void {
  const reduceOnly = new Map<string, boolean>();
  const held = new Map<number, number>();
  for (const row of rows) {
    const [kind, , symbol, keyTime, keyRest] = row as [number, number, number, number, number];
    const key = `${symbol} ${keyTime} ${keyRest}`;
    if (kind === RECORD.intent) reduceOnly.set(key, (row[9] as number) % 2 === 1);
    if (kind !== RECORD.fill && kind !== RECORD.liquidation) continue;
    const before = held.get(symbol) ?? 0;
    const after = before + (row[5] as number);
    held.set(symbol, after);
    if (kind === RECORD.fill && reduceOnly.get(key) !== true) continue;
    expect(Math.abs(after)).toBeLessThan(Math.abs(before));
    expect(after * before).toBeGreaterThanOrEqual(0);
  }
}

/** What holds for every built-in strategy on any market, as tests with so many random markets each. */
export function testBuiltIns(numRuns: number): void {
  for (const strategy of BUILT_IN) {
    describe(`${strategy.name}`, () => {
      test("keeps the books, reduces only with reduce-only orders and does the same again", () => {
        let fills = 0;
        fc.assert(
          fc.property(caseOf(strategy), (one) => {
            const first = run(strategy, one);
            expectConservation(first);
            expectReduceOnly(first);
            expect(run(strategy, one).rows).toEqual(first.rows);
            fills += first.result.fills.length;
          }),
          runs(numRuns),
        );
        // Otherwise the parameters above test nothing.
        expect(fills).toBeGreaterThan(numRuns);
      });

      test("decides nothing by what comes after", () => {
        fc.assert(
          fc.property(caseOf(strategy), fc.integer({ min: 10, max: 120 }), (one, bars) => {
            const whole = run(strategy, one).rows;
            const known = untilFunding(run(strategy, cut(one, bars, "none")).rows, bars);
            expect(whole.slice(0, known.length)).toEqual(known);
            const poisoned = run(strategy, cut(one, bars, "other")).rows;
            expect(poisoned.slice(0, known.length)).toEqual(known);
          }),
          runs(numRuns),
        );
      });

      if (PROTECTED.includes(strategy.name)) testProtection(strategy, numRuns);

      test("survives bars without prices in what it reads", () => {
        fc.assert(
          fc.property(caseOf(strategy), holes, (one, rows) => {
            const seen = one.candles.map((series) => withHoles(barsOf(series), rows));
            expectReduceOnly(run(strategy, one, seen));
          }),
          runs(numRuns),
        );
      });
    });
  }
}

function testProtection(strategy: Strategy, numRuns: number): void {
  test("holds nothing without a stop", () => {
    fc.assert(
      fc.property(caseOf(strategy), (one) => {
        // An order that fills in parts or late is protected late; that is the engine's to test.
        const settings = { ...one.venue.settings, latencyMs: 0, participationPct: null };
        const here = { ...one.venue, settings, instrument: {} };
        run(watched(strategy, expectStop), { ...one, venue: here });
      }),
      runs(numRuns),
    );
  });
}

/**
 * The rows before funding at the very end of the known bars: that is exchanged on the mark of this moment, the open
 * of a bar that is not known yet. (Only fills at the close, which come after it, lie behind.)
 */
function untilFunding(rows: StrategyRun["rows"], bars: number): StrategyRun["rows"] {
  const end = START + bars * HOUR;
  const at = rows.findIndex((row) => row[0] === RECORD.funding && (row[1] as number) >= end);
  return at < 0 ? rows : rows.slice(0, at);
}

/** Those whose defaults have a stop that rests at the venue. */
const PROTECTED = [
  "bollinger-breakout",
  "donchian-turtle",
  "funding-carry",
  "grid",
  "macd-trend",
  "rsi-reversion",
];

/** The same strategy with a look at its context after each decision. */
function watched(strategy: Strategy, look: (ctx: SymbolContext) => void): Strategy {
  const decide = strategy.onBar as (ctx: SymbolContext) => void;
  return {
    ...strategy,
    onBar: (ctx: SymbolContext) => {
      decide(ctx);
      look(ctx);
    },
  };
}

/** Stops, and market exits on their way, close all that is held. */
function expectStop(ctx: SymbolContext): void {
  const held = ctx.position.qty;
  let closing = 0;
  for (const order of ctx.orders) {
    const closes = order.reduceOnly && (order.side === "sell") === held > 0;
    if (closes && order.type !== "limit") closing += order.qty - order.filled;
  }
  expect(closing).toBeGreaterThanOrEqual(Math.abs(held) * (1 - 1e-9));
}

const holes = fc.array(fc.integer({ min: 0, max: 139 }), { maxLength: 12 });

function withHoles(bars: BarColumns, rows: readonly number[]): BarColumns {
  for (const row of rows.filter((one) => one < bars.length)) {
    for (const column of [bars.open, bars.high, bars.low, bars.close]) column[row] = Number.NaN;
  }
  return bars;
}
