import { expect } from "vitest";
import { makeBars } from "#engine/market/bars.ts";
import { makeGrid, toUnits } from "#engine/model/grid.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { instrumentOf } from "#sim/testing/fixture.ts";
import { venueProfile, withoutCosts } from "#sim/venue-settings.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import { type OracleBar, type OracleTrade, smaCrossOracle } from "./sma-cross-oracle.ts";

/** One candle of a series for both sides: opening time in ms, prices in ticks of 0.01. */
export interface SharedBar extends OracleBar {
  readonly time: number;
  readonly highTicks: number;
  readonly lowTicks: number;
}

export interface CrossTerms {
  readonly fast: number;
  readonly slow: number;
  readonly direction: "both" | "long" | "short";
  readonly sizePermille: number;
}

const TICKS_PER_UNIT = 100;
const LOTS_PER_UNIT = 1e8;
const BALANCE = 10_000;
const BALANCE_EXACT = 10_000n * 100n * 100_000_000n;

/** Runs drydock and the oracle over the same bars, expects the same trades and returns how many there were. */
export function expectSameTrades(
  bars: readonly SharedBar[],
  intervalMs: number,
  terms: CrossTerms,
): number {
  const expected = smaCrossOracle(bars, { ...terms, balance: BALANCE_EXACT });
  const { trades, nets } = drydockTrades(bars, intervalMs, terms);
  expect(trades).toEqual(expected.map(({ net: _net, ...trade }) => trade));
  expected.forEach(({ net }, at) => {
    const money = Number(net) / TICKS_PER_UNIT / LOTS_PER_UNIT;
    expect(Math.abs((nets[at] as number) - money)).toBeLessThanOrEqual(1e-12 * BALANCE);
  });
  return expected.length;
}

function drydockTrades(
  shared: readonly SharedBar[],
  intervalMs: number,
  { fast, slow, direction, sizePermille }: CrossTerms,
): { readonly trades: readonly Omit<OracleTrade, "net">[]; readonly nets: readonly number[] } {
  const bars = makeBars(intervalMs, shared.length);
  const rows = new Map<number, number>();
  shared.forEach((bar, row) => {
    rows.set(bar.time, row);
    bars.time[row] = bar.time;
    bars.open[row] = bar.openTicks / TICKS_PER_UNIT;
    bars.high[row] = bar.highTicks / TICKS_PER_UNIT;
    bars.low[row] = bar.lowTicks / TICKS_PER_UNIT;
    bars.close[row] = bar.closeTicks / TICKS_PER_UNIT;
    bars.volume[row] = Number.NaN;
  });
  const instrument = instrumentOf("SERIES", { tick: makeGrid(0.01), lot: makeGrid(1e-8) });
  const backtest = new Backtest({
    symbols: [
      { instrument, bars, strategyBars: bars, higher: new Map(), marks: null, funding: null },
    ],
    strategy: smaCross,
    params: { fast, slow, direction, sizePct: sizePermille / 10 },
    rules: {},
    settings: withoutCosts(venueProfile("bybit")),
    startBalance: BALANCE,
    leverage: 1,
    from: shared[0]?.time ?? 0,
    recordSink: () => {},
  });
  backtest.run();
  const result = backtestResult(backtest);
  const all = [...result.trades, ...result.openTrades];
  const rowOf = (time: number): number => rows.get(time) ?? Number.NaN;
  return {
    nets: all.map((trade) => trade.netPnl),
    trades: all.map(({ side, openedAt, closedAt, entryPrice, exitPrice, qty }) => ({
      side,
      openBar: rowOf(openedAt),
      closeBar: closedAt === null ? null : rowOf(closedAt),
      // Averages over a single fill: back to the tick that they came from.
      entryTicks: toUnits(instrument.tick, entryPrice),
      exitTicks: exitPrice === null ? null : toUnits(instrument.tick, exitPrice),
      lots: toUnits(instrument.lot, qty),
    })),
  };
}
