import { type BarColumns, type FundingColumns, makeBars } from "#engine/market/bars.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { ScenarioCandle, ScenarioSymbol } from "#sim/scenario/scenario.ts";

interface Frame {
  readonly start: number;
  readonly intervalMs: number;
  /** Whether finer candles decide what happens inside a bar. */
  readonly walksDetail: boolean;
}

/** The market of one symbol as a backtest reads it. */
export function scenarioMarket(symbol: ScenarioSymbol, frame: Frame): BacktestSymbol {
  const { start, intervalMs } = frame;
  const strategyBars = barsOf(symbol.candles, start, intervalMs);
  const bars = frame.walksDetail ? finestBars(symbol, strategyBars, start) : strategyBars;
  const marks = symbol.mark === null ? null : barsOf(symbol.mark, start, intervalMs);
  const index = symbol.index === null ? null : barsOf(symbol.index, start, intervalMs);
  return {
    instrument: symbol.instrument,
    bars,
    strategyBars,
    higher: new Map(),
    marks,
    index,
    funding: fundingOf(symbol, frame, bars),
  };
}

/** Gaps are rows that are not there. */
function barsOf(
  candles: readonly (ScenarioCandle | null)[],
  start: number,
  intervalMs: number,
): BarColumns {
  const rows = candles.flatMap((candle, at) => {
    return candle === null ? [] : [{ candle, time: start + at * intervalMs }];
  });
  return columnsOf(rows, intervalMs);
}

interface TimedCandle {
  readonly candle: ScenarioCandle;
  readonly time: number;
}

function columnsOf(rows: readonly TimedCandle[], intervalMs: number): BarColumns {
  const bars = makeBars(intervalMs, rows.length);
  rows.forEach(({ candle, time }, row) => {
    bars.time[row] = time;
    bars.open[row] = candle.open;
    bars.high[row] = candle.high;
    bars.low[row] = candle.low;
    bars.close[row] = candle.close;
    bars.volume[row] = candle.volume;
  });
  return bars;
}

/**
 * The finer candles. A bar of which there are none is walked as it is: it stands in its last finer slot, so that it
 * closes when it should.
 */
function finestBars(symbol: ScenarioSymbol, own: BarColumns, start: number): BarColumns {
  const { detail, candles } = symbol;
  if (detail === null) return own;
  const perBar = own.intervalMs / detail.intervalMs;
  const rows: TimedCandle[] = [];
  candles.forEach((candle, bar) => {
    if (candle === null) return;
    const first = bar * perBar;
    const finer = detail.candles.slice(first, first + perBar).flatMap((one, at) => {
      return one === null ? [] : [{ candle: one, time: start + (first + at) * detail.intervalMs }];
    });
    const last = start + (first + perBar - 1) * detail.intervalMs;
    rows.push(...(finer.length > 0 ? finer : [{ candle, time: last }]));
  });
  return columnsOf(rows, detail.intervalMs);
}

/**
 * The rates with their stamps. The exchange settles on the mark at the stamp; where another price is written the rate
 * is scaled, so that rate × mark is what rate × price would be.
 */
function fundingOf(symbol: ScenarioSymbol, frame: Frame, bars: BarColumns): FundingColumns | null {
  const rows = [...symbol.funding].sort((a, b) => a.bar - b.bar);
  if (rows.length === 0) return null;
  return {
    length: rows.length,
    time: Float64Array.from(rows, ({ bar }) => frame.start + bar * frame.intervalMs),
    rate: Float64Array.from(rows, ({ bar, rate, price }) => {
      const wanted = price ?? markAt(symbol, bar);
      const settled = settledAt(symbol, frame, bars, bar);
      return wanted === settled ? rate : (rate * wanted) / settled;
    }),
  };
}

/** The mark at the open of a bar; in a gap the one known last. */
function markAt(symbol: ScenarioSymbol, bar: number): number {
  const candle = symbol.mark?.[bar] ?? symbol.candles[bar];
  return candle?.open ?? closeBefore(symbol, bar);
}

/** The price on which the exchange settles at the open of a bar. */
function settledAt(symbol: ScenarioSymbol, frame: Frame, bars: BarColumns, bar: number): number {
  if (symbol.mark !== null) return symbol.mark[bar]?.open ?? closeBefore(symbol, bar);
  const time = frame.start + bar * frame.intervalMs;
  const row = bars.time.indexOf(time);
  return row >= 0 ? (bars.open[row] as number) : closeBefore(symbol, bar);
}

function closeBefore(symbol: ScenarioSymbol, bar: number): number {
  for (let at = bar - 1; at >= 0; at--) {
    const candle = symbol.candles[at];
    if (candle) return symbol.mark?.[at]?.close ?? candle.close;
  }
  return symbol.candles[0]?.open ?? Number.NaN;
}
