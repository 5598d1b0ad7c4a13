import { expect, test } from "vitest";
import type { Ask } from "#live/ports/venue-port.ts";
import { ModelProgram } from "./testing/model-program.ts";
import { ModelVenue } from "./testing/model-venue.ts";

const MINUTE = 60_000;
const BAN_MS = 10 * MINUTE;

/** A program at a venue that bans it, when the test says so, and takes down what arrives. */
function running() {
  const queue: (() => void)[] = [];
  const drain = (): void => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) run();
  };
  const venue = new ModelVenue((_, run) => queue.push(run));
  const arrived: { readonly kind: Ask["kind"]; readonly at: number }[] = [];
  let bannedUntil = 0;
  const take = venue.take.bind(venue);
  venue.take = (ask) => {
    const at = program.clock.now();
    arrived.push({ kind: ask.kind, at });
    const waitMs = bannedUntil - at;
    if (waitMs <= 0) return take(ask);
    return { kind: "refusedForNow", cause: "ban", waitMs, text: "Access too frequent" };
  };
  const program = new ModelProgram(venue);
  const pass = (ms: number): void => {
    drain();
    program.clock.pass(ms, drain);
  };
  /** Bans it and lets it find out by its next cut; returns when that is over. */
  const ban = (): number => {
    bannedUntil = program.clock.now() + BAN_MS;
    arrived.length = 0;
    while (arrived.length === 0) pass(1_000);
    arrived.length = 0;
    return bannedUntil;
  };
  pass(MINUTE);
  return { program, venue, arrived, pass, ban };
}

test("I57: what is decided during a ban never leaves and counts as never sent", () => {
  const { program, venue, arrived, pass, ban } = running();
  const until = ban();
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  pass(until - program.clock.now() - 1);
  expect(arrived).toEqual([]);
  const { counts, store } = program.target.engine.orderManager;
  expect(counts.totals().rejected).toEqual({ venueBusy: 1 });
  expect(store.working(0)).toEqual([]);
  pass(5 * MINUTE);
  expect(arrived.length).toBeGreaterThan(0);
  expect(venue.orders).toEqual([]);
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  pass(1_000);
  expect(venue.orders).toHaveLength(1);
});

test("I57: a ban outlives the process, by its record and by a snapshot of the journal", () => {
  const { program, arrived, pass, ban } = running();
  const until = ban();
  for (let lives = 0; lives < 2; lives++) {
    program.crash();
    program.start();
    expect(program.target.kept().bannedUntil).toBe(until);
    pass(MINUTE);
  }
  pass(until - program.clock.now() - 1);
  expect(arrived).toEqual([]);
  pass(MINUTE);
  expect(arrived[0]?.kind).toBe("time");
  expect(program.failures).toEqual([]);
});

test("An entry that a halt finds waiting for room does not leave, without one it does", () => {
  const left = [false, true].map((isHalted) => {
    const { program, venue, pass } = running();
    program.decide((ctx) => {
      for (let count = 0; count < 9; count++) {
        ctx.order({ side: "buy", type: "limit", qty: 0.001, price: 90 });
      }
    });
    if (isHalted) program.target.order("halt", "a person");
    pass(10_000);
    return [venue.orders.length, program.target.engine.orderManager.counts.totals().rejected];
  });
  // Seven of ten a second are for entries.
  expect(left).toEqual([
    [9, {}],
    [7, { venueBusy: 2 }],
  ]);
});
