import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openJournal } from "#data/journal/open-journal.ts";
import { HEADER } from "#data/journal/testing/journals.ts";
import { CRASH_MOMENTS, Crash, type CrashMoment } from "./crash-points.ts";
import { diskOf } from "./testing/bench-disk.ts";
import { START } from "./testing/bench-world.ts";
import type { VirtualDisk } from "./virtual-disk.ts";

const LIMITS = { segmentBytes: 600, ballastBytes: 500 };

/** A journal on the disk: what was found, and what is appended until the process dies or the disk fails. */
function lifeOf(
  disk: VirtualDisk,
  appends: number,
  told: { appended: number; acked: number },
): readonly unknown[] | null {
  let clock = START;
  const opened = openJournal({
    folder: "/d/journal",
    disk,
    header: HEADER,
    now: () => (clock += 1),
    limits: LIMITS,
  });
  if (opened.kind === "quarantined") return null;
  const found: unknown[] = [];
  const { recovery, journal } = opened;
  for (const record of recovery.records()) if (record.kind === "step") found.push(record.data);
  told.appended = found.length;
  told.acked = found.length;
  for (let count = 0; count < appends; count++) {
    journal.append("step", "bybit:paper", told.appended);
    told.appended += 1;
    if (count % 3 !== 0) continue;
    journal.sync();
    told.acked = told.appended;
  }
  return found;
}

test("A journal on this disk keeps what it acknowledged, wherever the process dies and the power fails", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(
        fc.record({
          at: fc.integer({ min: 1, max: 160 }),
          moment: fc.constantFrom<CrashMoment>(...CRASH_MOMENTS),
          hasPower: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      (seed, crashes) => {
        const { disk, points } = diskOf(seed);
        const told = { appended: 0, acked: 0 };
        let acked = 0;
        for (const { at, moment, hasPower } of crashes) {
          const base = points.count;
          points.plan = (point) => (point === base + at ? moment : null);
          try {
            lifeOf(disk, 30, told);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
          }
          acked = Math.max(acked, told.acked);
          points.plan = () => null;
          if (!hasPower) disk.losePower();
          const found = lifeOf(disk, 0, told);
          expect(found?.length).toBeGreaterThanOrEqual(acked);
          expect(found).toEqual(Array.from({ length: found?.length ?? 0 }, (_, index) => index));
          acked = found?.length ?? 0;
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("With every error of a disk a journal ends or goes on, and loses nothing that it acknowledged", () => {
  let failures = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const { disk, faults } = diskOf(seed, { P5: 0.03, P6: 0.02 });
    const told = { appended: 0, acked: 0 };
    try {
      lifeOf(disk, 60, told);
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (!["JournalFailed", "DrydockError"].includes(name)) throw error;
      failures += 1;
    }
    faults.heal();
    disk.relieve();
    disk.losePower();
    const found = lifeOf(disk, 0, { appended: 0, acked: 0 });
    expect(found?.length).toBeGreaterThanOrEqual(told.acked);
  }
  expect(failures).toBeGreaterThan(30);
});
