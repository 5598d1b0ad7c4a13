import { type AgedParams, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { PLAIN_INSTRUMENT } from "#engine/model/plain-instrument.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { barColumns, type Candle as MarketCandle } from "#props/market/candle-walk.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { type VenueSettings, venueProfile, withoutCosts } from "#sim/venue-settings.ts";

export const HOUR = 3_600_000;
export const START = Date.UTC(2024, 0, 1);

/** `[open, high, low, close, volume?]`, or "gap" for a missing bar. */
export type Candle = MarketCandle;

export function barsOf(candles: readonly Candle[], intervalMs = HOUR): BarColumns {
  return barColumns(candles, intervalMs, START);
}

export function fundingOf(rows: readonly (readonly [bar: number, rate: number])[]): FundingColumns {
  return {
    length: rows.length,
    time: Float64Array.from(rows, ([bar]) => START + bar * HOUR),
    rate: Float64Array.from(rows, ([, rate]) => rate),
  };
}

export function instrumentOf(symbol = "BTCUSDT", changes: Partial<Instrument> = {}): Instrument {
  return { ...PLAIN_INSTRUMENT, symbol, ...changes };
}

/** What a scripted strategy does at the close of bar `n`. */
export type Script = Readonly<Record<number, (ctx: SymbolContext) => void>>;

export function scripted(script: Script): Strategy {
  return defineStrategy({
    name: "scripted",
    description: "Acts at given bars",
    onBar: (ctx) => script[Math.round((ctx.bar.time - START) / HOUR)]?.(ctx as SymbolContext),
  });
}

export interface FixtureOptions {
  readonly settings?: Partial<VenueSettings>;
  readonly rules?: ExitRules;
  readonly risk?: RiskLimits;
  readonly aged?: AgedParams | undefined;
  readonly instrument?: Partial<Instrument>;
  readonly marks?: readonly Candle[];
  readonly index?: readonly Candle[];
  readonly funding?: FundingColumns;
  readonly balance?: number;
  readonly leverage?: number;
}

export function symbolOf(
  bars: BarColumns,
  options: FixtureOptions = {},
  symbol?: string,
): BacktestSymbol {
  return {
    instrument: instrumentOf(symbol, options.instrument),
    bars,
    strategyBars: bars,
    higher: new Map(),
    marks: options.marks === undefined ? null : barsOf(options.marks),
    index: options.index === undefined ? null : barsOf(options.index),
    funding: options.funding ?? null,
  };
}

/** A free venue (no costs, no limits) unless the options say otherwise. */
export function configOf(
  symbols: readonly BacktestSymbol[],
  strategy: Strategy,
  options: FixtureOptions = {},
): BacktestConfig {
  const settings: VenueSettings = {
    ...withoutCosts(venueProfile("bybit")),
    maintenanceOn: "entry",
    ...options.settings,
  };
  const { aged } = options;
  return {
    symbols,
    strategy,
    params: {},
    rules: options.rules ?? {},
    risk: options.risk,
    aged: aged === undefined ? null : resolveAgedConfig(aged, settings.takerPct),
    settings,
    startBalance: options.balance ?? 10_000,
    leverage: options.leverage ?? 1,
    from: START,
    recordSink: () => {},
  };
}

/** Runs a script over the candles of one symbol to the end. */
export function runScript(
  candles: readonly Candle[],
  script: Script,
  options: FixtureOptions = {},
): Backtest {
  const backtest = new Backtest(
    configOf([symbolOf(barsOf(candles), options)], scripted(script), options),
  );
  backtest.run();
  for (const failure of backtest.engine.failures) throw failure.error;
  return backtest;
}

/** One symbol of a market of several. */
export interface MarketPart {
  readonly symbol: string;
  readonly candles: readonly Candle[];
  readonly intervalMs?: number;
  readonly script?: Script;
  readonly marks?: readonly Candle[];
  readonly funding?: FundingColumns;
  readonly instrument?: Partial<Instrument>;
}

/** A strategy per symbol that acts at the close of bar `n` of that symbol. */
export function scriptedParts(parts: readonly MarketPart[]): Strategy {
  const scripts = new Map(parts.map((part) => [part.symbol, part]));
  return defineStrategy({
    name: "scripted-parts",
    description: "Acts at given bars of each symbol",
    onBar: (ctx) => {
      const part = scripts.get(ctx.symbol);
      const bar = Math.round((ctx.bar.time - START) / (part?.intervalMs ?? HOUR));
      part?.script?.[bar]?.(ctx as SymbolContext);
    },
  });
}

/** Runs several symbols on one account to the end. */
export function runMarket(parts: readonly MarketPart[], options: FixtureOptions = {}): Backtest {
  const symbols = parts.map((part) => {
    const { marks, funding, instrument } = part;
    return symbolOf(
      barsOf(part.candles, part.intervalMs),
      {
        ...(marks === undefined ? {} : { marks }),
        ...(funding === undefined ? {} : { funding }),
        ...(instrument === undefined ? {} : { instrument }),
      },
      part.symbol,
    );
  });
  return finished(new Backtest(configOf(symbols, scriptedParts(parts), options)));
}

/** Runs to the end and throws what a strategy threw. */
export function finished(backtest: Backtest): Backtest {
  backtest.run();
  for (const failure of backtest.engine.failures) throw failure.error;
  return backtest;
}

/** One execution: bar, whether at its open or inside it, side, quantity, price, what sent the order. */
export type ShortFill = readonly [
  bar: number,
  moment: "open" | "inside",
  side: "buy" | "sell",
  qty: number,
  price: number,
  reason: string,
];

/** All fills of a run on hourly bars, short enough to be read as a table. */
export function shortFills(backtest: Backtest): ShortFill[] {
  return backtestResult(backtest).fills.map(({ time, side, qty, price, reason }) => {
    const hours = (time - START) / HOUR;
    const moment = Number.isInteger(hours) ? "open" : "inside";
    return [Math.floor(hours), moment, side, qty, price, reason];
  });
}
