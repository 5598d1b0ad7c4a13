import { toStoreError } from "#data/store/store-errors.ts";
import { DrydockError } from "#engine/errors.ts";
import { DiskFailed } from "./disk.ts";

/** What is wrong at the first place where a journal is damaged. */
export type DamageReason =
  /** Bytes that are no intact record, and intact records behind them. */
  | "broken-record"
  /** An intact record that does not follow the one before it: its number or `prev` is another. */
  | "broken-chain"
  /** A segment that does not begin with a header record. */
  | "no-header"
  /** A segment is not the one whose SHA-256 the header of the next one names. */
  | "other-segment"
  | "missing-segment"
  /** The records before the first one are not there, and no snapshot stands for them. */
  | "missing-start"
  /** A snapshot of a record that the journal does not reach: its last records are gone. */
  | "missing-end";

/** Where a journal is damaged although intact records, or proof of them, follow. */
export interface JournalDamage {
  readonly reason: DamageReason;
  readonly folder: string;
  /** Number of the segment; the place to cut at is `offset` bytes into it. */
  readonly segment: number;
  readonly segmentName: string;
  readonly offset: number;
  /** The last intact record before the damage; 0 where there is none. */
  readonly seqBefore: number;
  /** The first intact record after it; null where only a snapshot tells that there was one. */
  readonly seqAfter: number | null;
}

/** In the message of an error. */
const WORDS: Readonly<Record<DamageReason, string>> = {
  "broken-record": "bytes that are no record",
  "broken-chain": "a record that does not follow the one before it",
  "no-header": "a segment without a header",
  "other-segment": "a segment that was changed after it was sealed",
  "missing-segment": "a missing segment",
  "missing-start": "missing records at the beginning",
  "missing-end": "missing records at the end, which a snapshot proves",
};

/** E_JOURNAL_DAMAGED: nothing was changed, and nobody may trade on it. */
export function damagedError(damage: JournalDamage): DrydockError {
  const { reason, folder, segmentName, offset, seqBefore, seqAfter } = damage;
  const after = seqAfter === null ? "" : `, the next intact one is ${seqAfter}`;
  return new DrydockError(
    "E_JOURNAL_DAMAGED",
    `The journal is damaged: ${WORDS[reason]} in "${segmentName}" at byte ${offset}; the last intact record before it is ${seqBefore}${after}`,
    {
      while: `reading the journal "${folder}"`,
      hint: `drydock journal repair "${folder}"`,
      or: "restore the folder from a backup; nothing was changed",
    },
  );
}

/** E_JOURNAL_DAMAGED: what stands before the damage leads to no state, so no repair can keep any of it. */
export function noStartError(damage: JournalDamage): DrydockError {
  const { folder } = damage;
  return new DrydockError(
    "E_JOURNAL_DAMAGED",
    `${damagedError(damage).message}. Nothing that is left leads to a state before the damage: neither the first record nor a snapshot`,
    {
      while: `repairing the journal "${folder}"`,
      hint: `Put the segments that were moved away back into "${folder}", or restore it from a backup; nothing was changed`,
      or: `drydock journal repair "${folder}" --begin-anew: forgets every order, position and latch, and begins halted`,
    },
  );
}

/** E_JOURNAL_NEWER: the state is left as it is. */
export function newerError(folder: string, name: string, format: number): DrydockError {
  return new DrydockError(
    "E_JOURNAL_NEWER",
    `"${name}" has journal format ${format}, and this drydock knows formats up to ${JOURNAL_FORMAT}`,
    {
      while: `reading the journal "${folder}"`,
      hint: "Use the drydock version that wrote it, or a newer one; nothing was changed",
    },
  );
}

/** Version of the record layout, of the header and of the snapshots. */
export const JOURNAL_FORMAT = 1;

/**
 * The journal can take no further record, ever: what reached the disk is not known, or there is no space. The
 * process must send no request any more and end; the next start recovers what was synced.
 */
export class JournalFailed extends DrydockError {
  constructor(message: string, cause: unknown) {
    const isFull = cause instanceof DiskFailed && cause.kind === "full";
    super(isFull ? "E_DISK_FULL" : "E_JOURNAL_FAILED", message, {
      while: "writing the journal",
      hint: isFull
        ? "Free space on the disk, then start again: what was synced is there"
        : "Check the disk, then start again: what was synced is there",
      cause,
    });
  }
}

function isFolderCode(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EISDIR";
}

/** Turns the failure of a disk outside the writer into an error that a person can act upon. */
export function toJournalError(error: unknown, folder: string, what: string): unknown {
  if (!(error instanceof DiskFailed)) return error;
  const mode = error.operation === "read" || error.operation === "list" ? "read" : "write";
  const work = { path: error.path, while: `${what} the journal "${folder}"`, mode } as const;
  if (error.kind === "full") {
    return new DrydockError("E_DISK_FULL", `No space is left on the disk of "${folder}"`, {
      while: work.while,
      hint: "Free some space and start again: nothing of the journal was lost",
      cause: error,
    });
  }
  if (isFolderCode(error.cause)) {
    return new DrydockError(
      "E_JOURNAL_DAMAGED",
      `"${error.path}" is a folder where a file of the journal belongs`,
      {
        while: work.while,
        hint: "Move it out of the folder of the journal, then repeat the command; nothing was changed",
        or: "restore the folder from a backup",
        cause: error,
      },
    );
  }
  const known = toStoreError(error.cause, work);
  if (known instanceof DrydockError) return known;
  return new DrydockError("E_JOURNAL_FAILED", error.message, {
    while: work.while,
    hint: "Check the disk and the permissions of the folder, then start again",
    cause: error,
  });
}
