/** A crash at every call to the disk: acknowledged ⊆ recovered, and recovered is a prefix of appended. */
import { expect, test } from "vitest";
import { inspectJournal } from "./inspect-journal.ts";
import { openJournal } from "./open-journal.ts";
import { repairJournal } from "./repair-journal.ts";
import { faultOf, isCrash, runScript, type Told } from "./testing/journal-script.ts";
import { clock, FOLDER, fold, HEADER, open, randomFrom, START } from "./testing/journals.ts";
import { CRASH_MODES, type CrashMode, type Fault, MemoryDisk } from "./testing/memory-disk.ts";

/** Of so many first crashes one is followed by second ones: prime, so that all kinds have their turn. */
const EVERY = 11;
const CRASHES: readonly Fault[] = ["crash", "lie", "half"];

/** Runs the script until the crash at one call; null when the script ended before it. */
function crashAt(
  call: number,
  fault: Fault,
): { readonly disk: MemoryDisk; readonly told: Told } | null {
  const disk = new MemoryDisk();
  const told: Told = { appended: [], acknowledged: 0 };
  disk.plan = ({ number }) => (number === call ? fault : null);
  const error = runScript(disk, told);
  if (error === null) return null;
  if (!isCrash(error)) throw error;
  return { disk, told };
}

/** Every call of the script with every kind of crash. */
function* crashes(): Generator<{
  readonly name: string;
  readonly disk: MemoryDisk;
  readonly told: Told;
}> {
  for (const fault of CRASHES) {
    for (let call = 0; ; call++) {
      const crashed = crashAt(call, fault);
      if (crashed === null) break;
      yield { name: `${fault} at ${call}`, ...crashed };
    }
  }
}

test("the script reaches every part of the journal", () => {
  const disk = new MemoryDisk();
  const told: Told = { appended: [], acknowledged: 0 };
  expect(runScript(disk, told)).toBeNull();
  const names = disk.list(FOLDER);
  expect(names.filter((name) => name.endsWith(".jsonl")).length).toBeGreaterThan(5);
  expect(names.filter((name) => name.startsWith("snapshot")).length).toBe(2);
  expect(disk.list(`${FOLDER}/cut`)).toHaveLength(1);
  expect(faultOf(disk, told)).toBeNull();
});

test("a crash at every call, with every fate of the unsynced bytes", () => {
  const faults: string[] = [];
  let count = 0;
  for (const { name, disk, told } of crashes()) {
    for (const mode of CRASH_MODES) {
      const seeds = mode === "tear" || mode === "zero" ? 2 : 1;
      for (let seed = 0; seed < seeds; seed++) {
        count += 1;
        const fault = faultOf(disk.reboot(mode, randomFrom(1000 * count + seed)), told);
        if (fault !== null) faults.push(`${name}, ${mode}, ${seed}: ${fault}`);
      }
    }
  }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(3_000);
});

test("a second crash at every call of the recovery", () => {
  const faults: string[] = [];
  let count = 0;
  let turn = 0;
  for (const { name, disk, told } of crashes()) {
    turn += 1;
    // A sample of the first crashes; the kinds of crash and the fates of the bytes take turns.
    if (turn % EVERY !== 0) continue;
    const modes = [modeOf(turn), modeOf(turn / 2)];
    const random = randomFrom(turn);
    const left = disk.reboot(modes[0] as CrashMode, random);
    for (let call = 0; ; call++) {
      const again = left.clone();
      again.plan = ({ number }) => (number === call ? (CRASHES[call % 3] as Fault) : null);
      try {
        open(again, { limits: { ballastBytes: 64 } });
        break;
      } catch (error) {
        if (!isCrash(error)) throw error;
      }
      count += 1;
      const fault = faultOf(again.reboot(modes[1] as CrashMode, random), told);
      if (fault !== null) faults.push(`${name}, then ${call}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(1_000);
});

test("what a recovery hands out outlasts the power, also when only the process had died before", () => {
  const faults: string[] = [];
  let count = 0;
  for (const { name, disk } of crashes()) {
    disk.restart();
    const { journal, recovery } = open(disk, { limits: { ballastBytes: 64 } });
    const state = fold(recovery);
    journal.traceHash();
    const after = fold(
      open(
        disk.reboot("drop", () => 0),
        {},
      ).recovery,
    );
    if (JSON.stringify(after) !== JSON.stringify(state)) faults.push(name);
    count += 1;
  }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(500);
});

test("a crash at every call of a repair: repeated, it ends at the same record and keeps every byte", () => {
  const healthy = new MemoryDisk();
  const told: Told = { appended: [], acknowledged: 0 };
  runScript(healthy, told);
  const path = `${FOLDER}/000003.jsonl`;
  const bytes = healthy.read(path);
  bytes[bytes.indexOf(10) + 20] = 0;
  healthy.put(path, bytes);
  const repaired = healthy.clone();
  const wanted = repairFully(repaired);
  const total = kept(repaired);
  const count = repairWithCrashes(healthy, (after, state) => {
    expect(state).toEqual(wanted);
    expect(kept(after)).toEqual(total);
  });
  expect(count).toBeGreaterThan(200);
});

test("a crash at every call of a repair that leaves no state: what is whole then ends with a cut, and no byte is lost", () => {
  const healthy = new MemoryDisk();
  runScript(healthy, { appended: [], acknowledged: 0 });
  const names = healthy.list(FOLDER);
  for (const name of names.filter((one) => /^snapshot|^000001/.test(one))) {
    healthy.erase(`${FOLDER}/${name}`);
  }
  const segments = healthy.list(FOLDER).filter((name) => name.endsWith(".jsonl"));
  const before = segments.map((name) => healthy.read(`${FOLDER}/${name}`).toString("latin1"));
  expect(before.length).toBeGreaterThan(1);
  const count = repairWithCrashes(healthy, (after, state) => {
    expect(state.length).toBeGreaterThan(0);
    for (const one of state) expect(one).toHaveProperty("keptTo");
    const cut = after.list(`${FOLDER}/cut`).filter((name) => !name.endsWith(".tmp"));
    const there = cut.map((name) => after.read(`${FOLDER}/cut/${name}`).toString("latin1"));
    expect(there.filter((text) => before.includes(text)).sort()).toEqual(before.toSorted());
  });
  expect(count).toBeGreaterThan(100);
});

/** A repair dies at each of its calls in turn and is repeated; returns how many losses of power it went through. */
function repairWithCrashes(
  healthy: MemoryDisk,
  judge: (after: MemoryDisk, state: readonly unknown[]) => void,
): number {
  let count = 0;
  for (const fault of CRASHES) {
    for (let call = 0; ; call++) {
      const disk = healthy.clone();
      disk.plan = ({ number }) => (number === call ? fault : null);
      try {
        repairFully(disk);
        break;
      } catch (error) {
        if (!isCrash(error)) throw error;
      }
      for (const mode of CRASH_MODES) {
        count += 1;
        const after = disk.reboot(mode, randomFrom(count));
        judge(after, repairFully(after));
      }
      // Only the process died; it is started again, and then the power goes.
      disk.restart();
      judge(disk, repairFully(disk));
      const after = disk.reboot("drop", () => 0);
      judge(after, repairFully(after));
    }
  }
  return count;
}

/** Repairs and returns the state that the journal then has. */
function repairFully(disk: MemoryDisk): readonly unknown[] {
  const found = inspectJournal(disk, FOLDER);
  if (found === null) throw new Error("There is a journal");
  repairJournal(disk, found, START);
  const repaired = disk.clone();
  const opened = openJournal({
    folder: FOLDER,
    disk: repaired,
    header: HEADER,
    now: clock(),
    limits: { ballastBytes: 0 },
  });
  if (opened.kind === "quarantined") throw opened.error;
  return fold(opened.recovery);
}

/** Bytes of records wherever they are kept, snapshots too; a piece that is still in its place counts once. */
function kept(disk: MemoryDisk): number {
  const whole = Object.entries(disk.contents()).filter(
    ([path, text]) => text !== null && !path.endsWith(".tmp") && !path.endsWith("ballast"),
  );
  const cut = new Set(whole.filter(([path]) => path.includes("/cut/")).map(([, text]) => text));
  const rest = whole.filter(([path]) => !path.includes("/cut/"));
  return [...cut, ...rest.map(([, text]) => text)].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );
}

function modeOf(turn: number): CrashMode {
  return CRASH_MODES[Math.floor(turn) % CRASH_MODES.length] as CrashMode;
}
