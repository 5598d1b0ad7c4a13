/** Errors of the disk at every call: the journal ends or goes on, and what was acknowledged is there. */
import { expect, test } from "vitest";
import { DrydockError } from "#engine/errors.ts";
import type { Journal } from "./journal.ts";
import { JournalFailed } from "./journal-errors.ts";
import { faultOf, runScript, type Told } from "./testing/journal-script.ts";
import { FOLDER, fold, open } from "./testing/journals.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

test.each(["failed", "full", "short"] as const)("one call %s, at every call", (fault) => {
  const problems: string[] = [];
  let failures = 0;
  let survived = 0;
  for (let call = 0; ; call++) {
    const disk = new MemoryDisk();
    const told: Told = { appended: [], acknowledged: 0 };
    let met = false;
    disk.plan = ({ number }) => {
      met ||= number === call;
      return number === call ? fault : null;
    };
    const error = runScript(disk, told);
    if (!met) break;
    if (error === null) survived += 1;
    else if (error instanceof DrydockError || isScriptOwn(error)) failures += 1;
    else throw error;
    const operation = disk.calls[call]?.operation;
    if (error instanceof JournalFailed) {
      const later = disk.calls.slice(call + 1).map((one) => one.operation);
      // A lack of space may be met by making room and writing again; after any other failure the disk is left alone.
      const allowed = [
        "close",
        "remove",
        ...(fault === "failed" ? [] : ["write", "truncate", "size"]),
      ];
      if (later.some((one) => !allowed.includes(one)))
        problems.push(`${call} ${operation}: ${later.join(" ")}`);
    }
    disk.plan = () => null;
    const loses = (what: string): void => {
      for (const mode of ["keep", "drop"] as const) {
        const wrong = faultOf(
          disk.reboot(mode, () => 0),
          told,
        );
        if (wrong !== null) problems.push(`${call} ${operation}, ${what}${mode}: ${wrong}`);
      }
    };
    loses("");
    // The machine goes on, and so does the next life with what it can read; then the power fails after all.
    goOn(disk, told);
    loses("a life later, ");
  }
  expect(problems).toEqual([]);
  const outcome = { failed: failures > 200, full: survived > 30, short: survived > 30 };
  expect({ fault, failures, survived, isEnough: outcome[fault] }).toMatchObject({ isEnough: true });
});

/** A life that goes on with what it finds and acknowledges one more record. */
function goOn(disk: MemoryDisk, told: Told): void {
  const { journal, recovery } = open(disk, { limits: { segmentBytes: 700, ballastBytes: 64 } });
  told.appended = [...fold(recovery), "goes on"];
  journal.append("step", null, "goes on");
  journal.sync();
  told.acknowledged = told.appended.length;
}

/** The script tears a segment itself; that call may meet the fault too. */
function isScriptOwn(error: unknown): boolean {
  return error instanceof Error && error.name === "DiskFailed";
}

test("a short write is cut off again and written whole", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  const size = disk.read(`${FOLDER}/000001.jsonl`).length;
  let isFirst = true;
  disk.plan = ({ operation }) => {
    const isHit = operation === "write" && isFirst;
    if (isHit) isFirst = false;
    return isHit ? "short" : null;
  };
  journal.append("step", null, 1);
  journal.sync();
  expect(journal.isFull).toBe(false);
  expect(disk.calls.slice(-4).map(({ operation }) => operation)).toEqual([
    "write",
    "truncate",
    "write",
    "sync",
  ]);
  expect(disk.read(`${FOLDER}/000001.jsonl`).toString().slice(size)).toMatch(/^\{"seq":2.*\}\n$/);
});

test("a sync that fails for lack of space ends the journal like any other failed sync", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits: { ballastBytes: 100 } });
  journal.append("step", null, 1);
  disk.plan = ({ operation }) => (operation === "sync" ? "full" : null);
  expect(() => journal.sync()).toThrow(JournalFailed);
  expect(
    disk.calls.filter(({ operation, number }) => operation === "sync" && number > 0),
  ).toHaveLength(disk.calls.filter(({ operation }) => operation === "sync").length);
  expect(journal.failure?.code).toBe("E_DISK_FULL");
});

/** Null when not even the header fits. */
function openOrFull(disk: MemoryDisk): Journal | null {
  try {
    return open(disk, { limits: { ballastBytes: 1_000, segmentBytes: 800 } }).journal;
  } catch (error) {
    if (error instanceof DrydockError && error.code === "E_DISK_FULL") return null;
    throw error;
  }
}

test("at every size of the disk: the ballast makes room once, then the journal ends, nothing is lost", () => {
  const seen = { refused: 0, withoutBallast: 0, freed: 0 };
  for (let capacity = 0; capacity < 3_000; capacity += 7) {
    const disk = new MemoryDisk();
    disk.capacity = capacity;
    const written: number[] = [];
    let acknowledged = 0;
    const journal = openOrFull(disk);
    if (journal === null) {
      seen.refused += 1;
      continue;
    }
    const hasBallast = !journal.isFull;
    let afterFull = 0;
    const segmentsWhenFull = new Set<number>();
    const run = (): void => {
      for (let index = 0; index < 100; index++) {
        journal.append("step", null, index);
        written.push(index);
        journal.sync();
        acknowledged = written.length;
        if (journal.isFull) afterFull += 1;
        // What is left of the disk is not spent on headers of further segments.
        if (journal.isFull) segmentsWhenFull.add(journal.segmentNumber);
      }
    };
    expect(run).toThrow(JournalFailed);
    expect(journal).toMatchObject({ isFull: true, failure: { code: "E_DISK_FULL" } });
    expect(segmentsWhenFull.size).toBeLessThanOrEqual(1);
    seen[hasBallast ? "freed" : "withoutBallast"] += 1;
    // Some 1,000 bytes of ballast hold at least six records of about 120 bytes.
    expect(afterFull).toBeGreaterThanOrEqual(hasBallast ? 6 : 0);
    const again = open(disk, { limits: { ballastBytes: 1_000 } });
    expect(again.journal.isFull).toBe(true);
    const found = fold(again.recovery);
    expect(found.length).toBeGreaterThanOrEqual(acknowledged);
    expect(found).toEqual(written.slice(0, found.length));
    // With room again, the ballast is back and the journal goes on.
    disk.capacity = 10_000;
    const relieved = open(disk, { limits: { ballastBytes: 1_000 } });
    expect(relieved.journal.isFull).toBe(false);
    expect(disk.size(`${FOLDER}/ballast`)).toBe(1_000);
  }
  expect(Object.values(seen).every((count) => count > 20)).toBe(true);
});

test("a snapshot that does not fit harms nothing", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  const seq = journal.append("step", null, 1);
  disk.capacity = 700;
  expect(journal.writeSnapshot("x".repeat(1_000), seq)).toBe("full");
  expect(journal).toMatchObject({ isFull: false, failure: null, syncedSeq: 2 });
  expect(disk.list(FOLDER)).toEqual(["000001.jsonl"]);
});
