import * as fc from "fast-check";
import type { AgedParams } from "#engine/aged/aged-config.ts";
import type { FundingColumns } from "#engine/market/bars.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import {
  aged,
  type BarStep,
  candlesOf,
  fundingOfWalk,
  marksOf,
  PLAIN,
  rules,
  settings,
  steps,
  type World,
} from "#sim/testing/arbitraries.ts";
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

const symbol = (name: string, at: number): fc.Arbitrary<RandomSymbol> =>
  steps.chain((walk) =>
    fc.record({
      name: fc.constant(name),
      hours: at === 0 ? fc.constant(1) : fc.constantFrom(1, 1, 4),
      walk: fc.constant(walk),
      plan: plan(walk.length),
      markShift: fc.option(fc.integer({ min: -30, max: 30 }), { freq: 2 }),
      indexShift: fc.option(fc.integer({ min: -30, max: 30 })),
      funding: fundingOfWalk(walk.length),
    }),
  );

const NAMES = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

export const randomRun = (symbolsMax: number): fc.Arbitrary<RandomRun> =>
  fc.integer({ min: 1, max: symbolsMax }).chain((count) =>
    fc.record({
      symbols: fc.tuple(...NAMES.slice(0, count).map(symbol)),
      settings,
      rules,
      aged,
      leverage: fc.constantFrom(1, 3, 10, 50),
      balance: fc.constantFrom(5, 50, 100_000),
    }),
  );

/** Plays the plans: at the close of bar `n` of a symbol its actions of bar `n`. */
export function planned(run: RandomRun, world: World = PLAIN): Strategy {
  const symbols = new Map(run.symbols.map((one) => [one.name, one]));
  return defineStrategy({
    name: "planned",
    description: "Plays a random plan",
    onBar: (ctx) => {
      const { plan, hours } = symbols.get(ctx.symbol) as RandomSymbol;
      const bar = Math.round((ctx.bar.time - START) / (hours * HOUR));
      for (const one of plan[bar] ?? []) act(ctx as SymbolContext, one, world);
    },
  });
}

export function symbolsOf(run: RandomRun, world: World = PLAIN): BacktestSymbol[] {
  const instrument = { tick: makeGrid(0.01 * world.priceScale) };
  return run.symbols.map(({ name, walk, hours, funding, markShift, indexShift }) => {
    const bars = barsOf(candlesOf(walk, world), hours * HOUR);
    const marks = markShift === null ? null : barsOf(marksOf(walk, markShift, world), hours * HOUR);
    const index =
      indexShift === null ? null : barsOf(marksOf(walk, indexShift, world), hours * HOUR);
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
  world: World = PLAIN,
): Prepared {
  const records = new RecordRows();
  const backtest = new Backtest({
    ...configOf(symbols, planned(run, world), run),
    recordSink: records.sink,
  });
  return { backtest, records };
}

/** Runs to the end; what a plan throws is a fault of the test. */
export function play(run: RandomRun, symbols?: readonly BacktestSymbol[], world?: World): Prepared {
  const prepared = prepare(run, symbols, world);
  prepared.backtest.run();
  for (const failure of prepared.backtest.engine.failures) throw failure.error;
  return prepared;
}
