import type { Disk } from "#data/journal/disk.ts";
import type { JournalHeader } from "#data/journal/header.ts";
import type { Journal, JournalLimits } from "#data/journal/journal.ts";
import { openJournal, type Recovery } from "#data/journal/open-journal.ts";

export const FOLDER = "/data/journal";
export const HEADER: JournalHeader = { id: "engine-1", build: "b1", configHash: "c1", seed: 7 };
export const START = 1_700_000_000_000;

/** A clock that moves a second per look. */
export function clock(): () => number {
  let now = START;
  return () => (now += 1_000);
}

export interface OpenOptions {
  readonly folder?: string;
  readonly header?: JournalHeader;
  readonly now?: () => number;
  readonly limits?: Partial<JournalLimits>;
}

/** Opens a journal that must not be damaged. */
export function open(
  disk: Disk,
  options: OpenOptions = {},
): { readonly journal: Journal; readonly recovery: Recovery } {
  const opened = openJournal({
    folder: options.folder ?? FOLDER,
    disk,
    header: options.header ?? HEADER,
    now: options.now ?? clock(),
    limits: { ballastBytes: 0, ...options.limits },
  });
  if (opened.kind === "quarantined") throw opened.error;
  return opened;
}

/** The state that the tests fold: the data of all records that are no headers. */
export function fold(recovery: Recovery): readonly unknown[] {
  const state = [...((recovery.snapshot?.state ?? []) as unknown[])];
  for (const record of recovery.records()) {
    if (record.kind !== "header") state.push(record.data);
  }
  return state;
}

/** Reproducible numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
