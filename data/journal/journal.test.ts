import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { JournalFailed } from "./journal-errors.ts";
import { openJournal } from "./open-journal.ts";
import { checksum, recordTail } from "./record-line.ts";
import { clock, FOLDER, fold, HEADER, open } from "./testing/journals.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

const FIRST = `${FOLDER}/000001.jsonl`;

test("a new journal begins with a header, and records are valid JSON lines that are chained", () => {
  const disk = new MemoryDisk();
  const { journal, recovery } = open(disk);
  expect(recovery).toMatchObject({ isNew: true, lastSeq: 0, snapshot: null, cut: [] });
  expect(journal.append("step", "bybit:paper", { price: 1.5, text: 'ü\n"' })).toBe(2);
  expect(journal.append("halt", null, null)).toBe(3);
  expect(journal.syncedSeq).toBe(1);
  journal.sync();
  expect(journal.syncedSeq).toBe(3);
  const lines = disk.read(FIRST).toString().trimEnd().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records).toMatchObject([
    { seq: 1, kind: "header", target: null, prev: "00000000", data: { format: 1, ...HEADER } },
    { seq: 2, kind: "step", target: "bybit:paper", data: { price: 1.5, text: 'ü\n"' } },
    { seq: 3, kind: "halt", target: null, data: null },
  ]);
  expect(records.slice(1).map(({ prev }) => prev)).toEqual(
    records.slice(0, -1).map(({ crc }) => crc),
  );
  expect(Object.keys(records[0] ?? {})).toEqual("seq,ts,kind,target,prev,data,crc".split(","));
});

test("nothing reaches the disk before sync(), which writes the whole buffer in one piece", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  const before = disk.calls.length;
  journal.append("a", null, 1);
  journal.append("b", null, 2);
  expect(disk.calls.length).toBe(before);
  journal.sync();
  expect(disk.calls.slice(before).map(({ operation }) => operation)).toEqual(["write", "sync"]);
  journal.sync();
  expect(disk.calls.length).toBe(before + 2);
});

test("dirtySince is the time of the oldest record that waits", () => {
  const disk = new MemoryDisk();
  let now = 1_000;
  const { journal } = open(disk, { now: () => now });
  expect(journal).toMatchObject({ isDirty: false, dirtySince: null });
  now = 2_000;
  journal.append("a", null, 1);
  now = 3_000;
  journal.append("a", null, 1);
  expect(journal).toMatchObject({ isDirty: true, dirtySince: 2_000 });
  journal.sync();
  expect(journal).toMatchObject({ isDirty: false, dirtySince: null });
});

test("a segment that has reached its size is sealed by the header of the next one", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits: { segmentBytes: 600 } });
  for (let index = 0; index < 12; index++) {
    journal.append("step", "bybit:paper", { index });
    journal.sync();
  }
  expect(journal.segmentNumber).toBeGreaterThan(2);
  const second = disk.read(`${FOLDER}/000002.jsonl`).toString().split("\n")[0] ?? "";
  const bytes = disk.read(FIRST);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(JSON.parse(second)).toMatchObject({
    kind: "header",
    data: { segment: 2, sealed: { segment: 1, bytes: bytes.length, sha256 } },
  });
  expect(fold(open(disk.clone()).recovery)).toHaveLength(12);
});

test("a segment ends after a day", () => {
  const disk = new MemoryDisk();
  let now = 0;
  const { journal } = open(disk, { now: () => now });
  for (const hours of [1, 23, 24, 25, 47, 48]) {
    now = hours * 3_600_000;
    journal.append("step", null, hours);
    journal.sync();
  }
  expect(journal.segmentNumber).toBe(3);
  expect(fold(open(disk.clone(), { now: () => now }).recovery)).toEqual([1, 23, 24, 25, 47, 48]);
});

test("the same writer goes on in the segment, another one begins the next", () => {
  const disk = new MemoryDisk();
  open(disk).journal.close();
  const same = open(disk);
  expect(same.journal).toMatchObject({ segmentNumber: 1, lastSeq: 1 });
  same.journal.append("step", null, 1);
  same.journal.close();
  const other = open(disk, { header: { ...HEADER, build: "b2" } });
  expect(other.journal).toMatchObject({ segmentNumber: 2, lastSeq: 3, syncedSeq: 3 });
  expect(fold(other.recovery)).toEqual([1]);
});

test("traceHash() commits to every record from the beginning", () => {
  const run = (values: readonly number[]): string => {
    const { journal } = open(new MemoryDisk(), { limits: { segmentBytes: 900 } });
    for (const value of values) {
      journal.append("step", null, value);
      if (value % 2 === 0) journal.sync();
    }
    return journal.traceHash();
  };
  const values = [2, 3, 4, 6, 8, 10, 12, 14, 15];
  expect(run(values)).toBe(run(values));
  expect(run(values)).not.toBe(run([2, 5, ...values.slice(2)]));
});

test("traceHash() is the same after a restart, and with or without a sync", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  journal.append("step", null, 1);
  const waiting = journal.traceHash();
  journal.sync();
  expect(journal.traceHash()).toBe(waiting);
  journal.close();
  expect(open(disk).journal.traceHash()).toBe(waiting);
});

test("a snapshot stands for the records before it, and the newest two are kept", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  const state: number[] = [];
  const written: string[] = [];
  for (let index = 0; index < 9; index++) {
    state.push(index);
    const seq = journal.append("step", null, index);
    if (index % 3 === 2) written.push(journal.writeSnapshot(state, seq));
  }
  expect(written).toEqual(["written", "written", "written"]);
  journal.append("step", null, 9);
  journal.close();
  const { recovery } = open(disk);
  expect(recovery.snapshot).toEqual({ seq: 10, state });
  expect([...recovery.records()].map(({ seq }) => seq)).toEqual([11]);
  expect(disk.list(FOLDER)).toEqual([
    "000001.jsonl",
    "snapshot-000000000007.json",
    "snapshot-000000000010.json",
  ]);
});

test("a snapshot at the record before a rotation stands behind the new header", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits: { segmentBytes: 400 } });
  const seq = journal.append("step", null, "x".repeat(300));
  journal.sync();
  expect(journal.lastSeq).toBe(seq + 1);
  expect(journal.writeSnapshot(["s"], seq)).toBe("written");
  expect(() => journal.writeSnapshot([], seq - 1)).toThrow(
    "A snapshot is taken at the last record",
  );
  journal.append("step", null, 2);
  journal.close();
  expect(fold(open(disk).recovery)).toEqual(["s", 2]);
});

test("a damaged snapshot and one of another journal are passed over", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  const state: number[] = [];
  for (let index = 0; index < 4; index++) {
    state.push(index);
    const seq = journal.append("step", null, index);
    if (index === 1 || index === 2) journal.writeSnapshot(state, seq);
  }
  journal.close();
  const path = `${FOLDER}/snapshot-000000000004.json`;
  const intact = disk.read(path);
  const damaged = Buffer.from(intact);
  damaged[damaged.length - 30] = 0;
  disk.put(path, damaged);
  const { recovery } = open(disk.clone());
  expect(recovery).toMatchObject({ snapshot: { seq: 3 }, unusableSnapshots: [4] });
  expect(fold(recovery)).toEqual([0, 1, 2, 3]);
  const foreign = new MemoryDisk();
  const other = open(foreign).journal;
  for (let index = 0; index < 5; index++) other.append("step", null, `other ${index}`);
  other.close();
  foreign.put(path, intact);
  expect(open(foreign).recovery).toMatchObject({ snapshot: null, unusableSnapshots: [4] });
});

test.each([
  [{ a: { b: [1, Number.NaN] } }, '"a.b.1" is NaN'],
  [{ a: null, b: Number.POSITIVE_INFINITY }, '"b" is Infinity'],
  [Number.NaN, "the value itself is NaN"],
  [[1, undefined], '"1" is undefined'],
])("append() refuses %j, which JSON would turn into null", (data, message) => {
  const { journal } = open(new MemoryDisk());
  expect(() => journal.append("step", null, data)).toThrow(message);
  expect(journal).toMatchObject({ isDirty: false, lastSeq: 1, failure: null });
});

test("append() refuses kinds and targets that are no words, and a kind that is its own", () => {
  const { journal } = open(new MemoryDisk());
  for (const word of ["", 'a"b', "a\\b", "ä", "a\nb", "x".repeat(65)]) {
    expect(() => journal.append(word, null, 1)).toThrow("short ASCII word");
    expect(() => journal.append("step", word, 1)).toThrow("short ASCII word");
  }
  expect(() => journal.append("header", null, 1)).toThrow("written by the journal itself");
  expect(journal.isDirty).toBe(false);
});

test("a closed journal takes nothing, and closing it again does nothing", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  journal.append("step", null, 1);
  journal.close();
  journal.close();
  expect(() => journal.append("step", null, 2)).toThrow("A closed journal");
  expect(fold(open(disk).recovery)).toEqual([1]);
});

test("a journal of a newer format is refused and left as it is", () => {
  const disk = new MemoryDisk();
  open(disk).journal.close();
  const { journal } = open(disk, { header: { ...HEADER, id: "engine-2" } });
  journal.append("step", null, 1);
  journal.close();
  raiseFormat(disk, `${FOLDER}/000002.jsonl`);
  const before = disk.contents();
  const options = { folder: FOLDER, disk, header: HEADER, now: clock() };
  expect(() => openJournal(options)).toThrowError(
    expect.objectContaining({ code: "E_JOURNAL_NEWER" }) as Error,
  );
  expect(disk.contents()).toEqual(before);
});

test("a start writes again what a failed sync of the life before has dropped", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  journal.append("step", null, "dropped");
  disk.plan = ({ operation }) => (operation === "sync" ? "failed" : null);
  expect(() => journal.sync()).toThrow(JournalFailed);
  disk.restart();
  const next = open(disk);
  expect(fold(next.recovery)).toEqual(["dropped"]);
  next.journal.append("step", null, "acknowledged");
  next.journal.sync();
  const after = open(disk.reboot("drop", () => 0));
  expect(fold(after.recovery)).toEqual(["dropped", "acknowledged"]);
});

test("after a failed sync nothing is written or synced any more", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  journal.append("step", null, 1);
  disk.plan = ({ operation }) => (operation === "sync" ? "failed" : null);
  expect(() => journal.sync()).toThrow(JournalFailed);
  const after = disk.calls.length;
  for (const call of [
    () => journal.sync(),
    () => journal.append("step", null, 2),
    () => journal.writeSnapshot([], 2),
    () => journal.traceHash(),
    () => journal.close(),
  ]) {
    expect(call).toThrow(JournalFailed);
  }
  expect(disk.calls.length).toBe(after);
});

/** Rewrites the header of a segment as a later drydock would, with a right checksum. */
function raiseFormat(disk: MemoryDisk, path: string): void {
  const [line = "", ...rest] = disk.read(path).toString().split("\n");
  const head = line.slice(0, line.lastIndexOf(',"crc"')).replace('"format":1', '"format":2');
  disk.put(
    path,
    Buffer.from([`${head}${recordTail(checksum(Buffer.from(head)))}`, ...rest].join("\n")),
  );
}
