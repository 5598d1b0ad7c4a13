import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { configOf, HOUR } from "#sim/testing/fixture.ts";
import { planned, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";

function play(
  run: RandomRun,
  reconcileMs: number | null,
): { records: RecordRows; backtest: Backtest } {
  const records = new RecordRows();
  const config = configOf(symbolsOf(run), planned(run), run);
  const backtest = new Backtest({ ...config, reconcileMs, recordSink: records.sink });
  backtest.run();
  for (const failure of backtest.engine.failures) throw failure.error;
  return { records, backtest };
}

test("reconciled at every decision, a backtest does the same, and nothing is found", () => {
  const property = fc.property(randomRun(3), (run) => {
    const without = play(run, null);
    const reconciled = play(run, 1);
    expect(reconciled.records.rows).toEqual(without.records.rows);
    // With commands that take longer than a bar a stop may be too small for several of them, which is a finding.
    if ((run.settings.latencyMs ?? 0) > HOUR) return;
    const { reconcile } = reconciled.backtest.engine;
    expect([reconcile?.findings, reconcile?.openFindings]).toEqual([0, []]);
  });
  fc.assert(property, { numRuns: 150 });
});

test("I15: the mirror of a backtest is what its exchange holds", () => {
  const property = fc.property(randomRun(2), (run) => {
    const { backtest } = play(run, 1);
    const { exchange, engine } = backtest;
    engine.reconcile?.compareNow(Number.MAX_SAFE_INTEGER);
    const held = exchange.symbols.flatMap(({ instrument, position }) =>
      position.qtyLots === 0 ? [] : [`${instrument.symbol} ${position.qtyLots}`],
    );
    const rows = engine.reconcile?.positions().map(({ symbol, lots }) => `${symbol} ${lots}`);
    expect(new Set(rows)).toEqual(new Set(held));
  });
  fc.assert(property, { numRuns: 60 });
});
