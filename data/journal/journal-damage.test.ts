/** What a journal that was damaged on the disk gives back: a prefix, or nothing at all; never other data. */
import { expect, test } from "vitest";
import { must } from "#engine/assert.ts";
import { inspectJournal } from "./inspect-journal.ts";
import { checksum, recordTail } from "./record-line.ts";
import { planRepair, repairJournal } from "./repair-journal.ts";
import { FIRST, isPrefix, openAny, reopen, sample } from "./testing/damaged-journals.ts";
import { FOLDER, fold, HEADER, open, START } from "./testing/journals.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

test("a record that was left out, doubled or swapped breaks the chain", () => {
  const { bytes, starts } = sample();
  const line = (index: number): Buffer => bytes.subarray(starts[index], starts[index + 1]);
  const lines = starts.slice(0, -1).map((_, index) => line(index));
  const [first, second] = [lines[4] as Buffer, lines[5] as Buffer];
  expect(reopen(Buffer.concat(lines.toSpliced(4, 1)))).toBeNull();
  expect(reopen(Buffer.concat(lines.toSpliced(4, 0, first)))).toBeNull();
  expect(reopen(Buffer.concat(lines.toSpliced(4, 2, second, first)))).toBeNull();
});

test("intact records of another journal with the right numbers break the chain", () => {
  const { bytes, starts } = sample();
  const other = new MemoryDisk();
  const { journal } = open(other);
  for (let index = 0; index < 20; index++) journal.append("step", null, `other ${index}`);
  journal.close();
  const lines = other.read(FIRST).toString().split("\n");
  // Records 8 to 21 of the other journal behind records 1 to 7 of this one.
  const mixed = Buffer.concat([
    bytes.subarray(0, starts[7]),
    Buffer.from(lines.slice(7).join("\n")),
  ]);
  expect(reopen(mixed)).toBeNull();
});

test("an intact record that names the one before it and has another number breaks the chain", () => {
  const { bytes } = sample();
  const text = bytes.toString();
  const crc = text.slice(-11, -3);
  const head = `{"seq":15,"ts":1,"kind":"step","target":null,"prev":"${crc}","data":1`;
  const line = (start: string): string => `${start}${recordTail(checksum(Buffer.from(start)))}`;
  expect(reopen(Buffer.from(text + line(head)))).toBeNull();
  expect(reopen(Buffer.from(text + line(head.replace("15", "14"))))).toHaveLength(13);
});

test("a segment that is not the one that was sealed is not trusted, whole as its records are", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk);
  journal.append("step", null, 1);
  journal.close();
  open(disk, { header: { ...HEADER, build: "b2" } }).journal.close();
  const line = disk.read(`${FOLDER}/000002.jsonl`).toString();
  const digit = line.includes('"sha256":"0') ? "1" : "0";
  const forged = line.replace(/"sha256":"./, `"sha256":"${digit}`);
  const head = forged.slice(0, forged.lastIndexOf(',"crc"'));
  const tail = recordTail(checksum(Buffer.from(head)));
  disk.put(`${FOLDER}/000002.jsonl`, Buffer.from(head + tail));
  expect(openAny(disk)).toMatchObject({
    kind: "quarantined",
    damage: { reason: "other-segment", segmentName: "000001.jsonl", offset: 0, seqBefore: 0 },
  });
});

test("the torn end is kept aside and reported", () => {
  const { disk, bytes, starts } = sample();
  const at = (starts.at(-2) ?? 0) + 17;
  disk.put(FIRST, bytes.subarray(0, at));
  const { recovery } = open(disk);
  const [piece] = recovery.cut;
  expect(recovery.cut).toHaveLength(1);
  expect(piece).toMatchObject({ from: "000001.jsonl", offset: starts.at(-2), bytes: 17 });
  expect(disk.read(`${FOLDER}/${piece?.file}`)).toEqual(bytes.subarray(starts.at(-2), at));
});

test("quarantine says where: segment, byte, the intact records before and after", () => {
  const { disk, bytes, starts } = sample();
  const damaged = Buffer.from(bytes);
  damaged[(starts[6] as number) + 40] = 0;
  disk.put(FIRST, damaged);
  const opened = openAny(disk);
  expect(opened).toMatchObject({
    kind: "quarantined",
    damage: { segmentName: "000001.jsonl", offset: starts[6], seqBefore: 6, seqAfter: 8 },
    error: { code: "E_JOURNAL_DAMAGED", hint: `drydock journal repair "${FOLDER}"` },
  });
});

interface Case {
  readonly name: string;
  readonly harm: (disk: MemoryDisk) => void;
  readonly reason: string;
}

const SEGMENTED = { segmentBytes: 900 };
const segment = (number: number): string => `${FOLDER}/00000${number}.jsonl`;

const cases: readonly Case[] = [
  {
    name: "a segment is missing",
    harm: (disk) => disk.erase(segment(2)),
    reason: "missing-segment",
  },
  { name: "the first is missing", harm: (disk) => disk.erase(segment(1)), reason: "missing-start" },
  {
    name: "a segment is empty",
    harm: (disk) => disk.put(segment(2), Buffer.alloc(0)),
    reason: "no-header",
  },
  {
    name: "a segment is cut after a whole record",
    harm: (disk) => {
      const bytes = disk.read(segment(2));
      disk.put(segment(2), bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1));
    },
    reason: "broken-chain",
  },
  {
    name: "two segments are swapped",
    harm: (disk) => {
      const [second, third] = [disk.read(segment(2)), disk.read(segment(3))];
      disk.put(segment(2), third);
      disk.put(segment(3), second);
    },
    reason: "no-header",
  },
];

test.each(cases)("$name: quarantine, and repair keeps everything", ({ harm, reason }) => {
  const { disk, state } = sample(SEGMENTED);
  harm(disk);
  const before = disk.contents();
  const opened = openAny(disk);
  expect(opened).toMatchObject({ kind: "quarantined", damage: { reason } });
  expect(disk.contents()).toEqual(before);
  const found = inspectJournal(disk, FOLDER);
  if (found === null) throw new Error("There is a journal");
  const plan = planRepair(disk, found);
  expect(disk.contents()).toEqual(before);
  expect(repairJournal(disk, found, START)).toEqual({
    ...plan,
    pieces: plan?.pieces.filter(({ bytes }) => bytes > 0),
  });
  const { recovery } = open(disk.clone());
  const folded = fold(recovery);
  expect(folded.at(-1)).toEqual({ keptTo: plan?.lastSeq });
  expect(isPrefix(folded.slice(0, -1), state)).toBe(true);
  expect([...recovery.records()].at(-1)).toMatchObject({ kind: "cut", target: null, ts: START });
  expect(withoutCut(disk)).toBe(sizeOf(before));
  expect(planRepair(disk, must(inspectJournal(disk, FOLDER), "It is there"))).toBeNull();
});

/** Bytes of all files without the records that a repair wrote: its own header and the one of kind `cut`. */
function withoutCut(disk: MemoryDisk): number {
  const own = Object.entries(disk.contents())
    .filter(([path]) => path.endsWith(".jsonl"))
    .flatMap(([, text]) => (text ?? "").split("\n"))
    .filter((line) => /"kind":"cut"|"id":"repair"/.test(line));
  return sizeOf(disk.contents()) - own.reduce((sum, line) => sum + line.length + 1, 0);
}

function sizeOf(contents: Record<string, string | null>): number {
  return Object.values(contents).reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

test("older segments may be moved away once a snapshot stands for them", () => {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits: SEGMENTED });
  const state: number[] = [];
  for (let index = 0; index < 20; index++) {
    state.push(index);
    const seq = journal.append("step", null, index);
    if (index === 17) journal.writeSnapshot(state, seq);
    journal.sync();
  }
  journal.close();
  disk.erase(segment(1));
  expect(fold(open(disk).recovery)).toEqual(state);
});

test("a journal that does not reach its snapshot has lost records: quarantine", () => {
  const { disk, bytes, starts } = sample();
  const { journal, recovery } = open(disk);
  journal.writeSnapshot(fold(recovery), recovery.lastSeq);
  journal.close();
  disk.put(FIRST, bytes.subarray(0, starts.at(-3)));
  const opened = openAny(disk);
  expect(opened).toMatchObject({
    kind: "quarantined",
    damage: { reason: "missing-end", offset: starts.at(-3), seqBefore: 11, seqAfter: null },
  });
  const found = inspectJournal(disk, FOLDER);
  if (found === null) throw new Error("There is a journal");
  repairJournal(disk, found, START);
  expect(open(disk).recovery).toMatchObject({ lastSeq: 12, snapshot: null });
  expect(fold(open(disk).recovery)).toHaveLength(11);
});

test.each([
  ["an empty file", 0],
  ["half a header", 60],
])("a crash while a segment began left %s: the journal goes on before it", (_, length) => {
  const { disk, state } = sample(SEGMENTED);
  const last = disk.list(FOLDER).length;
  const header = disk.read(segment(last));
  disk.put(segment(last + 1), header.subarray(0, length));
  const { journal, recovery } = open(disk, { limits: SEGMENTED });
  expect(recovery.cut).toHaveLength(length === 0 ? 0 : 1);
  expect(fold(recovery)).toEqual(state);
  expect(journal.segmentNumber).toBe(last);
});

test("a first segment of half a header is no journal yet", () => {
  const disk = new MemoryDisk();
  open(disk).journal.close();
  disk.put(FIRST, disk.read(FIRST).subarray(0, 50));
  const { recovery, journal } = open(disk);
  expect(recovery).toMatchObject({ isNew: true, lastSeq: 0, cut: [{ bytes: 50 }] });
  expect(journal).toMatchObject({ lastSeq: 1, segmentNumber: 1 });
});

test("unfinished files are cleared, files of others are left alone", () => {
  const { disk, state } = sample();
  disk.makeFolder(`${FOLDER}/cut`);
  disk.put(`${FOLDER}/snapshot-000000000099.json.tmp`, Buffer.from("x"));
  disk.put(`${FOLDER}/cut/y.tmp`, Buffer.from("x"));
  disk.put(`${FOLDER}/0000001.jsonl`, Buffer.from("x"));
  disk.put(`${FOLDER}/notes.txt`, Buffer.from("x"));
  const { recovery } = open(disk);
  expect(fold(recovery)).toEqual(state);
  expect(disk.list(FOLDER)).toEqual(["0000001.jsonl", "000001.jsonl", "cut", "notes.txt"]);
  expect(disk.list(`${FOLDER}/cut`)).toEqual([]);
});

test("segments moved away and damage before the kept snapshot: no start is left, and everything goes in one step", () => {
  const disk = withoutFirstSegment(17);
  const bytes = disk.read(segment(2));
  bytes[bytes.indexOf(10) + 20] = 0;
  disk.put(segment(2), bytes);
  const before = sizeOf(disk.contents());
  const found = must(inspectJournal(disk, FOLDER), "It is there");
  expect(found.damage?.seqBefore).toBeGreaterThan(0);
  expect(planRepair(disk, found)).toMatchObject({
    hasStart: false,
    losesRecords: true,
    lastSeq: 0,
  });
  repairJournal(disk, found, START);
  const after = must(inspectJournal(disk, FOLDER), "It is there");
  expect(after).toMatchObject({ damage: null, tail: null, lastSeq: 2, snapshot: null });
  expect(planRepair(disk, after)).toBeNull();
  expect(fold(open(disk.clone()).recovery)).toEqual([{ keptTo: 0 }]);
  expect(withoutCut(disk)).toBe(before);
});

test("a snapshot before the damage is a start, also without the first segments", () => {
  const disk = withoutFirstSegment(9);
  const last = disk.list(FOLDER).findLast((name) => name.endsWith(".jsonl")) ?? "";
  const path = `${FOLDER}/${last}`;
  const bytes = disk.read(path);
  bytes[20] = 0;
  disk.put(path, bytes);
  const found = must(inspectJournal(disk, FOLDER), "It is there");
  expect(found.damage).not.toBeNull();
  const plan = planRepair(disk, found);
  expect(plan).toMatchObject({ hasStart: true, lastSeq: found.damage?.seqBefore });
  repairJournal(disk, found, START);
  const { recovery } = open(disk);
  expect(recovery.snapshot).not.toBeNull();
  expect(fold(recovery).at(-1)).toEqual({ keptTo: plan?.lastSeq });
});

/** Segments of which the first was moved away, and a snapshot at one of 20 records. */
function withoutFirstSegment(snapshotAt: number): MemoryDisk {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits: SEGMENTED });
  for (let index = 0; index < 20; index++) {
    const seq = journal.append("step", null, index);
    if (index === snapshotAt) journal.writeSnapshot([index], seq);
    journal.sync();
  }
  journal.close();
  disk.erase(segment(1));
  return disk;
}
