import { expect, test } from "vitest";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  barsOf,
  type Candle,
  configOf,
  finished,
  fundingOf,
  HOUR,
  START,
  scripted,
  shortFills,
  symbolOf,
} from "#sim/testing/fixture.ts";

const candles: Candle[] = Array.from({ length: 30 }, (_, bar) => {
  const price = 100 + bar;
  return [price, price + 2, price - 2, price + 1, 1_000];
});

/** A run whose decisions begin at the close of bar 9. */
function lateRun(): Backtest {
  const seen: number[] = [];
  const strategy = scripted({
    0: () => seen.push(0),
    8: () => seen.push(8),
    9: (ctx) => {
      seen.push(9);
      ctx.enterLong({ qty: 1 });
    },
    20: (ctx) => ctx.exit(),
  });
  const symbol = symbolOf(barsOf(candles), {
    funding: fundingOf([
      [4, 0.01],
      [15, 0.01],
    ]),
  });
  const run = finished(new Backtest({ ...configOf([symbol], strategy), from: START + 10 * HOUR }));
  expect(seen).toEqual([9]);
  return run;
}

test("the loop asks for the next bar that matters: the first one on which a decision falls", () => {
  const { engine } = new Backtest({
    ...configOf([symbolOf(barsOf(candles))], scripted({})),
    from: START + 10 * HOUR,
  });
  expect([0, 8, 9, 10, 29].map((row) => engine.nextRow(row))).toEqual([9, 9, 9, 10, 29]);
});

test("bars before the first decision are passed over, and nothing else changes", () => {
  const run = lateRun();
  expect(shortFills(run)).toEqual([
    [10, "open", "buy", 1, 110, "entry"],
    [21, "open", "sell", 1, 121, "signal"],
  ]);
  const { equity } = backtestResult(run);
  // From the first close after the start on; bar 15 opens with funding on the position of bar 10.
  expect(equity.length).toBe(20);
  expect(equity.time[0]).toBe(START + 11 * HOUR);
  expect(equity.equity[0]).toBe(10_001);
  expect(run.engine.ledger.funding).toBeCloseTo(-1.15, 9);
  expect(run.progress.done).toBe(30);
});

test("a run stops after the very bar that was asked for, in whatever steps it gets there", () => {
  const everyBar = scripted(
    Object.fromEntries(
      Array.from({ length: 30 }, (_, bar) => [
        bar,
        (ctx: SymbolContext) => (bar % 2 === 0 ? ctx.enterLong({ qty: 1 }) : ctx.exit()),
      ]),
    ),
  );
  for (let bars = 1; bars < 30; bars++) {
    const traces = [1, 2, 3, bars].map((step) => {
      const records = new RecordRows();
      const config = configOf([symbolOf(barsOf(candles))], everyBar);
      const run = new Backtest({ ...config, recordSink: records.sink });
      while (run.progress.done < bars) {
        expect(run.advance(Math.min(step, bars - run.progress.done))).toBe(true);
      }
      run.stop();
      expect(run.progress.done).toBe(bars);
      return records.rows;
    });
    for (const trace of traces) expect(trace).toEqual(traces[0]);
  }
});
