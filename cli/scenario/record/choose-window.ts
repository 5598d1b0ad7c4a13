import { must } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { upperBound } from "#engine/market/bars.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { ObservedRun, ObservedState } from "#sim/scenario/record/observe-run.ts";
import type { RecordWindow } from "#sim/scenario/record/record-window.ts";

/** How far back a flat account is looked for, in bars. */
const LOOK_BACK_MAX = 2_000;
/** So many times the bars that were asked for before the moment: a window that is longer tells too much. */
const NEAR = 4;

/**
 * The windows that could stand for the bars around a moment, the best first: one that begins flat if that is near,
 * then the one that was asked for with whatever was held then, at last a flat one from far back.
 * @throws E_USAGE for a moment outside the run
 */
export function chooseWindows(
  observed: ObservedRun,
  around: number,
  bars: number,
): readonly RecordWindow[] {
  const [main] = observed.backtest.config.symbols as [BacktestSymbol, ...BacktestSymbol[]];
  const { strategyBars } = main;
  const { time, length, intervalMs } = strategyBars;
  const centre = upperBound(time, length, around) - 1;
  const isInside = centre >= 0 && around < (time[length - 1] as number) + intervalMs;
  if (!isInside) throw outside(time[0] as number, (time[length - 1] as number) + intervalMs);
  const last = Math.min(length - 1, centre + bars);
  const first = Math.max(0, centre - bars);
  const end = (time[last] as number) + intervalMs;
  const windowAt = (row: number): RecordWindow => {
    const start = time[row] as number;
    const state = stateBefore(observed.states, start + intervalMs);
    const isFlat = state.positions.every(({ qty }) => qty === 0);
    return { start, intervalMs, end, state, isFlat };
  };
  const windows: RecordWindow[] = [];
  for (let row = first; row >= Math.max(0, first - LOOK_BACK_MAX); row--) {
    const window = windowAt(row);
    if (!window.isFlat || !allTradeAt(observed, window.start)) continue;
    windows.push(window);
    break;
  }
  const asked = windowAt(first);
  if (asked.isFlat) return windows;
  const [flat] = windows;
  const isNear = flat !== undefined && flat.start >= asked.start - NEAR * bars * intervalMs;
  return isNear ? [flat, asked] : [asked, ...windows];
}

function stateBefore(states: readonly ObservedState[], time: number): ObservedState {
  return must(
    states.findLast((state) => state.time < time),
    "A run has a state before its first bar",
  );
}

function allTradeAt({ backtest }: ObservedRun, time: number): boolean {
  return backtest.config.symbols.every(({ strategyBars }) => {
    const row = upperBound(strategyBars.time, strategyBars.length, time) - 1;
    return row >= 0 && strategyBars.time[row] === time;
  });
}

function outside(from: number, to: number): DrydockError {
  const period = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  return new DrydockError("E_USAGE", "Option --around names a moment outside the run", {
    hint: `The run has candles from ${period}`,
  });
}
