import { expect, test } from "vitest";
import { type Candle, runScript } from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1000];
const thin: Candle = [100, 101, 99, 100, 50];
const venue = { settings: { participationPct: 10 } };

test("a stop that is hit at its old size leaves nothing unprotected", () => {
  const run = runScript(
    [flat, thin, [90, 91, 89, 90, 1000], flat, flat],
    { 0: (ctx) => ctx.enterLong({ qty: 10, stopLoss: 95 }) },
    venue,
  );
  expect(run.engine.ledger.positions[0]?.qty).toBe(0);
});

test("an opposite entry cancels what the first one has not filled, and turns around", () => {
  const run = runScript(
    [flat, thin, flat, flat],
    {
      0: (ctx) => ctx.enterLong({ qty: 10 }),
      1: (ctx) => ctx.enterShort({ qty: 10 }),
    },
    venue,
  );
  expect(run.engine.ledger.positions[0]?.qty).toBe(-10);
});

test("an exit of the whole position cancels the rest of the entry", () => {
  const run = runScript(
    [flat, thin, flat, flat],
    { 0: (ctx) => ctx.enterLong({ qty: 10 }), 1: (ctx) => ctx.exit() },
    venue,
  );
  expect(run.engine.ledger.positions[0]?.qty).toBe(0);
});
