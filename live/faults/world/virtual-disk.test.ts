import { expect, test } from "vitest";
import { DiskFailed } from "#data/journal/disk.ts";
import { Crash } from "./crash-points.ts";
import type { FaultRates } from "./fault-codes.ts";
import { diskOf } from "./testing/bench-disk.ts";
import { START } from "./testing/bench-world.ts";
import type { VirtualDisk } from "./virtual-disk.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (disk: VirtualDisk, path: string): string | null => {
  const content = disk.contentOf(path);
  return content === null ? null : new TextDecoder("latin1").decode(content);
};

/** What seeds 1 to 60 leave of a disk after the same work and a loss of power. */
function outcomes(work: (disk: VirtualDisk) => void, rates: FaultRates = {}): Set<string | null> {
  const seen = new Set<string | null>();
  for (let seed = 1; seed <= 60; seed++) {
    const { disk } = diskOf(seed, rates);
    work(disk);
    disk.losePower();
    seen.add(text(disk, "/d/a"));
  }
  return seen;
}

/** A file of "old", durable with its name. */
function oldFile(disk: VirtualDisk): ReturnType<VirtualDisk["open"]> {
  const file = disk.open("/d/a", "create");
  file.write(bytes("old"));
  file.sync();
  disk.syncFolder("/d");
  return file;
}

test("A file is written, read, shortened, renamed and removed", () => {
  const { disk } = diskOf(1);
  const file = disk.open("/d/a", "create");
  expect(file.write(bytes("hello"))).toBe(5);
  const into = new Uint8Array(3);
  expect(file.read(3, into)).toBe(2);
  expect(file.read(9, into)).toBe(0);
  file.truncate(2);
  file.write(bytes("y"));
  file.close();
  disk.rename("/d/a", "/d/b");
  expect(disk.list("/d")).toEqual(["b"]);
  expect(disk.size("/d/b")).toBe(3);
  expect(text(disk, "/d/b")).toBe("hey");
  disk.remove("/d/b");
  expect(disk.size("/d/b")).toBe(null);
  expect(disk.size("/d")).toBe(0);
});

test("What is not there, or there already, is refused", () => {
  const { disk } = diskOf(1);
  const refused = [
    () => disk.open("/d/a", "read"),
    () => disk.open("/d/a", "append"),
    () => disk.open("/x/a", "create"),
    () => disk.rename("/d/a", "/d/b"),
    () => disk.remove("/d/a"),
    () => disk.list("/x"),
    () => disk.syncFolder("/x"),
    () => disk.makeFolder("/x/y"),
  ];
  for (const call of refused) expect(call).toThrow(DiskFailed);
  disk.open("/d/a", "create");
  expect(() => disk.open("/d/a", "create")).toThrow(DiskFailed);
});

test("Synced bytes with a synced name are there after a loss of power", () => {
  expect(outcomes((disk) => void oldFile(disk))).toEqual(new Set(["old"]));
});

test("Bytes that were not synced are there or not", () => {
  const work = (disk: VirtualDisk): void => void oldFile(disk).write(bytes("new"));
  expect(outcomes(work)).toEqual(new Set(["old", "oldnew"]));
});

test("P7: they may be there in part or zero, and a bit of old ones may turn", () => {
  const work = (disk: VirtualDisk): void => void oldFile(disk).write(bytes("new"));
  const seen = outcomes(work, { P7: 1 });
  for (const torn of ["old", "oldn", "oldne", "oldnew", "oldn\0\0", "old\0\0\0"]) {
    expect(seen).toContain(torn);
  }
  const flipped = [...seen].filter((one) => one !== null && !one.startsWith("old"));
  expect(flipped.length).toBeGreaterThan(3);
});

test("A cut that was not synced leaves the old end or the new one", () => {
  const work = (disk: VirtualDisk): void => {
    const file = oldFile(disk);
    file.truncate(1);
    file.write(bytes("ink"));
  };
  expect(outcomes(work)).toEqual(new Set(["old", "oink"]));
  const torn = outcomes(work, { P7: 1 });
  expect(torn).toContain("old");
  expect(torn).toContain("oi");
});

test("A name that was not synced may be missing, synced bytes or not", () => {
  const work = (disk: VirtualDisk): void => {
    const file = disk.open("/d/a", "create");
    file.write(bytes("new"));
    file.sync();
  };
  expect(outcomes(work)).toEqual(new Set([null, "new"]));
});

test("A rename is one step: the old content or the new one, and never both names", () => {
  const work = (disk: VirtualDisk): void => {
    oldFile(disk);
    const file = disk.open("/d/tmp", "create");
    file.write(bytes("new"));
    file.sync();
    disk.rename("/d/tmp", "/d/a");
  };
  expect(outcomes(work)).toEqual(new Set(["old", "new"]));
  for (let seed = 1; seed <= 40; seed++) {
    const { disk } = diskOf(seed);
    work(disk);
    disk.losePower();
    const names = disk.list("/d").join();
    expect(["a", "a,tmp"]).toContain(names);
    expect(names === "a,tmp" && text(disk, "/d/a") === "new").toBe(false);
  }
});

test("A sync of the new folder makes a rename between folders last, with what it builds upon", () => {
  const { disk } = diskOf(3);
  disk.makeFolder("/e");
  const file = disk.open("/d/a", "create");
  file.sync();
  disk.rename("/d/a", "/e/a");
  disk.syncFolder("/e");
  disk.losePower();
  expect(disk.list("/e")).toEqual(["a"]);
  expect(disk.list("/d")).toEqual([]);
});

/** What seeds 1 to 30 leave when the sync of "new" behind "old" failed and `more` was done. */
function afterFailedSync(more: (disk: VirtualDisk) => void): Set<string | null> {
  const seen = new Set<string | null>();
  for (let seed = 1; seed <= 30; seed++) {
    const { disk, faults } = diskOf(seed, { P6: 1 });
    disk.put("/d/a", bytes("old"));
    const file = disk.open("/d/a", "append");
    file.write(bytes("new"));
    expect(() => file.sync()).toThrow(DiskFailed);
    faults.heal();
    more(disk);
    disk.losePower();
    seen.add(text(disk, "/d/a"));
  }
  return seen;
}

test("P6: a later sync does not bring back what a failed one has dropped, only that it is written again does", () => {
  const sync = (disk: VirtualDisk): void => disk.open("/d/a", "append").sync();
  expect(afterFailedSync(sync)).toEqual(new Set(["old", "oldnew"]));
  expect(afterFailedSync((disk) => disk.rewrite("/d/a"))).toEqual(new Set(["oldnew"]));
});

test("P6: what is written behind it and synced lasts", () => {
  const seen = afterFailedSync((disk) => {
    const file = disk.open("/d/a", "append");
    file.write(bytes("er"));
    file.sync();
  });
  expect(seen).toEqual(new Set(["old\0\0\0er", "oldnewer"]));
  const shorter = afterFailedSync((disk) => {
    const file = disk.open("/d/a", "append");
    file.truncate(4);
    file.write(bytes("o"));
    file.sync();
  });
  expect(shorter).toEqual(new Set(["old\0o", "oldno"]));
});

test("P5: a write fails, is short, or finds the disk full until there is room again", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 150; seed++) {
    const { disk, faults, time } = diskOf(seed, { P5: 1 });
    disk.put("/d/a", bytes("old"));
    const file = disk.open("/d/a", "append");
    try {
      const taken = file.write(bytes("0123456789"));
      seen.add(taken < 10 ? (disk.isFull ? "short, full" : "short") : "whole");
    } catch (error) {
      seen.add(error instanceof DiskFailed ? error.kind : "else");
    }
    expect(faults.fired.P5).toBe(1);
    faults.heal();
    if (!disk.isFull) continue;
    expect(() => file.write(bytes("more"))).toThrow("full");
    time.runUntil(START + 1_800_000);
    expect(file.write(bytes("more"))).toBe(4);
  }
  expect(seen).toEqual(new Set(["short", "short, full", "full", "failed"]));
});

test("A crash in the middle of a write leaves a part of it", () => {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 30; seed++) {
    const { disk, points } = diskOf(seed);
    const file = oldFile(disk);
    points.plan = (_, call) => (call === "disk.write" ? "during" : null);
    expect(() => file.write(bytes("0123"))).toThrow(Crash);
    lengths.add(disk.contentOf("/d/a")?.byteLength ?? -1);
  }
  expect(lengths).toEqual(new Set([3, 4, 5, 6, 7]));
});
