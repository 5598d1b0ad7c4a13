import { expect } from "vitest";
import type { JournalLimits } from "#data/journal/journal.ts";
import { type OpenedJournal, openJournal } from "#data/journal/open-journal.ts";
import { clock, FOLDER, fold, HEADER, open } from "./journals.ts";
import { MemoryDisk } from "./memory-disk.ts";

export const FIRST = `${FOLDER}/000001.jsonl`;
export const RECORDS = 12;

export interface Sample {
  readonly disk: MemoryDisk;
  readonly state: readonly unknown[];
  readonly bytes: Buffer;
  readonly starts: readonly number[];
}

/** A journal in one segment, its whole state, and where each of its lines begins. */
export function sample(limits: Partial<JournalLimits> = {}): Sample {
  const disk = new MemoryDisk();
  const { journal } = open(disk, { limits });
  const state: unknown[] = [];
  for (let index = 0; index < RECORDS; index++) {
    state.push({ index, text: 'ä{"seq":', list: [1.25, null, -3] });
    journal.append("step", "bybit:paper", state.at(-1));
    journal.sync();
  }
  journal.close();
  const bytes = disk.read(FIRST);
  const starts: number[] = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return { disk, state, bytes, starts };
}

export function openAny(disk: MemoryDisk): OpenedJournal {
  const limits = { ballastBytes: 0 };
  return openJournal({ folder: FOLDER, disk, header: HEADER, now: clock(), limits });
}

/** Opens a journal whose first segment has these bytes; null when it is quarantined with nothing changed. */
export function reopen(bytes: Uint8Array): readonly unknown[] | null {
  const disk = new MemoryDisk();
  open(disk).journal.close();
  disk.put(FIRST, bytes);
  const before = disk.contents();
  const opened = openAny(disk);
  if (opened.kind === "quarantined") {
    if (JSON.stringify(disk.contents()) !== JSON.stringify(before)) throw new Error("changed");
    return null;
  }
  const state = fold(opened.recovery);
  opened.journal.close();
  // The second opening finds a sound journal with the same content.
  const again = open(disk);
  expect(again.recovery.cut).toEqual([]);
  expect(fold(again.recovery)).toEqual(state);
  return state;
}

export function isPrefix(part: readonly unknown[], whole: readonly unknown[]): boolean {
  return JSON.stringify(part) === JSON.stringify(whole.slice(0, part.length));
}
