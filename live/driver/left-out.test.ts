import { expect, test } from "vitest";
import { ModelProgram } from "./testing/model-program.ts";
import { ModelVenue } from "./testing/model-venue.ts";

/** A program at a venue where everything arrives at once. */
function running(): { program: ModelProgram; venue: ModelVenue; drain: () => void } {
  const queue: (() => void)[] = [];
  const drain = (): void => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) run();
  };
  const venue = new ModelVenue((_, run) => queue.push(run));
  const program = new ModelProgram(venue);
  drain();
  program.clock.pass(5_000, drain);
  return { program, venue, drain };
}

test("I16: a target at which something is open can not be left out of a configuration", () => {
  const { program, venue, drain } = running();
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  drain();
  venue.fill(4);
  drain();
  program.clock.pass(1_000, drain);
  program.crash();
  expect(() => program.start({ isLeftOut: true })).toThrow(
    expect.objectContaining({
      code: "E_CONFIG",
      message: 'The journal holds positions or orders of "bybit:paper"',
    }),
  );
  program.start();
  expect(program.target.engine.ledger.positions[0]?.qtyLots).toBe(4);
});

test("I16: one that is flat can", () => {
  const { program } = running();
  program.crash();
  expect(() => program.start({ isLeftOut: true })).not.toThrow();
});
