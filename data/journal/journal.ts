import { join } from "node:path";
import { assert } from "#engine/assert.ts";
import { freeBallast } from "./ballast.ts";
import { type Disk, DiskFailed, isFull } from "./disk.ts";
import { HEADER_KIND, type HeaderData, type JournalHeader, type SealedSegment } from "./header.ts";
import { JOURNAL_FORMAT, JournalFailed } from "./journal-errors.ts";
import { listJournalFolder, snapshotName } from "./journal-folder.ts";
import { jsonOf } from "./json-of.ts";
import { RecordBuffer } from "./record-buffer.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { writeSnapshotFile } from "./snapshot.ts";

export interface JournalLimits {
  /** A segment with so many bytes is the last to grow; 64 MB. */
  readonly segmentBytes: number;
  /** Age at which a segment ends, in ms; a day. */
  readonly segmentMs: number;
  /** Kept for a full disk; 16 MB, 0 for none. */
  readonly ballastBytes: number;
}

export const JOURNAL_LIMITS: JournalLimits = {
  segmentBytes: 67_108_864,
  segmentMs: 86_400_000,
  ballastBytes: 16_777_216,
};

const SNAPSHOTS_KEPT = 2;

/** What a journal is opened with. */
export interface JournalSettings {
  readonly folder: string;
  readonly disk: Disk;
  readonly header: JournalHeader;
  /** Epoch ms, an integer. */
  readonly now: () => number;
  readonly limits: JournalLimits;
}

/** How a journal stood when it was opened. */
export interface JournalStart {
  readonly last: { readonly seq: number; readonly crc: string };
  /** The segment to go on with; null for a new journal. */
  readonly segment: SegmentWriter | null;
  /** No room for the ballast. */
  readonly isFull: boolean;
}

/**
 * The writer of a journal, the only one of its folder. Records are appended to a buffer; they last once `sync()` has
 * returned, which writes all of them in one piece and waits for the disk. Whoever sends a request to a venue syncs
 * first.
 *
 * A disk without space is survived once: the ballast is freed, `isFull` says so from then on, and the records are
 * written after all. Every other failure of the disk, or a second lack of space, ends the journal: the call at hand
 * and every later one throw `JournalFailed`. A failed sync is never tried again, because the system may have dropped
 * the bytes and would then report success.
 */
export class Journal {
  readonly #settings: JournalSettings;
  readonly #buffer: RecordBuffer;
  #segment: SegmentWriter | null;
  #syncedSeq: number;
  #dirtySince: number | null = null;
  #isFull: boolean;
  #failure: JournalFailed | null = null;
  #isClosed = false;
  /** The last record that is no header. */
  #lastEntrySeq: number;

  /** For `openJournal`, which recovers first. */
  constructor(settings: JournalSettings, start: JournalStart) {
    this.#settings = settings;
    this.#buffer = new RecordBuffer(start.last);
    this.#segment = start.segment;
    this.#syncedSeq = start.last.seq;
    this.#lastEntrySeq = start.last.seq;
    this.#isFull = start.isFull;
  }

  /** Sequence of the last record, synced or not; 0 without one. Headers of segments count. */
  get lastSeq(): number {
    return this.#buffer.lastSeq;
  }

  /** Sequence of the last record that a crash cannot take away. */
  get syncedSeq(): number {
    return this.#syncedSeq;
  }

  get isDirty(): boolean {
    return this.#buffer.records > 0;
  }

  /** When the oldest record that waits for a sync was appended, epoch ms; null when none waits. */
  get dirtySince(): number | null {
    return this.#dirtySince;
  }

  /** The disk ran out of space, now or at the start: nothing may be opened, only closed. Stays until the next start. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Why the journal ended; null while it lives. */
  get failure(): JournalFailed | null {
    return this.#failure;
  }

  /** Number of the segment that grows. */
  get segmentNumber(): number {
    return this.#segment?.number ?? 0;
  }

  /**
   * Adds a record to the buffer and returns its sequence; nothing is on the disk yet.
   *
   * @param kind a short ASCII word other than `header`
   * @param data any JSON value; not-a-number, infinity and undefined in a list are faults of the caller
   * @throws JournalFailed
   */
  append(kind: string, target: string | null, data: unknown): number {
    this.#requireAlive();
    assert(kind !== HEADER_KIND, () => "Headers are written by the journal itself");
    const now = this.#settings.now();
    const seq = this.#buffer.add(now, kind, target, jsonOf(data));
    this.#lastEntrySeq = seq;
    this.#dirtySince ??= now;
    return seq;
  }

  /**
   * Writes the buffer and waits until it lasts. Afterwards, when the segment has reached its size or age, begins the
   * next one. Without waiting records it does nothing.
   *
   * @throws JournalFailed when it is not known to last; the journal has then ended
   */
  sync(): void {
    this.#requireAlive();
    if (!this.isDirty) return;
    this.#guard("write the journal", () => {
      const segment = this.#currentSegment();
      this.#write(segment);
      segment.sync();
      this.#buffer.clear();
      this.#syncedSeq = this.#buffer.lastSeq;
      this.#dirtySince = null;
      if (this.#isDue(segment)) this.#rotate(segment);
    });
  }

  /**
   * SHA-256 in lower-case hex over the bytes of the segment, appended ones included. Its header holds that of the
   * segment before, and so on to the first: two journals with one hash have the same records from the beginning.
   */
  traceHash(): string {
    this.#requireAlive();
    return this.#currentSegment().sha256(this.#buffer.batch);
  }

  /**
   * Keeps the state after record `seq`, so that the next start reads only what follows. Syncs first: a snapshot is
   * never ahead of its journal. Older snapshots than the last two are removed.
   *
   * @param seq the last record that the state contains: `lastSeq`, or the one before when a header followed it
   * @returns `full` when there is no room for it, which harms nothing
   * @throws JournalFailed
   */
  writeSnapshot(state: unknown, seq: number): "written" | "full" {
    this.#requireAlive();
    assert(
      seq >= this.#lastEntrySeq && seq <= this.lastSeq,
      () => `A snapshot is taken at the last record, ${this.lastSeq}, not at ${seq}`,
    );
    const stateText = jsonOf(state);
    this.sync();
    const { disk, folder, now } = this.#settings;
    // The header of a segment changes no state, so the snapshot may stand behind it.
    const at = { seq: this.lastSeq, ts: now(), recordCrc: this.#buffer.lastCrc };
    return this.#guard("write a snapshot", () => {
      try {
        writeSnapshotFile(disk, folder, at, stateText);
      } catch (error) {
        if (isFull(error)) return "full";
        throw error;
      }
      this.#removeOldSnapshots();
      return "written";
    });
  }

  /** Syncs and lets go of the files; calling it again does nothing. @throws JournalFailed */
  close(): void {
    if (this.#isClosed) return;
    try {
      this.sync();
      this.#guard("close the journal", () => this.#segment?.close());
    } finally {
      this.#isClosed = true;
    }
  }

  /** Begins the journal, or a new segment for another writer. For `openJournal`. */
  begin(): void {
    this.#guard("begin the journal", () => {
      if (this.#segment !== null) return this.#rotate(this.#segment);
      const { disk, folder } = this.#settings;
      try {
        this.#segment = this.#createSegment(1, null);
      } catch (error) {
        if (!isFull(error) || !freeBallast(disk, folder)) throw error;
        this.#isFull = true;
        this.#segment = this.#createSegment(1, null);
      }
    });
  }

  /** Puts the waiting records behind the segment, at the cost of the ballast when there is no other space. */
  #write(segment: SegmentWriter): void {
    const { batch, records } = this.#buffer;
    if (segment.write(batch, records)) return;
    // A part may have been taken for other reasons than space, so a second try comes before the ballast goes.
    if (segment.write(batch, records)) return;
    this.#isFull = true;
    const { disk, folder } = this.#settings;
    freeBallast(disk, folder);
    if (segment.write(batch, records)) return;
    throw new DiskFailed("full", { operation: "write", path: folder });
  }

  #isDue(segment: SegmentWriter): boolean {
    const { limits, now } = this.#settings;
    // What is left of a full disk is for records.
    if (this.#isFull || segment.records === 1) return false;
    return segment.bytes >= limits.segmentBytes || now() - segment.startedAt >= limits.segmentMs;
  }

  /** Seals a synced segment and goes on in the next one; stays in the old one when there is no space. */
  #rotate(segment: SegmentWriter): void {
    try {
      this.#segment = this.#createSegment(segment.number + 1, segment.seal());
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#isFull = true;
      return;
    }
    segment.close();
  }

  #createSegment(number: number, sealed: SealedSegment | null): SegmentWriter {
    const { disk, folder, header, now } = this.#settings;
    const { id, build, configHash, seed } = header;
    const data: HeaderData = {
      format: JOURNAL_FORMAT,
      segment: number,
      id,
      build,
      configHash,
      seed,
      sealed,
    };
    const startedAt = now();
    const next = new RecordBuffer({ seq: this.#buffer.lastSeq, crc: this.#buffer.lastCrc });
    next.add(startedAt, HEADER_KIND, null, jsonOf(data));
    const segment = SegmentWriter.create(disk, folder, { number, startedAt, line: next.batch });
    this.#buffer.continueAfter(next);
    this.#syncedSeq = this.#buffer.lastSeq;
    return segment;
  }

  #removeOldSnapshots(): void {
    const { disk, folder } = this.#settings;
    const snapshots = listJournalFolder(disk, folder)?.snapshots ?? [];
    for (const seq of snapshots.slice(0, -SNAPSHOTS_KEPT)) {
      disk.remove(join(folder, snapshotName(seq)));
    }
  }

  #currentSegment(): SegmentWriter {
    assert(this.#segment !== null, () => "A journal has a segment once it is begun");
    return this.#segment;
  }

  #requireAlive(): void {
    if (this.#failure !== null) throw this.#failure;
    assert(!this.#isClosed, () => "A closed journal takes no records");
  }

  /** The descriptor of a journal that has ended; that closing fails as well tells nothing new. */
  #letGo(): void {
    try {
      this.#segment?.close();
    } catch {
      // The failure at hand is the one to report.
    }
  }

  /** After a failure nothing that this process knows about the disk can be relied on. */
  #guard<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failure = new JournalFailed(`Cannot ${what}: ${reason}`, error);
      this.#letGo();
      throw error instanceof DiskFailed ? this.#failure : error;
    }
  }
}
