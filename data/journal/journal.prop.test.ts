import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FOLDER, fold, open } from "./testing/journals.ts";
import { MemoryDisk } from "./testing/memory-disk.ts";

/** What a driver may do, in any order. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("append"), data: fc.jsonValue() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sync") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("snapshot") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);
const plans = fc.array(step, { maxLength: 60 });

/** Runs a plan and returns the disk with everything that was appended and synced. */
function run(plan: readonly { kind: string; data?: unknown }[], segmentBytes: number) {
  const disk = new MemoryDisk();
  const limits = { segmentBytes };
  let { journal } = open(disk, { limits });
  const state: unknown[] = [];
  const found: [readonly unknown[], readonly unknown[]][] = [];
  for (const { kind, data } of plan) {
    if (kind === "append") {
      journal.append("step", state.length % 2 === 0 ? null : "bybit:live", data);
      state.push(JSON.parse(JSON.stringify(data)));
    }
    if (kind === "sync") journal.sync();
    if (kind === "snapshot") journal.writeSnapshot(state, journal.lastSeq);
    if (kind === "restart") {
      journal.close();
      const again = open(disk, { limits });
      found.push([fold(again.recovery), [...state]]);
      journal = again.journal;
    }
  }
  journal.close();
  expect(found.map(([recovered]) => recovered)).toEqual(found.map(([, wanted]) => wanted));
  return { disk, state };
}

test("what is appended comes back, whatever is synced, rotated, kept and restarted between", () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 300, max: 5_000 }), (plan, segmentBytes) => {
      const { disk, state } = run(plan, segmentBytes);
      expect(fold(open(disk).recovery)).toEqual(state);
    }),
    { numRuns: 300 },
  );
});

test("sequences are contiguous, prev is the checksum before, each checksum is that of its line", () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 300, max: 5_000 }), (plan, segmentBytes) => {
      const { disk } = run(plan, segmentBytes);
      const names = disk.list(FOLDER).filter((name) => name.endsWith(".jsonl"));
      let [seq, prev] = [0, "00000000"];
      for (const name of names) {
        const text = disk.read(`${FOLDER}/${name}`).toString();
        expect(text.endsWith("\n")).toBe(true);
        for (const [index, line] of text.slice(0, -1).split("\n").entries()) {
          const record = JSON.parse(line) as Record<string, unknown>;
          const head = line.slice(0, line.lastIndexOf(',"crc":'));
          const crc = crc32(head).toString(16).padStart(8, "0");
          expect(record).toMatchObject({ seq: seq + 1, prev, crc });
          expect(record["kind"] === "header").toBe(index === 0);
          [seq, prev] = [seq + 1, crc];
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("recovery of a journal that was cut at any byte is a prefix, and of the same journal again the same", () => {
  fc.assert(
    fc.property(plans, fc.nat(), fc.nat(), (plan, file, at) => {
      const { disk, state } = run(
        plan.filter(({ kind }) => kind !== "snapshot"),
        100_000,
      );
      const names = disk.list(FOLDER).filter((name) => name.endsWith(".jsonl"));
      const path = `${FOLDER}/${names[file % names.length]}`;
      const bytes = disk.read(path);
      disk.put(path, bytes.subarray(0, at % (bytes.length + 1)));
      const found = fold(open(disk).recovery);
      expect(found).toEqual(state.slice(0, found.length));
      expect(fold(open(disk).recovery)).toEqual(found);
    }),
    { numRuns: 200 },
  );
});
