/** What an engine does after a repair took records out of its journal that were acknowledged. */
import { expect, test } from "vitest";
import { inspectJournal } from "#data/journal/inspect-journal.ts";
import { repairJournal } from "#data/journal/repair-journal.ts";
import { must } from "#engine/assert.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import { ModelProgram } from "./testing/model-program.ts";
import { ModelVenue } from "./testing/model-venue.ts";

const MINUTE = 60_000;
const FOLDER = "/data/journal";
const FIRST = `${FOLDER}/000001.jsonl`;

function running() {
  const queue: (() => void)[] = [];
  const drain = (): void => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) run();
  };
  const venue = new ModelVenue((_, run) => queue.push(run));
  const program = new ModelProgram(venue);
  const pass = (): void => {
    drain();
    // The next candle: none is decided on twice.
    program.clock.pass(MINUTE, drain);
  };
  pass();
  return { program, venue, pass };
}

/** Turns a byte over in the first record that holds a text, and repairs. */
function damageAndRepair(program: ModelProgram, text: string): void {
  const { disk } = program;
  const bytes = disk.read(FIRST);
  bytes[bytes.indexOf(text)] = 0;
  disk.put(FIRST, bytes);
  const found = must(inspectJournal(disk, FOLDER), "It is there");
  expect(found.damage).not.toBeNull();
  repairJournal(disk, found, program.clock.now());
}

test("a halt behind the cut: the next start is halted until a person resumes, and opens nothing before", () => {
  const { program, venue, pass } = running();
  program.target.order("halt", "by hand");
  // Something follows, or it would be taken for a torn end.
  program.decide(() => {});
  pass();
  program.crash();
  damageAndRepair(program, '"by hand"');
  const keptTo = must(inspectJournal(program.disk, FOLDER), "It is there").lastSeq - 1;
  program.start();
  pass();
  const reason = `the journal was cut by a repair at record ${keptTo}; resume once you have looked`;
  expect(program.target.engine.risk.latches.halt).toMatchObject({ reason, clearsAt: null });
  expect(program.target.engine.risk.latches.blocks(0)).toBe(REJECT.riskHalted);
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  pass();
  expect(venue.orders).toEqual([]);
  expect(program.target.engine.orderManager.counts.totals().rejected).toEqual({ riskHalted: 1 });
  program.crash();
  program.start();
  pass();
  expect(program.target.engine.risk.latches.halt).toMatchObject({ reason });
  program.target.order("resume", "looked");
  pass();
  program.crash();
  program.start();
  pass();
  expect(program.target.engine.risk.latches.halt).toBeNull();
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  pass();
  expect(venue.orders).toHaveLength(1);
  expect(program.failures).toEqual([]);
});

test("nothing is left of the journal: the engine begins anew and halted", () => {
  const { program, venue, pass } = running();
  program.crash();
  damageAndRepair(program, '"kind":"header"');
  program.start();
  pass();
  const { latches } = program.target.engine.risk;
  expect(latches.halt?.reason).toContain("cut by a repair at record 0");
  program.decide((ctx) => ctx.enterLong({ qty: 0.004 }));
  pass();
  expect(venue.orders).toEqual([]);
  expect(program.target.engine.orderManager.counts.totals().rejected).toEqual({ riskHalted: 1 });
  expect(program.failures).toEqual([]);
});
