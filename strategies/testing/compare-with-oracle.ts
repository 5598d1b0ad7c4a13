import { expect } from "vitest";
import { makeBars } from "#engine/market/bars.ts";
import { makeGrid, toUnits } from "#engine/model/grid.ts";
import type { Trade } from "#engine/result/run-result.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { instrumentOf } from "#sim/testing/fixture.ts";
import { venueProfile, withoutCosts } from "#sim/venue-settings.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import {
  type OracleBar,
  type OracleTerms,
  type OracleTrade,
  smaCrossOracle,
} from "./sma-cross-oracle.ts";

/** One candle of a series for both sides: opening time in ms, prices in ticks of 0.01. */
export interface SharedBar extends OracleBar {
  readonly time: number;
  readonly highTicks: number;
  readonly lowTicks: number;
}

type CrossTerms = Pick<OracleTerms, "fast" | "slow" | "direction" | "sizePct">;

const TICKS = 100;
const LOTS = 1e8;
const BALANCE = 10_000;

/** Runs drydock and the oracle over the same bars, expects the same trades and returns how many there were. */
export function expectSameTrades(
  bars: readonly SharedBar[],
  intervalMs: number,
  terms: CrossTerms,
): number {
  const expected = smaCrossOracle(bars, {
    ...terms,
    balance: BALANCE,
    ticksPerUnit: TICKS,
    lotsPerUnit: LOTS,
  });
  const actual = drydockTrades(bars, intervalMs, terms);
  expect(actual.map(withoutMoney)).toEqual(expected.map(withoutMoney));
  actual.forEach((trade, at) => {
    const { netPnl } = expected[at] as OracleTrade;
    expect(Math.abs(trade.netPnl - netPnl)).toBeLessThanOrEqual(1e-9 * BALANCE);
  });
  return expected.length;
}

/** Everything that has to be equal to the last digit. */
function withoutMoney(trade: OracleTrade): OracleTrade {
  return { ...trade, netPnl: 0 };
}

function drydockTrades(
  shared: readonly SharedBar[],
  intervalMs: number,
  terms: CrossTerms,
): readonly OracleTrade[] {
  const bars = makeBars(intervalMs, shared.length);
  const rows = new Map<number, number>();
  shared.forEach((bar, row) => {
    rows.set(bar.time, row);
    bars.time[row] = bar.time;
    bars.open[row] = bar.openTicks / TICKS;
    bars.high[row] = bar.highTicks / TICKS;
    bars.low[row] = bar.lowTicks / TICKS;
    bars.close[row] = bar.closeTicks / TICKS;
    bars.volume[row] = Number.NaN;
  });
  const instrument = instrumentOf("SERIES", { tick: makeGrid(0.01), lot: makeGrid(1e-8) });
  const backtest = new Backtest({
    symbols: [
      { instrument, bars, strategyBars: bars, higher: new Map(), marks: null, funding: null },
    ],
    strategy: smaCross,
    params: terms,
    rules: {},
    settings: withoutCosts(venueProfile("bybit")),
    startBalance: BALANCE,
    leverage: 1,
    from: shared[0]?.time ?? 0,
    recordSink: () => {},
  });
  backtest.run();
  const { trades, openTrades } = backtestResult(backtest);
  const rowOf = (time: number | null): number | null =>
    time === null ? null : (rows.get(time) ?? Number.NaN);
  return [...trades, ...openTrades].map(
    (trade: Trade): OracleTrade => ({
      side: trade.side,
      openBar: rowOf(trade.openedAt) ?? Number.NaN,
      closeBar: rowOf(trade.closedAt),
      // Averages over a single fill: back to the tick that they came from.
      entryPrice: toUnits(instrument.tick, trade.entryPrice) / TICKS,
      exitPrice:
        trade.exitPrice === null ? null : toUnits(instrument.tick, trade.exitPrice) / TICKS,
      lots: toUnits(instrument.lot, trade.qty),
      netPnl: trade.netPnl,
    }),
  );
}
