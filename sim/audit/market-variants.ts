import { type BarColumns, lowerBound, sliceBars, upperBound } from "#engine/market/bars.ts";
import { type NoiseSide, withFundingNoise, withNoise } from "#sim/audit/noise.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/** Venues stamp funding some ms late: what is meant for a time counts as of it. */
const STAMP_SLACK_MS = 60_000;

/** What had closed by a time and was stamped by it, and nothing more: the columns end there. */
export function cutAt(symbols: readonly BacktestSymbol[], time: number): readonly BacktestSymbol[] {
  return symbols.map((one) => {
    const { funding } = one;
    const rates = funding === null ? 0 : rowsStamped(one, time);
    return {
      ...withBars(one, (bars) => copyRows(bars, 0, rowsClosed(bars, time))),
      funding:
        funding === null
          ? null
          : {
              length: rates,
              time: funding.time.slice(0, rates),
              rate: funding.rate.slice(0, rates),
            },
    };
  });
}

/** The same market with everything that closes after a time replaced by noise; the columns are as long as before. */
export function noiseAfter(
  symbols: readonly BacktestSymbol[],
  time: number,
  side: NoiseSide,
  seed: number,
): readonly BacktestSymbol[] {
  return symbols.map((one) => ({
    ...withBars(one, (bars) => withNoise(bars, rowsClosed(bars, time), side, seed)),
    funding:
      one.funding === null
        ? null
        : withFundingNoise(one.funding, rowsStamped(one, time), side, seed),
  }));
}

/** The market as it looks to who has no bar that opened before a time. */
export function startingAt(
  symbols: readonly BacktestSymbol[],
  time: number,
): readonly BacktestSymbol[] {
  return symbols.map((one) =>
    withBars(one, (bars) => copyRows(bars, lowerBound(bars.time, bars.length, time), bars.length)),
  );
}

/** Every table of bars of a symbol through a function; one that serves twice is made once and serves twice again. */
export function withBars(
  one: BacktestSymbol,
  change: (bars: BarColumns) => BarColumns,
): BacktestSymbol {
  const made = new Map<BarColumns, BarColumns>();
  const changed = (bars: BarColumns): BarColumns => {
    const known = made.get(bars) ?? change(bars);
    made.set(bars, known);
    return known;
  };
  return {
    ...one,
    bars: changed(one.bars),
    strategyBars: changed(one.strategyBars),
    higher: new Map([...one.higher].map(([word, bars]) => [word, changed(bars)] as const)),
    marks: one.marks === null ? null : changed(one.marks),
    index: one.index ? changed(one.index) : null,
  };
}

/** Copied, so that neither the length nor the memory behind a column tells of more. */
function copyRows(bars: BarColumns, first: number, end: number): BarColumns {
  const { intervalMs, length, time, open, high, low, close, volume } = sliceBars(bars, first, end);
  return {
    intervalMs,
    length,
    time: time.slice(),
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
  };
}

export function rowsClosed(bars: BarColumns, time: number): number {
  return upperBound(bars.time, bars.length, time - bars.intervalMs);
}

function rowsStamped({ funding }: BacktestSymbol, time: number): number {
  return funding === null ? 0 : lowerBound(funding.time, funding.length, time + STAMP_SLACK_MS);
}
