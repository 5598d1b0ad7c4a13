import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { configOf } from "#sim/testing/fixture.ts";
import { planned, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";

/** A random run under limits, with a look after every event. */
function play(run: RandomRun, risk: RiskLimits, look: (backtest: Backtest) => void): Backtest {
  const records = new RecordRows();
  const backtest = new Backtest({
    ...configOf(symbolsOf(run), planned(run), { ...run, risk }),
    recordSink: records.sink,
  });
  const { engine } = backtest;
  const handle = engine.process.bind(engine);
  engine.process = (event) => {
    handle(event);
    look(backtest);
  };
  backtest.run();
  for (const failure of engine.failures) throw failure.error;
  return backtest;
}

function heldSlots({ engine }: Backtest): number {
  return engine.ledger.positions.filter(({ qtyLots }) => qtyLots !== 0).length;
}

test("I58: on the simulated exchange no more positions are open than allowed, and nothing stays counted", () => {
  let refused = 0;
  let quiet = 0;
  const limits: RiskLimits = { maxOpenPositions: 1, maxTotalNotional: 1e12 };
  const property = fc.property(randomRun(3), (run) => {
    const backtest = play(run, limits, (now) => {
      assert(heldSlots(now) <= 1, () => "At most one position");
      const { desk, ledger, risk } = now.engine;
      const slots = ledger.positions.map((_, slot) => slot);
      const entries = slots
        .flatMap((slot) => desk.store.working(slot))
        .filter((o) => !o.reduceOnly);
      if (entries.length > 0) return;
      const held = slots.reduce((sum, slot) => {
        const { qty, qtyLots } = ledger.positions[slot] as Position;
        return qtyLots === 0 ? sum : sum + Math.abs(qty) * desk.lastPrice(slot);
      }, 0);
      const counted = risk.worstNotional();
      // Prices are whole ticks here, so that the two differ by rounding alone.
      assert(Math.abs(counted - held) <= 1e-9 * held, () => `Counted ${counted} of ${held}`);
      quiet += 1;
    });
    const { rejected } = backtest.engine.orderManager.counts.totals();
    refused += rejected["riskOpenPositions"] ?? 0;
  });
  fc.assert(property, { numRuns: 100 });
  expect(refused).toBeGreaterThan(50);
  expect(quiet).toBeGreaterThan(500);
});

test("I61: halted at any bar of any run, no position grows once the orders of before are gone", () => {
  let halts = 0;
  const property = fc.property(randomRun(3), fc.nat(40), (run, at) => {
    let haltedAt = -1;
    let sizes: readonly number[] = [];
    let events = 0;
    play(run, {}, ({ engine }) => {
      const { risk, ledger, desk } = engine;
      events += 1;
      if (haltedAt < 0) {
        if (events < at * 4) return;
        risk.halt("test", engine.records.now);
        haltedAt = events;
        halts += 1;
      }
      const now = ledger.positions.map(({ qtyLots }) => qtyLots);
      const hasEntries = now.some((_, slot) => desk.store.working(slot).some((o) => !o.reduceOnly));
      for (const [slot, lots] of sizes.entries()) {
        const { [slot]: size = 0 } = now;
        assert(Math.abs(size) <= Math.abs(lots), () => `Grew from ${lots} to ${size}`);
        assert(size * lots >= 0, () => `Turned from ${lots} to ${size}`);
      }
      // From here on nothing is left that could open.
      if (!hasEntries) sizes = now;
    });
  });
  fc.assert(property, { numRuns: 100 });
  expect(halts).toBeGreaterThan(50);
});
