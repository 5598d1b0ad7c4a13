import { type AgedParams, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import { type BarColumns, type FundingColumns, makeBars } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { resample } from "#engine/market/resample.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { PLAIN_INSTRUMENT } from "#engine/model/plain-instrument.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals } from "#engine/strategy/strategy-runner.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { type VenueSettings, venueProfile, withoutCosts } from "#sim/venue-settings.ts";

/** `[open, high, low, close, volume?]`, or "gap" for a missing bar. */
export type QuickCandle = readonly number[] | "gap";

/** A market in memory and how it is traded; everything but the candles has the default of the command line. */
export interface QuickBacktest {
  /** One close per bar: every bar opens at the close before, high and low are the two ends. */
  readonly closes?: readonly number[];
  /** Or whole candles: `[open, high, low, close, volume?]`, oldest first, one per bar; "gap" for one that is missing. */
  readonly candles?: readonly QuickCandle[];
  /** Mark and index prices, one candle per bar. */
  readonly mark?: readonly QuickCandle[];
  readonly index?: readonly QuickCandle[];
  /** Length of a bar; default 1h. */
  readonly interval?: string;
  /** Open time of the first bar, epoch ms; default 2024-01-01. */
  readonly start?: number;
  readonly symbol?: string;
  readonly tick?: number;
  readonly lot?: number;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly rules?: ExitRules;
  /** The aged rules, with any parameter; absent: off. */
  readonly aged?: AgedParams;
  /** Times (epoch ms) and rates, oldest first. */
  readonly funding?: readonly { readonly time: number; readonly rate: number }[];
  readonly balance?: number;
  readonly leverage?: number;
  /** Default: the costs of Bybit. Without costs no funding is exchanged either. */
  readonly costs?: "venue" | "none";
  /** Anything else about the venue: fees, latency, the path inside a bar … */
  readonly venue?: Partial<VenueSettings>;
}

const START = 1_704_067_200_000;

/**
 * Runs a strategy over a handful of candles, for tests: the same engine and the same simulated exchange as the
 * command line, in memory. An error of the strategy is thrown.
 * @throws E_UNKNOWN_PARAM, E_PARAM_RANGE, E_CONFIG, E_USAGE, and what the strategy throws
 */
export function backtest(strategy: Strategy, options: QuickBacktest): RunResult {
  const bars = barsOf(options);
  const params = resolveParams(strategy.name, strategy.params, options.params ?? {});
  const rules = options.rules ?? strategy.rules({ params });
  checkExitRules(rules);
  const profile = { ...venueProfile("bybit"), ...options.venue };
  const settings = options.costs === "none" ? withoutCosts(profile) : profile;
  const higher = new Map(
    strategyIntervals(strategy, params).map(
      (word) => [word, resample(bars, parseInterval(word)).bars] as const,
    ),
  );
  const run = new Backtest({
    symbols: [
      {
        instrument: instrumentOf(options),
        bars,
        strategyBars: bars,
        higher,
        marks: options.mark === undefined ? null : columnsOf(options, options.mark),
        index: options.index === undefined ? null : columnsOf(options, options.index),
        funding: options.costs === "none" ? null : fundingOf(options),
      },
    ],
    strategy,
    params,
    rules,
    aged: options.aged === undefined ? null : resolveAgedConfig(options.aged, settings.takerPct),
    settings,
    startBalance: options.balance ?? 10_000,
    leverage: options.leverage ?? 1,
    from: bars.time[0] as number,
    recordSink: () => {},
  });
  run.run();
  const [failure] = run.engine.failures;
  if (failure !== undefined) throw failure.error;
  return backtestResult(run);
}

function barsOf(options: QuickBacktest): BarColumns {
  const candles = options.candles ?? candlesOf(options.closes ?? []);
  if (!candles.some((candle) => candle !== "gap")) {
    throw new DrydockError("E_USAGE", "A backtest needs candles", {
      hint: "Give closes: [100, 101, …] or candles: [[open, high, low, close, volume], …]",
    });
  }
  return columnsOf(options, candles);
}

function columnsOf(options: QuickBacktest, candles: readonly QuickCandle[]): BarColumns {
  const intervalMs = parseInterval(options.interval ?? "1h");
  const rows = candles.flatMap((candle, at) => (candle === "gap" ? [] : [{ candle, at }]));
  const bars = makeBars(intervalMs, rows.length);
  rows.forEach(({ candle, at }, row) => {
    const [open = Number.NaN, high = open, low = open, close = open, volume] = candle;
    if (!(low <= Math.min(open, close)) || !(high >= Math.max(open, close))) {
      throw new DrydockError(
        "E_USAGE",
        `Candle ${at} is none: ${[open, high, low, close].join(", ")}`,
        {
          hint: "[open, high, low, close, volume?], high the highest and low the lowest",
        },
      );
    }
    bars.time[row] = (options.start ?? START) + at * intervalMs;
    bars.open[row] = open;
    bars.high[row] = high;
    bars.low[row] = low;
    bars.close[row] = close;
    bars.volume[row] = volume ?? Number.NaN;
  });
  return bars;
}

function candlesOf(closes: readonly number[]): readonly (readonly number[])[] {
  return closes.map((close, row) => {
    const open = closes[row - 1] ?? close;
    return [open, Math.max(open, close), Math.min(open, close), close];
  });
}

function fundingOf({ funding }: QuickBacktest): FundingColumns | null {
  if (funding === undefined) return null;
  return {
    length: funding.length,
    time: Float64Array.from(funding, (row) => row.time),
    rate: Float64Array.from(funding, (row) => row.rate),
  };
}

function instrumentOf({ symbol, tick, lot }: QuickBacktest): Instrument {
  return {
    ...PLAIN_INSTRUMENT,
    ...(symbol === undefined ? {} : { symbol }),
    ...(tick === undefined ? {} : { tick: makeGrid(tick) }),
    ...(lot === undefined ? {} : { lot: makeGrid(lot) }),
  };
}
