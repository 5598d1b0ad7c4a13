import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RECORD } from "#engine/records/record-log.ts";
import { expectSame, withoutQuietPath } from "#sim/testing/determinism-properties.ts";
import { checkMargin, marginRun, tieredSymbols } from "#sim/testing/margin-properties.ts";
import { play } from "#sim/testing/random-run.ts";
import { runs } from "#sim/testing/seed.ts";

test.each(["isolated", "cross"] as const)(
  "%s margin: books, order margin and liquidation prices agree after every event, and no equity is below zero",
  (mode) => {
    fc.assert(fc.property(marginRun(3, mode), checkMargin), runs(150));
  },
);

test("cross margin takes the short way through quiet bars as it takes the full one", () => {
  const property = fc.property(marginRun(1, "cross"), (run) => {
    const symbols = tieredSymbols(run);
    expectSame(play(run, symbols), play(run, withoutQuietPath(symbols)));
  });
  fc.assert(property, runs(100));
});

test("the random runs reach what they are meant to: steps, bankruptcies, orders that hold margin", () => {
  const seen = { partial: 0, whole: 0, bankrupt: 0 };
  const property = fc.property(marginRun(3, "cross"), (run) => {
    const { backtest, records } = play(run, tieredSymbols(run));
    seen.bankrupt += backtest.exchange.account.bankruptcies;
    records.rows.forEach((row, at) => {
      if (row[0] !== RECORD.liquidation) return;
      const after = records.rows[at + 1]?.[8];
      if (after === 0) seen.whole += 1;
      else seen.partial += 1;
    });
  });
  fc.assert(property, runs(150));
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(3);
});
