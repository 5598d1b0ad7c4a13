import * as fc from "fast-check";
import type { AgedParams } from "#engine/aged/aged-config.ts";
import type { FundingColumns } from "#engine/market/bars.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { fundingSeries, shiftTicks, walks } from "#props/arbitraries/candles.ts";
import { agedParams, exitRules } from "#props/arbitraries/exit-rules.ts";
import { MARKET_NAMES } from "#props/arbitraries/markets.ts";
import { venueSettings } from "#props/arbitraries/venue-settings.ts";
import {
  type BarStep,
  candlesOf,
  type MarketView,
  marksOf,
  PLAIN,
} from "#props/market/candle-walk.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { barsOf, configOf, HOUR, START, symbolOf } from "#sim/testing/fixture.ts";
import { act, type Plan, plan } from "#sim/testing/random-actions.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** One symbol of a random run. */
export interface RandomSymbol {
  readonly name: string;
  /** Length of its bars. */
  readonly hours: number;
  readonly walk: readonly BarStep[];
  readonly plan: Plan;
  readonly markShift: number | null;
  readonly indexShift: number | null;
  readonly funding: FundingColumns;
}

/** A whole run as data, so that a failure shrinks and can be varied. */
export interface RandomRun {
  readonly symbols: readonly RandomSymbol[];
  readonly settings: Partial<VenueSettings>;
  readonly rules: ExitRules;
  /** Undefined: off. */
  readonly aged?: AgedParams | undefined;
  readonly leverage: number;
  readonly balance: number;
}

/** Bars of a symbol at most; its plan and its funding may go on beyond its end, where nobody sees them. */
const MAX_BARS = 40;

const symbol = (name: string, at: number): fc.Arbitrary<RandomSymbol> =>
  fc.record({
    name: fc.constant(name),
    hours: at === 0 ? fc.constant(1) : fc.constantFrom(1, 1, 4),
    walk: walks({ maxBars: MAX_BARS }),
    plan: plan(MAX_BARS),
    markShift: fc.option(shiftTicks, { freq: 2 }),
    indexShift: fc.option(shiftTicks),
    funding: fundingSeries(MAX_BARS),
  });

/** Parts that do not depend on each other, so that each shrinks for itself. */
export const randomRun = (symbolsMax: number): fc.Arbitrary<RandomRun> =>
  fc
    .record({
      count: fc.integer({ min: 1, max: symbolsMax }),
      symbols: fc.tuple(...MARKET_NAMES.slice(0, symbolsMax).map(symbol)),
      settings: venueSettings(),
      rules: exitRules,
      aged: agedParams,
      leverage: fc.constantFrom(1, 3, 10, 50),
      balance: fc.constantFrom(5, 50, 100_000),
    })
    .map(({ count, symbols, ...rest }) => ({ ...rest, symbols: symbols.slice(0, count) }));

/** Plays the plans: at the close of bar `n` of a symbol its actions of bar `n`. */
export function planned(run: RandomRun, view: MarketView = PLAIN): Strategy {
  const symbols = new Map(run.symbols.map((one) => [one.name, one]));
  return defineStrategy({
    name: "planned",
    description: "Plays a random plan",
    onBar: (ctx) => {
      const { plan, hours } = symbols.get(ctx.symbol) as RandomSymbol;
      const bar = Math.round((ctx.bar.time - START) / (hours * HOUR));
      for (const one of plan[bar] ?? []) act(ctx as SymbolContext, one, view);
    },
  });
}

export function symbolsOf(run: RandomRun, view: MarketView = PLAIN): BacktestSymbol[] {
  const instrument = { tick: makeGrid(0.01 * view.priceScale) };
  return run.symbols.map(({ name, walk, hours, funding, markShift, indexShift }) => {
    const bars = barsOf(candlesOf(walk, view), hours * HOUR);
    const marks = markShift === null ? null : barsOf(marksOf(walk, markShift, view), hours * HOUR);
    const index =
      indexShift === null ? null : barsOf(marksOf(walk, indexShift, view), hours * HOUR);
    return { ...symbolOf(bars, { funding, instrument }, name), marks, index };
  });
}

export interface Prepared {
  readonly backtest: Backtest;
  readonly records: RecordRows;
}

/** A backtest of the run, not yet started. The symbols may be replaced, to cut, poison or reorder them. */
export function prepare(
  run: RandomRun,
  symbols: readonly BacktestSymbol[] = symbolsOf(run),
  view: MarketView = PLAIN,
): Prepared {
  const records = new RecordRows();
  const backtest = new Backtest({
    ...configOf(symbols, planned(run, view), run),
    recordSink: records.sink,
  });
  return { backtest, records };
}

/** Runs to the end; what a plan throws is a fault of the test. */
export function play(
  run: RandomRun,
  symbols?: readonly BacktestSymbol[],
  view?: MarketView,
): Prepared {
  const prepared = prepare(run, symbols, view);
  prepared.backtest.run();
  for (const failure of prepared.backtest.engine.failures) throw failure.error;
  return prepared;
}
