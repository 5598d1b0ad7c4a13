import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { EngineSeries } from "#engine/strategy/series-view.ts";
import { StrategyRunner } from "#engine/strategy/strategy-runner.ts";

const MINUTE = 60_000;

interface Growing extends BarColumns {
  length: number;
}

function runnerOn(
  bars: BarColumns,
  seen: number[],
): { series: EngineSeries; runner: StrategyRunner } {
  const series = new EngineSeries(0, bars);
  const strategy = defineStrategy({ name: "note", onBar: (ctx) => void seen.push(ctx.bar.time) });
  const symbols = [{ symbol: 0, name: "BTCUSDT", series, higher: new Map() }];
  const runner = new StrategyRunner({ index: 1, strategy, params: {}, symbols }, {} as never, 0);
  return { series, runner };
}

test("a candle that an earlier process decided on is not decided on again, though it comes after the restore", () => {
  const bars: Growing = { ...makeBars(MINUTE, 8), length: 0 };
  bars.time.set([0, 1, 2, 3].map((row) => row * MINUTE));
  const seen: number[] = [];
  const { series, runner } = runnerOn(bars, seen);
  runner.restore({ strategy: 1, decided: [2 * MINUTE] });
  for (let row = 0; row < 4; row++) {
    bars.length = row + 1;
    series.index = row;
    runner.decide((row + 1) * MINUTE, false);
  }
  expect(seen).toEqual([3 * MINUTE]);
});

test("what was decided survives a process that decided nothing", () => {
  const bars: Growing = { ...makeBars(MINUTE, 8), length: 0 };
  const { series, runner } = runnerOn(bars, []);
  expect(runner.state().decided).toEqual([null]);
  runner.restore({ strategy: 1, decided: [2 * MINUTE] });
  expect(runner.state().decided).toEqual([2 * MINUTE]);
  bars.length = 1;
  series.index = 0;
  runner.decide(MINUTE, false);
  expect(runner.state().decided).toEqual([2 * MINUTE]);
});

test("I41: bars that come late are decided on by their own close alone, history by none", () => {
  const bars: Growing = { ...makeBars(MINUTE, 8), length: 3 };
  bars.time.set([0, 1, 2].map((row) => row * MINUTE));
  const seen: number[] = [];
  const { series, runner } = runnerOn(bars, seen);
  // Another symbol's bar of this close is here; of this symbol only what closed before.
  series.index = 1;
  runner.decide(3 * MINUTE, true);
  expect(seen).toEqual([]);
  series.index = 2;
  runner.decide(3 * MINUTE, true);
  expect(seen).toEqual([2 * MINUTE]);
});
