import { type BarColumns, sliceBars } from "#engine/market/bars.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import { configOf } from "./market.bench.ts";
import type { BenchRow } from "./measure.ts";

/** A year of one-minute bars. */
const BARS = 525_600;
const ROUNDS = 9;
const HOUR = 3_600_000;

/** What reconcile and risk limits add to a backtest in which nothing fails: both ways in turn, the best of each. */
export function benchControl(market: BarColumns): readonly BenchRow[] {
  const plain = configOf(sliceBars(market, 0, BARS), smaCross, { fast: 10, slow: 50 });
  const risk = { maxTotalNotional: 1e12, maxLeverage: 100, maxOpenPositions: 10 };
  const kinds: readonly BacktestConfig[] = [
    { ...plain, reconcileMs: null },
    { ...plain, reconcileMs: HOUR },
    { ...plain, reconcileMs: HOUR, risk },
  ];
  const best = kinds.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    kinds.forEach((config, at) => {
      const backtest = new Backtest(config);
      const start = performance.now();
      backtest.run();
      best[at] = Math.min(best[at] as number, performance.now() - start);
    });
  }
  const [off, reconciled, limited] = best as [number, number, number];
  return [
    {
      work: "a year of minutes, SMA cross",
      ms: off,
      figure: `${off.toFixed(1)} ms`,
      bar: "",
      holds: true,
    },
    row("the same, reconciled every hour", reconciled, off),
    row("the same with risk limits besides", limited, off),
  ];
}

function row(work: string, ms: number, off: number): BenchRow {
  const more = (100 * (ms - off)) / off;
  return {
    work,
    ms,
    figure: `${more >= 0 ? "+" : ""}${more.toFixed(1)} %`,
    bar: "< 10 %",
    holds: more < 10,
  };
}
