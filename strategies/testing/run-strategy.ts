import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { resample } from "#engine/market/resample.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { RECORD_WIDTH } from "#engine/records/record-log.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals } from "#engine/strategy/strategy-runner.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { barsOf, type Candle, configOf, HOUR, START, symbolOf } from "#sim/testing/fixture.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

export interface StrategyRunOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly settings?: Partial<VenueSettings>;
  readonly instrument?: Partial<Instrument>;
  readonly funding?: FundingColumns;
  readonly balance?: number;
  readonly leverage?: number;
  /** What the strategy reads instead of the candles that the exchange matches on. */
  readonly seen?: readonly BarColumns[];
}

export interface StrategyRun {
  readonly backtest: Backtest;
  readonly result: RunResult;
  /** Every record, in order. */
  readonly rows: readonly (readonly number[])[];
}

/** Runs a strategy with its own exit rules over the candles of one or several symbols; free of costs by default. */
export function runStrategy(
  strategy: Strategy,
  candles: readonly (readonly Candle[])[],
  options: StrategyRunOptions = {},
): StrategyRun {
  const params = resolveParams(strategy.name, strategy.params, options.params ?? {});
  const { settings, instrument, funding, balance, leverage, seen } = options;
  const given = {
    rules: strategy.rules({ params }),
    ...(settings === undefined ? {} : { settings }),
    ...(instrument === undefined ? {} : { instrument }),
    ...(funding === undefined ? {} : { funding }),
    ...(balance === undefined ? {} : { balance }),
    ...(leverage === undefined ? {} : { leverage }),
  };
  const symbols = candles.map((one, at) => {
    const bars = barsOf(one);
    const strategyBars = seen?.[at] ?? bars;
    const higher = new Map(
      strategyIntervals(strategy, params).map((word) => [
        word,
        resample(strategyBars, parseInterval(word)).bars,
      ]),
    );
    return { ...symbolOf(bars, given, `SYMBOL${at}`), strategyBars, higher };
  });
  const rows: number[][] = [];
  const config: BacktestConfig = {
    ...configOf(symbols, strategy, given),
    params,
    recordSink: (chunk) => {
      for (let at = 0; at < chunk.length; at += RECORD_WIDTH) {
        rows.push([...chunk.subarray(at, at + RECORD_WIDTH)]);
      }
    },
  };
  const backtest = new Backtest(config);
  backtest.run();
  for (const failure of backtest.engine.failures) throw failure.error;
  return { backtest, result: backtestResult(backtest), rows };
}

/** A fill as `[bar, side, quantity, price]`; symbols of a pair in front. */
export type FillText = readonly [bar: number, side: "buy" | "sell", qty: number, price: number];

export function fillsOf(run: StrategyRun): FillText[] {
  return run.result.fills.map(({ time, side, qty, price }) => [
    Math.floor((time - START) / HOUR),
    side,
    qty,
    price,
  ]);
}

/** Candles from closes: each opens `gap` above the close before it and reaches `reach` beyond open and close. */
export function candlesOf(closes: readonly number[], gap = 0, reach = 0): readonly Candle[] {
  return closes.map((close, at) => {
    const open = at === 0 ? close : (closes[at - 1] as number) + gap;
    return [open, Math.max(open, close) + reach, Math.min(open, close) - reach, close, 1e6];
  });
}
